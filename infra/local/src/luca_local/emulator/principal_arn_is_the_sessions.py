# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: the condition key `aws:PrincipalArn` of a role's session is the session.

ministack 1.5.33 gives `arn:aws:sts::...:assumed-role/NAME/SESSION`, so that a queue's policy which denies everybody
but a role denies the role too. On AWS it is the role's own ARN, path included (IAM user guide, "AWS global condition
context keys", aws:PrincipalArn). Mended where ministack looks the key up.
"""

from typing import Any

from ministack.core import iam_evaluator

from luca_local.emulator.patching import original, replace


def install() -> None:
    """Let sessions be known by their role."""
    resolve = original(iam_evaluator, "_resolve_condition_key", "key", "ctx")
    original(iam_evaluator, "_role_name_from_assumed_arn", "assumed_arn")

    def _resolve_condition_key(key: str, ctx: Any) -> Any:
        if key.lower() == "aws:principalarn" and ":assumed-role/" in ctx.principal_arn:
            return _role_arn(ctx.principal_arn, ctx.principal_account)
        return resolve(key, ctx)

    replace(iam_evaluator, "_resolve_condition_key", _resolve_condition_key)


def _role_arn(session_arn: str, account: str) -> str:
    from ministack.services import iam  # noqa: PLC0415 - ministack loads its services when they are asked for

    name = iam_evaluator._role_name_from_assumed_arn(session_arn)
    role = iam._roles.get_scoped(account, None, name) or {}
    return str(role.get("Arn") or f"arn:aws:iam::{account}:role/{name}")
