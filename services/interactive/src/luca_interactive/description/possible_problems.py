"""The problems that an endpoint can answer with, as follows from what it takes of a request."""

from collections.abc import Mapping
from typing import Final

from luca_interactive.access import Endpoint
from luca_interactive.description.taken import taken_by
from luca_shared.runtime import problems
from luca_shared.runtime.problems import ProblemType

# Before an endpoint is asked, and after it has failed. 405 is another method's answer at the same address.
_ALWAYS: Final = (
    problems.UNAUTHENTICATED,
    problems.FORBIDDEN,
    problems.METHOD_NOT_ALLOWED,
    problems.RATE_LIMITED,
    problems.INTERNAL,
    problems.UNAVAILABLE,
)
_OF_A_BODY: Final = (
    problems.MALFORMED_JSON,
    problems.TOO_LARGE,
    problems.UNSUPPORTED_MEDIA_TYPE,
    problems.VALIDATION,
)
_OF_A_VERSION: Final = (problems.VERSION_CONFLICT, problems.PRECONDITION_REQUIRED, problems.VALIDATION)

# By the names of inputs.
BY_INPUT: Final[Mapping[str, tuple[ProblemType, ...]]] = {
    "path": (problems.NOT_FOUND,),
    "query": (problems.VALIDATION,),
    "precondition": _OF_A_VERSION,
    "version": _OF_A_VERSION,
    "idempotency_key": (problems.CONFLICT, problems.VALIDATION, problems.IDEMPOTENCY_CONFLICT),
    "body": _OF_A_BODY,
    "csv": _OF_A_BODY,
}


def problems_of(endpoint: Endpoint) -> dict[int, list[ProblemType]]:
    """Return them by status, in the order of statuses."""
    found = set(_ALWAYS) | set(endpoint.conflicts)
    for name in taken_by(endpoint):
        found |= set(BY_INPUT[name])
    by_status: dict[int, list[ProblemType]] = {}
    for kind in problems.REGISTRY.values():
        if kind in found:
            by_status.setdefault(kind.status, []).append(kind)
    return dict(sorted(by_status.items()))
