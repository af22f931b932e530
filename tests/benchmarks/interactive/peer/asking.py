"""Who asks, and what he or she may see: FastAPI's dependencies of every endpoint."""

from typing import Annotated

from fastapi import Depends, Request, Response
from peer.configuration import Classroom
from peer.problems import Problem, not_found
from peer.tokens import Person

STAFF = frozenset({"teacher", "school-admin", "compliance"})
GRADERS = frozenset({"teacher", "school-admin"})
_WHOLE_SCHOOL = frozenset({"school-admin", "compliance"})


async def caller(request: Request) -> Person:
    """Return whose request it is; from here on AWS is called as that person's school."""
    state = request.app.state
    person = await state.tokens.person(request.headers.get("authorization"))
    left = state.limit.take(person.school_id)
    if left is None:
        raise Problem(429, "rate-limited", "too many requests; wait a little", headers={"Retry-After": "1"})
    request.state.remaining = int(left)
    await state.aws.act_as(person.school_id)
    return person


Caller = Annotated[Person, Depends(caller)]


def demand(person: Person, may: frozenset[str]) -> None:
    """Refuse roles that may not use an endpoint at all."""
    if not person.roles & may:
        raise Problem(403, "forbidden", f"only these roles may: {', '.join(sorted(may))}")


def demand_class(person: Person, classroom: Classroom) -> None:
    """Refuse another teacher's class like one that doesn't exist."""
    if not person.roles & _WHOLE_SCHOOL and person.person_id not in classroom.info["teacher_ids"]:
        raise not_found()


def describe(request: Request, response: Response, *, status: int = 200, version: int | None = None) -> None:
    """Say in an answer's head what its body doesn't."""
    response.status_code = status
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["RateLimit-Policy"] = f'"school";q={request.app.state.limit.burst:.0f}'
    response.headers["RateLimit"] = f'"school";r={request.state.remaining};t=1'
    if version is not None:
        response.headers["ETag"] = f'"{version}"'
