"""Mends: the KMS key that an object is put under is not known to policies.

ministack 1.5.33 sets `s3:x-amz-server-side-encryption` alone, so that a bucket policy against other keys never applies.
AWS sets `s3:x-amz-server-side-encryption-aws-kms-key-id` to the key that the request names ("Actions, resources, and
condition keys for Amazon S3"). Mended by adding it to the context that ministack gathers from a PutObject.
"""

from typing import Any

from ministack.core import iam_actions

from luca_local.emulator.patching import original, replace

_HEADER = "x-amz-server-side-encryption-aws-kms-key-id"


def install() -> None:
    """Make the key part of the request."""
    gather = original(iam_actions, "s3_service_context", "iam_action", "query_params", "path", "headers")

    def s3_service_context(
        iam_action: str, query_params: dict[str, Any] | None, path: str = "", headers: dict[str, str] | None = None
    ) -> dict[str, Any]:
        context: dict[str, Any] = gather(iam_action, query_params, path, headers)
        key = (headers or {}).get(_HEADER)
        return {**context, f"s3:{_HEADER}": key} if key and iam_action == "s3:PutObject" else context

    replace(iam_actions, "s3_service_context", s3_service_context)
