# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: a request whose Authorization header is no AWS signature passes as the account's root.

ministack 1.5.33 takes `Authorization: Bearer ...` for credentials, finds no access key in them, and takes a caller
without a key for root. AWS refuses it as it refuses a request without credentials. Mended by treating it as one.
"""

from typing import Any

from ministack import app
from ministack.core import iam_evaluator, router

from luca_local.emulator.patching import original, replace


def install() -> None:
    """Take a request that names no access key for an anonymous one."""
    pin = original(app, "pin_signed_request", "method", "raw_path", "query_params", "raw_headers", "handshake")

    def pin_signed_request(
        method: str,
        raw_path: str,
        query_params: dict[str, Any],
        raw_headers: list[tuple[bytes, bytes]],
        handshake: bool = False,  # noqa: FBT001, FBT002 - as in ministack
    ) -> None:
        pin(method, raw_path, query_params, raw_headers, handshake)
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in raw_headers}
        if not router.extract_access_key_id(headers, query_params) and iam_evaluator._signed_request.get() is None:
            iam_evaluator._anonymous.set(True)

    replace(app, "pin_signed_request", pin_signed_request)
