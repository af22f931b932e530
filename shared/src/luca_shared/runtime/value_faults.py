"""What is wrong with one plain value (a text, a number, a date...), in words that say what would be right."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import msgspec
from msgspec import inspect

from luca_shared.runtime.exact_numbers import ExactNumber, NumberText, decode_hook
from luca_shared.runtime.plain_words import number_range, plain_pattern, text_length

_WHOLE = re.compile(r"-?(0|[1-9][0-9]*)")
_MOST_DIGITS = 18


class ParameterText(str):
    """A query parameter's value: a text that may stand for a number or for true and false, unlike a JSON text."""

    __slots__ = ()


def fault_of_value(value: Any, kind: inspect.Type) -> str | None:
    """None when the value is right; of types that are not in the table below, the decoder has the last word."""
    judge = _JUDGES.get(type(kind))
    return None if judge is None else judge(value, kind)


def _text_fault(value: Any, kind: inspect.StrType) -> str | None:
    if not isinstance(value, str) or isinstance(value, NumberText):
        return "must be a text"
    if kind.pattern is not None and not re.search(kind.pattern, value):
        return f"must match {plain_pattern(kind.pattern)}"
    least, most = kind.min_length, kind.max_length
    if len(value) >= (least or 0) and (most is None or len(value) <= most):
        return None
    return "must not be empty" if (least, most) == (1, None) else f"must have {text_length(least, most)}"


def _whole_number_fault(value: Any, kind: inspect.IntType) -> str | None:
    if not isinstance(value, NumberText | ParameterText) or not _WHOLE.fullmatch(value) or value == "-0":
        return "must be a whole number"
    if len(value) > _MOST_DIGITS:  # Python refuses to read a number of thousands of digits
        return f"must have at most {_MOST_DIGITS} digits"
    number = int(value)
    low = kind.ge if kind.ge is not None else None if kind.gt is None else kind.gt + 1
    high = kind.le if kind.le is not None else None if kind.lt is None else kind.lt - 1
    if (low is None or number >= low) and (high is None or number <= high):
        return None
    return f"must be {number_range(low, high)}"


def _truth_fault(value: Any, _: inspect.BoolType) -> str | None:
    right = value in {"true", "false", "1", "0"} if isinstance(value, ParameterText) else isinstance(value, bool)
    return None if right else "must be true or false"


def _choice_fault(value: Any, choices: list[Any]) -> str | None:
    if any(_is_choice(value, choice) for choice in choices):
        return None
    words = ["null" if choice is None else str(choice) for choice in choices]
    return f"must be one of {', '.join(words)}" if len(words) > 1 else f"must be {words[0]}"


def _is_choice(value: Any, choice: Any) -> bool:
    if value is None or choice is None:
        return value is choice
    right_type = isinstance(value, ParameterText) or isinstance(value, NumberText) != isinstance(choice, str)
    return right_type and isinstance(value, str) and value == str(choice)


def _custom_fault(value: Any, kind: type) -> str | None:
    if not issubclass(kind, ExactNumber):
        return None
    try:
        decode_hook(kind, value)
    except ValueError as error:
        return str(error)  # the texts of exact_numbers are written for this
    return None


def _conversion(kind: Callable[..., Any], otherwise: str) -> Callable[[Any, Any], str | None]:
    def fault(value: Any, _: inspect.Type) -> str | None:
        if isinstance(value, NumberText):
            return otherwise
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError:
            return otherwise
        return None

    return fault


_JUDGES: dict[type[inspect.Type], Callable[[Any, Any], str | None]] = {
    inspect.StrType: _text_fault,
    inspect.IntType: _whole_number_fault,
    inspect.BoolType: _truth_fault,
    inspect.NoneType: lambda value, _: None if value is None else "must be null",
    inspect.EnumType: lambda value, kind: _choice_fault(value, [member.value for member in kind.cls]),
    inspect.LiteralType: lambda value, kind: _choice_fault(value, list(kind.values)),
    inspect.CustomType: lambda value, kind: _custom_fault(value, kind.cls),
    inspect.DateTimeType: _conversion(datetime, "must be a time like 2026-11-24T14:03:07.120Z"),
    inspect.DateType: _conversion(date, "must be a date like 2026-11-24"),
    inspect.TimeType: _conversion(time, "must be a time of day like 14:03:07"),
    inspect.UUIDType: _conversion(UUID, "must be a UUID"),
}
