"""Mends: SQS's batches are authorised as actions of their own.

ministack 1.5.33 asks for `sqs:SendMessageBatch`, `sqs:DeleteMessageBatch` and `sqs:ChangeMessageVisibilityBatch`. There
are no such actions: AWS asks for the action of one message ("Actions, resources, and condition keys for Amazon SQS";
SQS developer guide, "Amazon SQS API permissions: actions and resource reference"). Mended by asking for that.
"""

from typing import Any

from ministack.core import iam_actions

from luca_local.emulator.patching import original, replace


def install() -> None:
    """Authorise a batch as what it does to each message."""
    name = original(iam_actions, "extract_iam_action", "service", "method", "path", "headers", "body", "query_params")

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> str | None:
        action: str | None = name(service, method, path, headers, body, query_params)
        return action.removesuffix("Batch") if action and service == "sqs" else action

    replace(iam_actions, "extract_iam_action", extract_iam_action)
