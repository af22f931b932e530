import json
from collections.abc import Callable
from typing import Any

from luca_local.emulator_process import Emulator

FAULT = "principal_arn_is_the_sessions"


def test_a_queue_that_denies_all_but_a_role_takes_the_roles_messages(
    emulator: Emulator, faulty: Emulator, root: Callable[[Emulator], Any], answer: Callable[..., str], name: str
) -> None:
    def sends(where: Emulator) -> tuple[str, str]:
        admin = root(where)
        may_send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}
        edge, other = admin.with_role([may_send]), admin.with_role([may_send])
        queue = admin("sqs").create_queue(QueueName=name)["QueueUrl"]
        session = edge("sts").get_caller_identity()["Arn"]
        role = session.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").removesuffix("/session")
        policy = {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "sqs:SendMessage",
                    "Resource": "*",
                    "Condition": {"ArnNotEquals": {"aws:PrincipalArn": [role]}},
                }
            ],
        }
        admin("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(policy)})
        by_edge = answer(edge("sqs").send_message, QueueUrl=queue, MessageBody="x")
        return by_edge, answer(other("sqs").send_message, QueueUrl=queue, MessageBody="x")

    assert sends(faulty) == ("AccessDenied", "AccessDenied")
    assert sends(emulator) == ("ok", "AccessDenied")
