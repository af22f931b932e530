"""AWS as a stranger on the wire sees it: each signed request is written down, and answered whoever signed it."""

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from aiohttp import web

from luca_local.serving import serving

_PREFIX: Final = "TENANT#"
_ANY_KEY: Final = base64.b64encode(bytes(32)).decode()


@dataclass(frozen=True, slots=True)
class Recorded:
    """A request as it came: in AWS's JSON, or for an object of a bucket.

    Attributes:
        operation: AWS's name of it.
        access_key_id: Who signed it.
        headers: In lower case.
        raw: Its body.
        method: HTTP's.
        path: As it was sent; an object's has its name.
    """

    operation: str
    access_key_id: str
    headers: Mapping[str, str] = field(repr=False)
    raw: bytes = field(repr=False)
    method: str = "POST"
    path: str = "/"

    @property
    def is_of_an_object(self) -> bool:
        """Whether it is for S3."""
        return self.path != "/"

    @property
    def body(self) -> Any:
        """What it asks for, in AWS's JSON."""
        return orjson.loads(self.raw)

    @property
    def named(self) -> list[str]:
        """The texts by which it names items: keys, index attributes, and the values of expressions and statements."""
        return [] if self.is_of_an_object else list(_named(self.body))

    @property
    def schools(self) -> set[str]:
        """The schools whose data its keys, its encryption context or its object's name say."""
        if self.is_of_an_object:
            return {self.path.split("/")[2]}
        context = self.body.get("EncryptionContext", {})
        partitions = {text.removeprefix(_PREFIX).split("#")[0] for text in self.named if text.startswith(_PREFIX)}
        return partitions | set(context.values())


class RecordingAws:
    """The stranger; `before` may keep a request waiting, or answer it in its own way."""

    def __init__(self) -> None:
        self.recorded: list[Recorded] = []
        self.before: Callable[[Recorded], Awaitable[web.Response | None]] = _at_once
        self.url = ""

    def since(self, mark: int) -> list[Recorded]:
        """Return what came after the first so many requests."""
        return self.recorded[mark:]

    async def answer(self, request: web.Request) -> web.Response:
        """Write a request down and answer it."""
        operation = request.headers.get("X-Amz-Target", f"S3.{request.method.capitalize()}Object").rpartition(".")[2]
        scope = request.headers["Authorization"].partition("Credential=")[2]
        headers = {name.lower(): value for name, value in request.headers.items()}
        raw = await request.read()
        recorded = Recorded(operation, scope.partition("/")[0], headers, raw, request.method, request.rel_url.raw_path)
        self.recorded.append(recorded)
        if (answered := await self.before(recorded)) is not None:
            return answered
        return web.Response() if recorded.is_of_an_object else as_json(_answer(operation, recorded.body))


@asynccontextmanager
async def recording_aws() -> AsyncIterator[RecordingAws]:
    """Listen while the context lasts."""
    aws = RecordingAws()
    app = web.Application(client_max_size=2**24)
    app.router.add_route("*", "/{object:.*}", aws.answer)
    async with serving(app, shutdown_timeout=0.1) as aws.url:
        yield aws


def as_json(content: Mapping[str, Any], status: int = 200) -> web.Response:
    """Return an answer in AWS's JSON."""
    return web.Response(body=orjson.dumps(content), status=status, content_type="application/x-amz-json-1.0")


async def _at_once(_: Recorded) -> web.Response | None:
    await asyncio.sleep(0)
    return None


def _answer(operation: str, request: Mapping[str, Any]) -> dict[str, Any]:
    """Answer as if there were nothing, and every write went well."""
    answers: dict[str, dict[str, Any]] = {
        "BatchGetItem": {"Responses": {table: [] for table in request.get("RequestItems", ())}},
        "Query": {"Items": []},
        "UpdateItem": {"Attributes": request.get("Key")},
        "BatchExecuteStatement": {"Responses": [{} for _ in request.get("Statements", ())]},
        "GenerateDataKey": {"Plaintext": _ANY_KEY, "CiphertextBlob": _ANY_KEY, "KeyId": "k"},
        "Decrypt": {"Plaintext": _ANY_KEY, "KeyId": "k"},
    }
    return answers.get(operation, {})


def _named(value: Any, member: str = "") -> Iterator[str]:
    """Yield the texts that say which item is meant; what an item holds beside its keys is passed over."""
    if isinstance(value, list):
        for each in value:
            yield from _named(each, member)
    elif isinstance(value, dict):
        if value.keys() == {"S"} and isinstance(value["S"], str):
            if member.startswith(":") or member in {"pk", "sk", "Parameters"} or member.endswith(("_pk", "_sk")):
                yield value["S"]
            return
        for name, each in value.items():
            yield from _named(each, name)
