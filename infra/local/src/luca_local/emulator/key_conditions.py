"""The equalities that a Query's key condition demands of attributes.

Reads the whole KeyConditionExpression by DynamoDB's grammar ("Key condition expressions for the Query operation" in the
DynamoDB developer guide), or the legacy KeyConditions map; what does not fit the grammar is refused, never skipped.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_TOKEN = re.compile(r"\s*(<=|>=|[()=<>,]|[#:]?[A-Za-z0-9_.-]+)")
_COMPARISONS = frozenset({"=", "<", "<=", ">", ">="})

Equality = tuple[str, Any]
"""An attribute's name, and the attribute value (as on the wire) that it must equal."""


class UnreadableError(ValueError):
    """A request says something that its authorisation can't be told from."""


def equalities(request: Mapping[str, Any]) -> list[Equality]:
    """The equalities of a Query request, in the order written.

    Raises:
        UnreadableError: the key condition is missing, or is none.
    """
    expression, legacy = request.get("KeyConditionExpression"), request.get("KeyConditions")
    if (expression is None) == (legacy is None):
        raise UnreadableError("a Query has one key condition")
    if legacy is not None:
        return [
            (name, condition["AttributeValueList"][0])
            for name, condition in legacy.items()
            if condition["ComparisonOperator"] == "EQ" and len(condition["AttributeValueList"]) == 1
        ]
    names, values = request.get("ExpressionAttributeNames") or {}, request.get("ExpressionAttributeValues") or {}
    return _Reader(_tokens(expression), names, values).read()


def _tokens(expression: str) -> list[str]:
    tokens, position = [], 0
    text = expression.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise UnreadableError(f"a key condition has no {text[position]!r}")
        tokens.append(match.group(1))
        position = match.end()
    return tokens


class _Reader:
    """A recursive descent over the tokens; attributes and values are told apart by `:`."""

    def __init__(self, tokens: Sequence[str], names: Mapping[str, str], values: Mapping[str, Any]) -> None:
        self._tokens = list(reversed(tokens))
        self._names = names
        self._values = values
        self._equalities: list[Equality] = []

    def read(self) -> list[Equality]:
        self._conjunction()
        if self._tokens:
            raise UnreadableError(f"a key condition ends before {self._tokens[-1]!r}")
        return self._equalities

    def _conjunction(self) -> None:
        self._condition()
        while self._peek().upper() == "AND":
            self._take()
            self._condition()

    def _condition(self) -> None:
        first = self._take()
        if first == "(":
            self._conjunction()
            self._expect(")")
        elif first == "begins_with" and self._peek() == "(":
            self._expect("(")
            self._attribute(self._take())
            self._expect(",")
            self._value(self._take())
            self._expect(")")
        elif self._peek().upper() == "BETWEEN":
            self._attribute(first)
            self._take()
            self._value(self._take())
            self._expect("AND")
            self._value(self._take())
        else:
            self._comparison(first, self._take(), self._take())

    def _comparison(self, left: str, operator: str, right: str) -> None:
        if operator not in _COMPARISONS:
            raise UnreadableError(f"a key condition has no operator {operator!r}")
        attribute, value = (right, left) if left.startswith(":") else (left, right)
        equality = (self._attribute(attribute), self._value(value))
        if operator == "=":
            self._equalities.append(equality)

    def _attribute(self, token: str) -> str:
        if token.startswith("#"):
            name = self._names.get(token)
        else:
            name = token if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.-]*", token) else None
        if not isinstance(name, str):
            raise UnreadableError(f"{token!r} names no attribute")
        return name

    def _value(self, token: str) -> Any:
        if not token.startswith(":") or token not in self._values:
            raise UnreadableError(f"{token!r} is no value of the request")
        return self._values[token]

    def _peek(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def _take(self) -> str:
        if not self._tokens:
            raise UnreadableError("a key condition ends too early")
        return self._tokens.pop()

    def _expect(self, token: str) -> None:
        if self._take().upper() != token.upper():
            raise UnreadableError(f"a key condition lacks {token!r}")
