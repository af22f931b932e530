"""Typed parsing of requests: a struct, or a problem that names every bad field.

    class PutGrade(RequestModel, frozen=True, kw_only=True):  # said again for mypy's sake
        status: GradeStatus
        score: Score | None = None                            # class Score(ExactNumber, low=0, high=1000)
        comment: Annotated[str, msgspec.Meta(max_length=500)] | None = None

    body = await parse_body(request, PutGrade)

A right body costs one decode by msgspec. What is wrong, or only looks odd, is read again slowly by
`request_faults`, which finds every fault and says it in plain words.
"""

import re
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
from aiohttp import web

from luca_shared.runtime import problems
from luca_shared.runtime.exact_numbers import NumberText, decode_hook
from luca_shared.runtime.json_text import check_json, looks_odd
from luca_shared.runtime.problems import ErrorDetail, pointer
from luca_shared.runtime.request_faults import faults_in
from luca_shared.runtime.request_models import RequestModel, refuse_unfit
from luca_shared.runtime.value_faults import ParameterText

__all__ = [
    "JSON", "RequestModel", "decode_body", "expect_media_type", "parse_body", "parse_path", "parse_query", "pointer",
    "read_body",
]  # fmt: skip

M = TypeVar("M")

JSON = "application/json"


async def parse_body(request: web.Request, model: type[M]) -> M:
    """The request's JSON body as `model`.

    Raises:
        Problem: 415 another media type, 413 too large, 400 no JSON, 422 every field that is wrong.
    """
    return decode_body(await read_body(request, JSON), model)


async def read_body(request: web.Request, media_type: str) -> bytes:
    """The request's body, which must be of that media type.

    Raises:
        Problem: 415 another media type, 413 too large.
    """
    expect_media_type(request, media_type)
    if (request.content_length or 0) > request.client_max_size:  # said beforehand: not even begun to be read
        raise problems.too_large(request.client_max_size)
    return await request.read()


def decode_body(body: bytes, model: type[M]) -> M:
    """A JSON document as `model`; raises like `parse_body`."""
    decoder: msgspec.json.Decoder[M] = _decoder(cast("Any", model))
    try:
        value = decoder.decode(body)
    except msgspec.ValidationError as error:
        raise problems.validation(_faults_of_body(body, model) or [_own_fault(error)]) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        _faults_of_body(body, model)  # says where it stops being JSON
        raise problems.malformed_json("a text in it is not valid Unicode") from None  # half of a surrogate pair
    if looks_odd(body) and (faults := _faults_of_body(body, model)):
        raise problems.validation(faults)
    return value


def _faults_of_body(body: bytes, model: Any) -> list[ErrorDetail]:
    try:
        return faults_in(check_json(body), model)
    except RecursionError:
        raise problems.malformed_json("its arrays and objects are nested too deeply") from None


def parse_query(request: web.Request, model: type[M]) -> M:
    """The query's parameters as `model`; each may be given once.

    Raises:
        Problem: 422 with every parameter that is unknown, repeated or wrong.
    """
    refuse_unfit(cast("Any", model))
    given: dict[str, ParameterText] = {}
    faults: list[ErrorDetail] = []
    for name, value in request.query.items():
        if name in given:
            faults.append(ErrorDetail(pointer(name), "must be given once only"))
        given[name] = ParameterText(value)
    faults += faults_in(given, model)  # always: msgspec's lax reading takes 1e1 for a whole number
    if faults:
        raise problems.validation(faults)
    try:
        return msgspec.convert(dict(request.query), model, strict=False)
    except msgspec.ValidationError as error:
        raise problems.validation([_own_fault(error)]) from None


def parse_path(request: web.Request, model: type[M]) -> M:
    """The path's variables as `model`.

    Raises:
        Problem: 404 when one can't be an id at all: nothing has that name, as nothing has a well-formed unknown one.
    """
    try:
        return msgspec.convert(dict(request.match_info), model, strict=False)
    except msgspec.ValidationError:
        raise problems.not_found() from None


def expect_media_type(request: web.Request, expected: str) -> None:
    """Refuse another media type, or a charset other than UTF-8, with 415."""
    charset = request.charset
    if request.content_type != expected or (charset is not None and charset.lower() not in {"utf-8", "utf8"}):
        raise problems.unsupported_media_type(expected)


@cache
def _decoder(model: Any) -> msgspec.json.Decoder[Any]:
    refuse_unfit(model)
    return msgspec.json.Decoder(model, float_hook=NumberText, dec_hook=decode_hook)


def _own_fault(error: msgspec.ValidationError) -> ErrorDetail:
    """A fault that only the struct itself knows, raised in its `__post_init__`: `text - at `$.items[3]``."""
    text, _, path = str(error).partition(" - at `$")
    parts: list[tuple[str, str]] = re.findall(r"\.([^.\[\]`]+)|\[(\d+)\]", path)
    return ErrorDetail(pointer(*(name or index for name, index in parts)), "is not valid" if "`" in text else text)
