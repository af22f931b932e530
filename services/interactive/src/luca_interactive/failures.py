"""What a failure below means to whoever asked: try again, or it is our fault; never what was asked of whom."""

import logging
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler
from prometheus_client import Counter

from luca_shared.aws.errors import (
    AccessDenied,
    AwsError,
    Conflict,
    CredentialsRejected,
    NoCredentials,
    Throttled,
    Unavailable,
)
from luca_shared.runtime import problems
from luca_shared.runtime.log_values import Public
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.encryption import KeyDestroyed
from luca_shared.tenancy.table import ForeignKey

# Who works as one school is refused that school's own data only when something would have crossed to another, or when
# the policy is broken: somebody must look, so this number has an alarm of its own.
ISOLATION_REFUSALS: Final = Counter(
    "luca_isolation_refusals", "Calls for a school's data that an isolation wall refused", ["wall"]
)
_BY_TYPES, _BY_POLICY = map(ISOLATION_REFUSALS.labels, ("types", "policy"))

_PASSING: Final = (Throttled, Unavailable, Conflict, CredentialsRejected, NoCredentials)

_log = logging.getLogger(__name__)


@web.middleware
async def failures_as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what passes into 503, and a wall's refusal into an alarm; anything else is a 500, logged further out."""
    try:
        return await handler(request)
    except (AwsError, ForeignKey, KeyDestroyed) as error:
        problem = _problem_of(error)
        if problem is None:
            raise
        raise problem from error


def problem_of(error: Exception) -> Problem:
    """The problem that a failure means to whoever asked for one thing of many; what is our fault is logged."""
    match error:
        case Problem():
            return error
        case TimeoutError():
            return problems.unavailable()
        case _:
            problem = _problem_of(error)
            if problem is None:
                _log.error("a part of a request failed", exc_info=error)
            return problem or problems.internal()


def _problem_of(error: Exception) -> Problem | None:
    match error:
        case AccessDenied():
            _BY_POLICY.inc()
            _log.critical("the policy refused a school its data", extra=_said(error), exc_info=error)
            return problems.internal()
        case ForeignKey():
            _BY_TYPES.inc()
            _log.critical("a key of another school was about to be used", exc_info=error)
            return problems.internal()
        case KeyDestroyed():
            return problems.not_found()  # of a school that has been erased there is nothing any more
        case AwsError() if isinstance(error, _PASSING):
            _log.warning("AWS can't be used at the moment", extra=_said(error), exc_info=error)
            return problems.unavailable()
        case _:
            return None


def _said(error: AwsError) -> dict[str, object]:
    request_id = None if error.request_id is None else Public(error.request_id)
    return {"operation": Public(error.operation), "code": Public(error.code), "aws_request_id": request_id}
