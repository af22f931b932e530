import json
from collections.abc import Callable
from typing import Any

from luca_local.emulator_process import Emulator

FAULT = "stacks_topics_are_open"


def test_publishing_to_a_stacks_topic_takes_a_permission(
    emulator: Emulator, faulty: Emulator, root: Callable[[Emulator], Any], answer: Callable[..., str], name: str
) -> None:
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": name}}}}

    def publishes(where: Emulator, permitted: str) -> str:
        cloudformation = root(where)("cloudformation")
        if name not in {stack["StackName"] for stack in cloudformation.describe_stacks()["Stacks"]}:
            cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))
            cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.05})
        session = root(where).with_role([{"Effect": "Allow", "Action": permitted, "Resource": "*"}])
        arn = f"arn:aws:sns:{where.region}:{where.account_id}:{name}"
        return answer(session("sns").publish, TopicArn=arn, Message="x")

    assert publishes(faulty, "sns:ListTopics") == "ok"
    assert publishes(emulator, "sns:ListTopics") == "AuthorizationError"
    assert publishes(emulator, "sns:Publish") == "ok"
