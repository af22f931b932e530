"""How a setting's text becomes a value: what each type allows, in words, and its parser."""

import enum
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin
from urllib.parse import urlsplit

import msgspec

from luca_shared.runtime.plain_words import number_range, plain_pattern, text_length

_LONGEST_ECHO = 60


class Secret:
    """A text that no log, no error and no `repr` shows."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)


class _Special(enum.Enum):
    SECONDS = "seconds"
    BYTES = "bytes"
    PORT = "port"
    URL = "url"


Seconds = Annotated[float, _Special.SECONDS]
Bytes = Annotated[int, _Special.BYTES]
Port = Annotated[int, _Special.PORT]
Url = Annotated[str, _Special.URL]


@dataclass(frozen=True, slots=True)
class Kind:
    """What a setting may be (`allowed` continues the sentence "LUCA_PORT ...") and how it is read."""

    allowed: str
    parse: Callable[[str], Any]  # raises ValueError
    echo: bool = True  # whether a wrong value may be repeated

    def not_this(self, text: str) -> str:
        """The end of the sentence, which repeats the wrong value unless nobody may see it."""
        if not self.echo:
            return ""
        shown = text if len(text) <= _LONGEST_ECHO else text[: _LONGEST_ECHO - 1] + "…"
        return f", not {shown!r}"


def kind_of(hint: Any, given: Mapping[str, Any]) -> Kind:
    """The kind of a field, by its type and by what its declaration gives (`unit`, `low`, `high`, `pattern`).

    Raises:
        TypeError: no text can be read as that type.
    """
    plain, marks = _unwrapped(hint)
    if _Special.URL in marks:
        # Not repeated when it is wrong: what is wrong with it may be the password in it.
        return Kind("must be an address like https://host:port/path, without a password in it", _url, echo=False)
    given = dict(given)
    for mark in marks:
        if mark is _Special.PORT:
            given |= {"low": 0, "high": 65535}
        elif isinstance(mark, _Special):
            given["unit"] = given.get("unit") or mark.value
        elif isinstance(mark, msgspec.Meta) and mark.pattern:  # an id's own rule
            given["pattern"] = given.get("pattern") or mark.pattern
    return _plain_kind(plain, given)


def _plain_kind(plain: Any, given: Mapping[str, Any]) -> Kind:
    if plain is bool:
        return _choice({"true": True, "false": False})
    if get_origin(plain) is Literal:
        return _choice({str(value): value for value in get_args(plain)})
    if isinstance(plain, type) and issubclass(plain, enum.Enum):
        return _choice({str(member.value): member for member in plain})
    if plain is int or plain is float:
        return Kind(_number_allowed(plain, given), lambda text: _number(plain, text, given))
    if plain is str:
        return Kind(_text_allowed(given), lambda text: _text(text, given))
    if plain is Secret:
        return Kind(_text_allowed(given), lambda text: Secret(_text(text, given)), echo=False)
    raise TypeError(f"a setting can't be of the type {plain!r}")


def _unwrapped(hint: Any) -> tuple[Any, list[Any]]:
    """A type without `NewType`, `Annotated` and `| None` (None is the default's business), and its annotations."""
    marks: list[Any] = []
    while True:
        if isinstance(hint, NewType):
            hint = hint.__supertype__
        elif get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            marks += more
        elif get_origin(hint) in {Union, UnionType} and NoneType in get_args(hint) and len(get_args(hint)) == 2:
            hint = next(arm for arm in get_args(hint) if arm is not NoneType)
        else:
            return hint, marks


def _choice(values: Mapping[str, Any]) -> Kind:
    def parse(text: str) -> Any:
        if text not in values:
            raise ValueError
        return values[text]

    *most, last = values
    return Kind(f"must be {', '.join(most)} or {last}" if most else f"must be {last}", parse)


def _number_allowed(kind: type, given: Mapping[str, Any]) -> str:
    noun = "a whole number" if kind is int else "a number"
    unit = f" of {given['unit']}" if given.get("unit") else ""
    bounds = number_range(given.get("low"), given.get("high"))
    return f"must be {noun}{unit}{f' {bounds}' if bounds else ''}"


def _number(kind: type, text: str, given: Mapping[str, Any]) -> Any:
    if not re.fullmatch(r"-?[0-9]{1,18}" if kind is int else r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text):
        raise ValueError
    number = kind(text)
    if not _or(given.get("low"), -math.inf) <= number <= _or(given.get("high"), math.inf):
        raise ValueError
    return number


def _text_allowed(given: Mapping[str, Any]) -> str:
    if given.get("pattern"):
        return f"must match {plain_pattern(given['pattern'])}"
    length = text_length(given.get("low"), given.get("high"))
    return f"must be a text of {length}" if length else "must be a text"


def _text(text: str, given: Mapping[str, Any]) -> str:
    if given.get("pattern") and not re.fullmatch(given["pattern"], text):
        raise ValueError
    if not _or(given.get("low"), 0) <= len(text) <= _or(given.get("high"), math.inf):
        raise ValueError
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)  # raises ValueError
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None or parts.port == 0:
        raise ValueError
    return text


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value
