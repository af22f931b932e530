"""Patterns of IAM policies: wildcards, and policy variables that stand for a value of the request.

The rules are those of "IAM policy elements: Variables and tags" in the IAM user guide: a variable's value is text,
never a wildcard; `${*}`, `${?}` and `${$}` are the characters themselves; `${key, 'default'}` has a default; a
variable without a value equals nothing and is like nothing.
"""

import re
from collections.abc import Callable
from functools import lru_cache

Lookup = Callable[[str], object]
"""Gives a condition key's value in the request: text, a list of texts, or None when the request has none."""

_VARIABLE = re.compile(r"\$\{([^{}]+)\}")
_DEFAULT = re.compile(r"([^\s,]+)\s*,\s*'([^']*)'")
_CHARACTERS = frozenset("*?$")
_ARN_SEPARATORS = 5  # the wildcards of an ARN operator stay within one of the six parts that colons separate


def without_variables(text: str) -> str:
    """The pattern that takes `text` as it stands: before version 2012-10-17 policies had no variables."""
    return text.replace("${", "${$}{")


def filled(text: str, lookup: Lookup) -> str | None:
    """`text` with its variables' values, its wildcards as plain characters; None when a variable has no value."""
    parts = _parts(text, lookup)
    return None if parts is None else "".join(parts)


def is_like(value: str, text: str, lookup: Lookup, *, arn: bool = False) -> bool:
    """Whether `value` matches `text`, where `*` is any text, `?` any one character, and variables have their values."""
    parts = _parts(text, lookup)
    return parts is not None and _compiled(parts, arn and text != "*").fullmatch(value) is not None


def _parts(text: str, lookup: Lookup) -> tuple[str, ...] | None:
    """Pattern text and variables' values in turn (the values at odd places), None when a variable has no value."""
    parts = _split(text)
    if len(parts) == 1:
        return parts
    values = list(parts)
    for place in range(1, len(parts), 2):
        value = _value(parts[place], lookup)
        if value is None:
            return None
        values[place] = value
    return tuple(values)


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[str, ...]:
    return tuple(_VARIABLE.split(text))


def _value(variable: str, lookup: Lookup) -> str | None:
    if variable in _CHARACTERS:
        return variable
    with_default = _DEFAULT.fullmatch(variable.strip())
    key, default = with_default.groups() if with_default else (variable.strip(), None)
    found = lookup(key)
    return found if isinstance(found, str) else default


@lru_cache(maxsize=4096)
def _compiled(parts: tuple[str, ...], arn: bool) -> re.Pattern[str]:  # noqa: FBT001 - cached by position
    expression, separators = [], 0
    for place, part in enumerate(parts):
        for character in part:
            any_character = "[^:]" if arn and separators < _ARN_SEPARATORS else "."
            separators += character == ":"
            if place % 2 or character not in "*?":
                expression.append(re.escape(character))
            else:
                expression.append(any_character + "*" * (character == "*"))
    return re.compile("".join(expression), re.DOTALL)
