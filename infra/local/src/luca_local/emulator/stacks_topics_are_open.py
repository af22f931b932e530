"""Mends: whoever has credentials may publish to a topic that CloudFormation made.

ministack 1.5.33 gives such a topic SNS's default policy without its condition, so that it allows every principal of the
account by itself. The condition, on the owner of the account, is there on AWS and when `CreateTopic` makes the topic
(SNS developer guide, "Example cases for Amazon SNS access control": the default policy). Mended by putting it back
where the policy is read for a decision.
"""

import json
from typing import Any

from ministack.services import sns

from luca_local.emulator.patching import original, replace

_DEFAULT = "__default_statement_ID"


def install() -> None:
    """Close the default policies that lack their condition."""
    read = original(sns, "topic_policy_for_arn", "topic_arn")

    def topic_policy_for_arn(topic_arn: str) -> tuple[str, str] | None:
        found: tuple[str, str] | None = read(topic_arn)
        return found and (_closed(*found), found[1])

    replace(sns, "topic_policy_for_arn", topic_policy_for_arn)


def _closed(policy: str, owner: str) -> str:
    document: dict[str, Any] = json.loads(policy) if policy else {}
    for statement in document.get("Statement", []):
        if statement.get("Sid") == _DEFAULT and "Condition" not in statement:
            statement["Condition"] = {"StringEquals": {"AWS:SourceOwner": owner}}
    return json.dumps(document) if document else policy
