"""Mends: whoever may assume a role may give it any session tags.

ministack 1.5.33 asks the role's trust policy for `sts:TagSession`, but not the caller's own policies. AWS asks both for
it when a request has tags (IAM user guide, "Pass session tags in AWS STS": permissions required). Mended by a second
question after that for `sts:AssumeRole`.
"""

from typing import Any

from ministack.core import iam_evaluator

from luca_local.emulator.patching import original, replace


def install() -> None:
    """Ask the caller's policies for `sts:TagSession` too."""
    ask = original(
        iam_evaluator, "enforce", "access_key_id", "iam_action", "service", "region", "resource_arn", "service_context"
    )

    def enforce(
        access_key_id: str,
        iam_action: str,
        service: str,
        region: str,
        resource_arn: str = "*",
        service_context: dict[str, Any] | None = None,
    ) -> Any:
        denied = ask(access_key_id, iam_action, service, region, resource_arn, service_context)
        if denied or iam_action != "sts:AssumeRole" or not (service_context or {}).get("aws:TagKeys"):
            return denied
        return ask(access_key_id, "sts:TagSession", service, region, resource_arn, service_context)

    replace(iam_evaluator, "enforce", enforce)
