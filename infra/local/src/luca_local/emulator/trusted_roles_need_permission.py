# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: a caller that a role's trust policy names needs a permission of its own as well.

ministack 1.5.33 asks the caller's policies for `sts:AssumeRole` first, whatever the trust policy says. Within an
account a trust policy is a resource policy like others: naming the account leaves it to the caller's policies, naming
the caller itself is enough (IAM user guide, "Policy evaluation logic", on identity-based and resource-based policies
within a single account). Mended by having ministack combine the two as it does for queues and topics; the trust policy
is still asked by itself afterwards.
"""

from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

from luca_local.emulator.patching import UnexpectedEmulatorError, original


def install() -> None:
    """Count a role's trust policy as its resource policy."""
    from ministack.services import sts  # noqa: PLC0415 - ministack loads its services when they are asked for

    original(iam_evaluator, "_resource_policy", "service", "resource_arn")
    if "sts" in iam_evaluator._RESOURCE_POLICY_LOOKUPS:
        raise UnexpectedEmulatorError("ministack knows a resource policy for STS now")
    sts.trust_policy_for_arn = trust_policy_for_arn
    iam_evaluator._RESOURCE_POLICY_LOOKUPS["sts"] = ("sts", trust_policy_for_arn.__name__)


def trust_policy_for_arn(role_arn: str) -> tuple[Any, str] | None:
    """The trust policy of a role of this account and the account, None when there is no such role."""
    from ministack.services import iam  # noqa: PLC0415

    role = iam._roles.get(role_arn.rpartition("/")[2])
    if role is None or role.get("Arn") != role_arn:
        return None
    return role.get("AssumeRolePolicyDocument"), get_account_id()
