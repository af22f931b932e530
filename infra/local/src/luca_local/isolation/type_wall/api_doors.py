"""Hostile ids at the API: in every variable of every path, every parameter, every leaf of a body, every cursor.

The real application, all its endpoints, asked by somebody who has every role; what is looked at is what it then asks
AWS for.
"""

import base64
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

import aiohttp
import msgspec
from yarl import URL

from luca_interactive.access import Endpoint
from luca_interactive.app import api, parts_of
from luca_interactive.configuration import Ages
from luca_interactive.routes import ENDPOINTS
from luca_interactive.term_writing import FreezeTimes
from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.hostile_ids import hostile_texts
from luca_local.isolation.type_wall.rig import Rig
from luca_local.isolation.walls import Plan
from luca_local.serving import serving
from luca_shared.runtime.requests import JSON
from luca_shared.tenancy.context import Role, VerifiedClaims
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.ids import PersonId, SchoolId
from luca_shared.tenancy.limits import SchoolRateLimit

_MINE: Final = "norte"
_GOOD: Final[Mapping[str, str]] = {
    "assessment_id": "a1", "class_id": "c1", "student_id": "s1", "subject": "math", "term": "2026-Q4",
}  # fmt: skip
_VERSION: Final = {"If-Match": '"1"'}
_NEW: Final = {"If-None-Match": "*"}
_PER_PLACE: Final = 60  # texts for each place, of those that there are
_FEW: Final = 4  # in the short extent


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request with something hostile in it."""

    kind: str
    what: str
    hostile: str
    endpoint: Endpoint
    path: str
    query: str = ""
    body: tuple[str, bytes] | None = field(default=None, repr=False)


class _Everybody:
    """A verifier that takes everybody for the same person, of one school and in every role."""

    async def verify(self, _token: str) -> VerifiedClaims:
        return VerifiedClaims(SchoolId(_MINE), PersonId("p1"), frozenset(Role), 9e9)


async def tried_api(rig: Rig, plan: Plan) -> list[Tried]:
    """Try what is wanted."""
    found: list[Tried] = []
    async with _client(rig) as client:
        for asked in _requests(plan):
            mark = rig.mark()
            status = await _ask(client, asked)
            named = {text for each in rig.since(mark) for text in each.named}
            schools = {school for each in rig.since(mark) for school in each.schools}
            leaked = bool(schools - {_MINE}) or any(_holds(text, asked.hostile) for text in named)
            found.append(Attempt(asked.kind, asked.what, str(status), ending(leaked=leaked, refused=0 < status < 500)))
        if plan.wants("an id in a path"):
            for endpoint in ENDPOINTS:
                mark = rig.mark()
                status = await _ask(client, _Asked("", "", "", endpoint, _path(endpoint), body=endpoint.example_body()))
                named = {text for each in rig.since(mark) for text in each.named}
                arrived = not _variables(endpoint) or any(
                    "c1" in t or "s1" in t or "math" in t or "Q4" in t for t in named
                )
                what = f"{endpoint.method} {endpoint.path} with good ids"
                found.append(Control("an id in a path", what, str(status), arrived and status < 500))
    return found


def _holds(named: str, hostile: str) -> bool:
    """Whether a key's text is made of a hostile one: as one of its parts, or wherever that can't be by accident."""
    rest = named.removeprefix(f"TENANT#{_MINE}#")
    parts = rest.split("#")
    two_in_one = hostile == "#" and "" in parts[:-1]
    return bool(hostile) and (hostile in parts or two_in_one or (len(hostile) > 2 and hostile in rest))


def _requests(plan: Plan) -> Iterator[_Asked]:
    texts = [(kind, text) for kind, text in hostile_texts(plan.chance) if text]
    for endpoint in ENDPOINTS:
        if plan.wants("an id in a path"):
            yield from _in_paths(endpoint, plan, texts)
        if plan.wants("an id in a query"):
            yield from _in_queries(endpoint, plan, texts)
        if plan.wants("an id in a body"):
            yield from _in_bodies(endpoint, plan, texts)
        if plan.wants("a cursor") and "cursor" in _parameters(endpoint):
            yield from _as_cursors(endpoint)


def _some(plan: Plan, texts: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
    chosen = plan.some(texts, _FEW)
    return chosen if len(chosen) <= _PER_PLACE else plan.chance.sample(chosen, _PER_PLACE)


def _in_paths(endpoint: Endpoint, plan: Plan, texts: Sequence[tuple[str, str]]) -> Iterator[_Asked]:
    for name in _variables(endpoint):
        for kind, text in _some(plan, texts):
            path = _path(endpoint, **{name: text})
            what = f"{endpoint.method} {endpoint.path}: {name} with {kind}: {ascii(text)[:40]}"
            yield _Asked("an id in a path", what, text, endpoint, path, body=endpoint.example_body())


def _in_queries(endpoint: Endpoint, plan: Plan, texts: Sequence[tuple[str, str]]) -> Iterator[_Asked]:
    for name in (*_parameters(endpoint), "school_id", "pk"):
        for kind, text in _some(plan, texts):
            what = f"{endpoint.method} {endpoint.path}?{name}= with {kind}: {ascii(text)[:40]}"
            query = f"{name}={quote(text, safe='')}"
            yield _Asked("an id in a query", what, text, endpoint, _path(endpoint), query, endpoint.example_body())


def _in_bodies(endpoint: Endpoint, plan: Plan, texts: Sequence[tuple[str, str]]) -> Iterator[_Asked]:
    if (example := endpoint.example_body()) is None:
        return
    media_type, content = example
    if media_type != JSON:
        for kind, text in _some(plan, texts):
            for line in (f"{text},s1", f"c1,{text}"):
                what = f"{endpoint.method} {endpoint.path}: a cell with {kind}: {ascii(text)[:40]}"
                cells = content + line.encode(errors="replace") + b"\r\n"
                yield _Asked("an id in a body", what, text, endpoint, _path(endpoint), body=(media_type, cells))
        return
    document = msgspec.json.decode(content)
    for at in [*_leaves(document), ("school_id",), ("pk",)]:
        for kind, text in _some(plan, texts):
            what = f"{endpoint.method} {endpoint.path}: {'/'.join(map(str, at))} with {kind}: {ascii(text)[:40]}"
            body = (JSON, msgspec.json.encode(_changed(document, at, text)))
            yield _Asked("an id in a body", what, text, endpoint, _path(endpoint), body=body)


def _as_cursors(endpoint: Endpoint) -> Iterator[_Asked]:
    for position in (
        "TENANT#norte-2#STUDENT#s1", "TENANT#norte-2", "GRADE#TENANT#norte-2", "PLATFORM#SCHOOLS", "#", "*", "\x00",
        "\ud800", "PROFILE", "KEYS", "SCHOOL", "GRADE#2026-Q4#a1#s1#norte-2", "CLASS#2026-Q4#TENANT#norte-2#x",
        "\U0010ffff" * 9, '{"pk":"TENANT#norte-2#STUDENT#s1","sk":"PROFILE"}', "2026-Q4#2026#TENANT#norte-2#c1#a1",
    ):  # fmt: skip
        encoded = base64.urlsafe_b64encode(position.encode(errors="surrogatepass")).rstrip(b"=").decode()
        for cursor in (encoded, quote(position, safe="", errors="replace")):
            what = f"{endpoint.method} {endpoint.path}: a cursor at {ascii(position)[:50]}"
            yield _Asked("a cursor", what, "", endpoint, _path(endpoint), f"limit=5&cursor={cursor}")


def _variables(endpoint: Endpoint) -> list[str]:
    return [name for name in _GOOD if f"{{{name}}}" in endpoint.path]


def _path(endpoint: Endpoint, **hostile: str) -> str:
    values = {**_GOOD, **{name: quote(text, safe="") for name, text in hostile.items()}}
    return endpoint.path.format(**values)


def _parameters(endpoint: Endpoint) -> tuple[str, ...]:
    model = endpoint.inputs.models.get("query")
    return () if model is None else tuple(each.encode_name for each in msgspec.structs.fields(model))


def _leaves(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield where texts and nulls are in a document, and where its names are."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, (*at, name))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _leaves(each, (*at, index))
    elif value is None or isinstance(value, str):
        yield at


def _changed(value: Any, at: tuple[str | int, ...], text: str) -> Any:
    if not at:
        return text
    if isinstance(value, list):
        return [_changed(each, at[1:], text) if index == at[0] else each for index, each in enumerate(value)]
    return {**value, at[0]: _changed(value.get(at[0]), at[1:], text)}


@asynccontextmanager
async def _client(rig: Rig) -> AsyncIterator[aiohttp.ClientSession]:
    encryption = FieldEncryption(rig.tables, rig.kms, key_id="k")
    limit = SchoolRateLimit(per_second=1e6, burst=1_000_000)
    parts = parts_of(rig.tables, encryption, Ages(), FreezeTimes())
    async with AsyncExitStack() as stack:
        app = api(parts, _Everybody(), limit, deadline=60, body_limit=2**16)
        url = await stack.enter_async_context(serving(app, shutdown_timeout=0.1))
        yield await stack.enter_async_context(aiohttp.ClientSession(url, headers={"Authorization": "Bearer x"}))


async def _ask(client: aiohttp.ClientSession, asked: _Asked) -> int:
    """Ask as it is written, percent signs and all."""
    models = asked.endpoint.inputs.models
    # What may be made is made: so it gets as far as the keys that it is stored under.
    headers = dict(_NEW) if "precondition" in models else dict(_VERSION) if "version" in models else {}
    data = None
    if asked.body is not None:
        headers["Content-Type"], data = asked.body
    url = URL(f"{asked.path}?{asked.query}" if asked.query else asked.path, encoded=True)
    async with client.request(asked.endpoint.method, url, data=data, headers=headers) as answer:
        await answer.read()
        return answer.status
