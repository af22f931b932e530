"""Mends: a KMS request's encryption context is not known to policies.

ministack 1.5.33 sets neither `kms:EncryptionContext:NAME` nor `kms:EncryptionContextKeys`; AWS sets both for the
cryptographic operations with a symmetric key (KMS developer guide, "AWS KMS condition keys"). Mended by adding them to
the context that ministack gathers from a request, for identity policies and key policies alike.
"""

import json
from typing import Any

from ministack.core import iam_actions

from luca_local.emulator.patching import original, replace


def install() -> None:
    """Make the encryption context part of KMS requests."""
    gather = original(iam_actions, "request_tag_context", "service", "iam_action", "body", "params")

    def request_tag_context(service: str, iam_action: str, body: bytes, params: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = gather(service, iam_action, body, params)
        return {**context, **encryption_context(body)} if service == "kms" else context

    replace(iam_actions, "request_tag_context", request_tag_context)


def encryption_context(body: bytes) -> dict[str, Any]:
    """The condition keys of a request's encryption context; none when it has none, or can't be read."""
    try:
        pairs = json.loads(body or b"{}").get("EncryptionContext")
    except (ValueError, AttributeError):
        return {}
    if not isinstance(pairs, dict) or not pairs:
        return {}
    values = {f"kms:EncryptionContext:{name}": value for name, value in pairs.items() if isinstance(value, str)}
    return {**values, "kms:EncryptionContextKeys": list(pairs)}
