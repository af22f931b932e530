"""Which roles may use an endpoint, declared where the endpoint is written and enforced before anything is read.

Whether a person of such a role may see this very class or student is another question; `scope` answers it.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import msgspec
from aiohttp import web

from luca_interactive.authentication import CONTEXT
from luca_interactive.idempotency import answered_once
from luca_interactive.inputs import Inputs
from luca_interactive.public import PublicFile
from luca_shared.runtime import json_answers, problems
from luca_shared.runtime.csv_text import CSV
from luca_shared.runtime.problems import ProblemType
from luca_shared.runtime.requests import JSON
from luca_shared.tenancy.context import Role, TenantContext
from luca_shared.tenancy.ids import PersonId

EVERY_ROLE: Final = frozenset(Role)
ADMINISTRATORS: Final = frozenset({Role.SCHOOL_ADMIN})
GRADERS: Final = ADMINISTRATORS | {Role.TEACHER}
STAFF: Final = GRADERS | {Role.COMPLIANCE}
OVERSEERS: Final = ADMINISTRATORS | {Role.COMPLIANCE}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and by which of his or her roles the endpoint admits it.

    A teacher who is also a compliance officer writes grades as a teacher only: `roles` holds no role that the
    endpoint doesn't admit.
    """

    context: TenantContext
    person_id: PersonId
    roles: frozenset[Role]


Handle = Callable[..., Awaitable[web.StreamResponse]]
"""Takes the request, the caller, and by name what of the request it has parameters for (`inputs`)."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A method of a resource, who may use it, and what it does for them.

    Attributes:
        answers: What each answer that is no problem holds, by status: the model of its JSON; the media type
            `"text/csv"` of a file; None for an answer without a body.
        example: A body that is right in its form and asks for nothing by itself: a struct, or the text of a CSV file.
        conflicts: The kinds of 409 that it answers; all its other problems follow from what it takes.
    """

    method: str
    path: str
    may: frozenset[Role]
    handle: Handle
    inputs: Inputs
    answers: Mapping[int, Any]
    example: msgspec.Struct | str | None
    conflicts: tuple[ProblemType, ...] = ()

    def __post_init__(self) -> None:
        if not self.may:
            raise ValueError("an endpoint that no role may use is a mistake")
        is_csv, has_body = "csv" in self.inputs.models, "body" in self.inputs.models
        if (is_csv, has_body) != (isinstance(self.example, str), isinstance(self.example, msgspec.Struct)):
            raise ValueError("an endpoint has an example of its body, if it has one")
        if any(kind.status != 409 for kind in self.conflicts):
            raise ValueError("conflicts are kinds of 409; all other problems follow from what an endpoint takes")

    def example_body(self) -> tuple[str, bytes] | None:
        """Return the media type and the bytes of the example, as a client would send them."""
        match self.example:
            case None:
                return None
            case str(text):
                return CSV, text.encode()
            case model:
                return JSON, json_answers.encode(model)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer a request, for those who may.

        Raises:
            Problem: 403, naming the roles that may; whatever is wrong with the request.
        """
        context = request[CONTEXT]
        roles = context.roles & self.may
        if not roles or context.person_id is None:
            raise problems.forbidden(f"only these roles may: {', '.join(sorted(self.may))}")
        given = await self.inputs.parse(request)
        work = partial(self.handle, request, Caller(context, context.person_id, roles), **given)
        return await (work() if self.method == "GET" else answered_once(request, context, work))


def endpoint(
    method: str,
    path: str,
    *,
    may: frozenset[Role] | set[Role],
    answers: Mapping[int, Any],
    example: msgspec.Struct | str | None = None,
    conflicts: tuple[ProblemType, ...] = (),
) -> Callable[[Handle], Endpoint]:
    """Make an endpoint of the function below; there is no other way to put one into the application."""

    def declare(handle: Handle) -> Endpoint:
        return Endpoint(method, path, frozenset(may), handle, Inputs.of(handle), answers, example, conflicts)

    return declare


class UndeclaredRoute(Exception):
    """A route came into the application without saying who may use it."""


def add_endpoints(app: web.Application, endpoints: tuple[Endpoint, ...], public: tuple[PublicFile, ...] = ()) -> None:
    """Add endpoints and public files to an application, which then refuses to start if it has any other route."""
    for file in public:
        app.router.add_get(file.path, file.answer)
    # aiohttp tries paths that begin alike in the order in which they came. Grades lie deep, and are asked for most.
    for each in sorted(endpoints, key=lambda each: each.path.count("/"), reverse=True):
        if each.method == "GET":
            app.router.add_get(each.path, each.answer)  # HEAD too
        else:
            app.router.add_route(each.method, each.path, each.answer)
    app.on_startup.append(_refuse_undeclared)


async def _refuse_undeclared(app: web.Application) -> None:
    for route in app.router.routes():
        if not isinstance(getattr(route.handler, "__self__", None), Endpoint | PublicFile):
            path = route.resource.canonical if route.resource else "?"
            raise UndeclaredRoute(f"{route.method} {path} doesn't say which roles may use it")
