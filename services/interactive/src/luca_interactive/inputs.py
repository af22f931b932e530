"""What an endpoint's function is given of a request: parsed as its annotations say, before it is called.

A parameter's name says where it comes from, its annotation what it must be. So nothing is parsed that isn't declared,
and the API's description tells exactly what is parsed.

    path: GradePath               the variables of the path
    query: ListQuery              the query's parameters
    precondition: Precondition    `If-None-Match: *` or `If-Match: "3"`
    version: int                  `If-Match: "3"`, where there is nothing to create
    body: GradeChange             the JSON body
    csv: str                      the text of a CSV body
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, get_type_hints

from aiohttp import web

from luca_shared.runtime.csv_bodies import parse_csv
from luca_shared.runtime.preconditions import parse_if_match, parse_precondition
from luca_shared.runtime.requests import parse_body, parse_path, parse_query

_GIVEN: Final = frozenset({"request", "caller", "return"})


async def _path(request: web.Request, model: Any) -> object:
    return parse_path(request, model)


async def _query(request: web.Request, model: Any) -> object:
    return parse_query(request, model)


async def _precondition(request: web.Request, _: Any) -> object:
    return parse_precondition(request)


async def _version(request: web.Request, _: Any) -> object:
    return parse_if_match(request)


async def _csv(request: web.Request, _: Any) -> object:
    return await parse_csv(request)


# In the order in which a request is judged: what isn't there first, the body last.
_PARSERS: Final[dict[str, Callable[[web.Request, Any], Awaitable[object]]]] = {
    "path": _path,
    "query": _query,
    "precondition": _precondition,
    "version": _version,
    "body": parse_body,
    "csv": _csv,
}


@dataclass(frozen=True, slots=True)
class Inputs:
    """The models of what a function is given, by the names of its parameters."""

    models: dict[str, Any]

    @classmethod
    def of(cls, handle: Callable[..., object]) -> "Inputs":
        """Read them off a function's annotations.

        Raises:
            TypeError: a parameter has a name that stands for nothing.
        """
        models = {name: model for name, model in get_type_hints(handle).items() if name not in _GIVEN}
        if unknown := models.keys() - _PARSERS.keys():
            raise TypeError(f"{handle.__name__}: nothing of a request is called {', '.join(sorted(unknown))}")
        return cls({name: models[name] for name in _PARSERS if name in models})

    async def parse(self, request: web.Request) -> dict[str, object]:
        """Parse a request into the function's keyword arguments.

        Raises:
            Problem: the first of them that isn't right, with every fault that it has.
        """
        return {name: await _PARSERS[name](request, model) for name, model in self.models.items()}
