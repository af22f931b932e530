from collections.abc import Callable
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "batches_of_messages_are_actions"

BATCHES: dict[str, tuple[str, dict[str, Any]]] = {
    "sqs:SendMessage": ("send_message_batch", {"MessageBody": "x"}),
    "sqs:DeleteMessage": ("delete_message_batch", {"ReceiptHandle": "x"}),
    "sqs:ChangeMessageVisibility": (
        "change_message_visibility_batch",
        {"ReceiptHandle": "x", "VisibilityTimeout": 1},
    ),
}


@pytest.mark.parametrize("action", BATCHES)
def test_the_permission_for_one_message_is_enough_for_ten(
    emulator: Emulator,
    faulty: Emulator,
    root: Callable[[Emulator], Any],
    answer: Callable[..., str],
    name: str,
    action: str,
) -> None:
    operation, entry = BATCHES[action]

    def asks(where: Emulator, permitted: str) -> str:
        queue = root(where)("sqs").create_queue(QueueName=name)["QueueUrl"]
        session = root(where).with_role([{"Effect": "Allow", "Action": permitted, "Resource": "*"}])
        return answer(getattr(session("sqs"), operation), QueueUrl=queue, Entries=[{"Id": "1", **entry}])

    assert asks(faulty, action) == "AccessDenied"
    assert asks(emulator, action) == "ok"
    assert asks(emulator, "sqs:ReceiveMessage") == "AccessDenied"
