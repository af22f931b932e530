"""What a write says about the version that it replaces, so that no update is lost between two tabs."""

import re
from dataclasses import dataclass

from aiohttp import web

from luca_shared.runtime import problems
from luca_shared.runtime.problems import ErrorDetail


@dataclass(frozen=True, slots=True)
class Create:
    """`If-None-Match: *`: there must be nothing yet."""


@dataclass(frozen=True, slots=True)
class Replace:
    """`If-Match: "3"`: this version, and no other, must be the present one."""

    version: int


Precondition = Create | Replace

_VERSION = re.compile(r'"([1-9][0-9]{0,14})"')
_IDEMPOTENCY_KEY = re.compile(r'("?)([A-Za-z0-9_-]{1,64})\1')


def parse_precondition(request: web.Request) -> Precondition:
    """The precondition that every PUT carries.

    Raises:
        Problem: 428 when there is none, 422 when it is both or none of the two forms that are allowed.
    """
    match = request.headers.getall("If-Match", [])
    none_match = request.headers.getall("If-None-Match", [])
    if match and none_match:
        raise _wrong("If-Match", "must not be sent together with If-None-Match")
    if none_match:
        if none_match != ["*"]:
            raise _wrong("If-None-Match", "must be * (to create)")
        return Create()
    if not match:
        raise problems.precondition_required('send If-None-Match: * to create, or If-Match: "3" to change version 3')
    version = _VERSION.fullmatch(match[0])
    if len(match) > 1 or version is None:
        raise _wrong("If-Match", 'must be one version in quotes, like "3"')
    return Replace(int(version[1]))


def parse_if_match(request: web.Request) -> int:
    """The version that a DELETE removes.

    Raises:
        Problem: 428 when it names none, 422 when it names it wrongly.
    """
    if "If-Match" not in request.headers and "If-None-Match" not in request.headers:
        raise problems.precondition_required('send If-Match: "3" to say that version 3 is meant')
    match parse_precondition(request):
        case Replace(version):
            return version
        case Create():
            raise _wrong("If-None-Match", 'has no meaning here; send If-Match: "3" to say which version is meant')


def parse_idempotency_key(request: web.Request) -> str | None:
    """The `Idempotency-Key`, quoted (as the IETF draft has it) or not; None without one.

    Raises:
        Problem: 422 when it isn't 1 to 64 letters, digits, `_` or `-`.
    """
    given = request.headers.getall("Idempotency-Key", [])
    if not given:
        return None
    key = _IDEMPOTENCY_KEY.fullmatch(given[0])
    if len(given) > 1 or key is None:
        raise _wrong("Idempotency-Key", "must be one key of 1 to 64 letters, digits, _ or -")
    return key[2]


def _wrong(header: str, detail: str) -> problems.Problem:
    return problems.validation([ErrorDetail("", f"{header} {detail}")])
