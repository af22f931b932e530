"""The DynamoDB attribute codec: plain Python values to `{"S": "..."}` and back, without a float anywhere.

Numbers follow DynamoDB's own limits (Developer Guide, "Supported data types: Number"): 38 significant digits,
magnitudes from 1E-130 to 9.9999999999999999999999999999999999999E+125.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from decimal import Context, Decimal
from functools import lru_cache
from typing import Any

Item = dict[str, Any]
"""An item as plain Python values: None, bool, int, Decimal, str, bytes, lists, dicts, and sets of one kind."""

_MAX_DIGITS = 38
_EXPONENTS = range(-130, 126)  # of the first significant digit
_WHOLE_LIMIT = 10**_MAX_DIGITS
_EXACT = Context(prec=_MAX_DIGITS)


def encode_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item as DynamoDB's JSON.

    Raises:
        TypeError: A value of a kind that DynamoDB doesn't have, or a float, which would change the number on its way.
        ValueError: A number beyond DynamoDB's limits, or an empty set.
    """
    # Most attributes are texts.
    return {name: {"S": value} if type(value) is str else encode_value(value) for name, value in item.items()}


def decode_item(wire: Mapping[str, Any]) -> Item:
    """The item in an answer as plain Python values; sets come back frozen.

    Raises:
        ValueError: It is not DynamoDB's JSON.
    """
    # Most attributes are texts or numbers, and a gradebook has thousands: each detour here takes as long as the rest.
    return {
        name: (value["S"] if "S" in value else _number(value["N"]) if "N" in value else decode_value(value))
        if type(value) is dict and len(value) == 1
        else decode_value(value)
        for name, value in wire.items()
    }


def encode_value(value: Any) -> dict[str, Any]:
    """One attribute's value as DynamoDB's JSON; raises as `encode_item`."""
    encode = _ENCODERS.get(type(value)) or _encoder_of_base(value)
    return encode(value)


def decode_value(wire: Mapping[str, Any]) -> Any:
    """One attribute's value from DynamoDB's JSON; raises as `decode_item`."""
    try:
        ((kind, content),) = wire.items()
        decode = _DECODERS[kind]
    except (AttributeError, ValueError, KeyError):
        raise ValueError("not a DynamoDB attribute value") from None
    return decode(content)


def _encoder_of_base(value: Any) -> Callable[[Any], dict[str, Any]]:
    """For subclasses: a StrEnum is stored as its text, a named tuple as a list."""
    for base, encode in _ENCODERS.items():
        if isinstance(value, base):
            return encode
    raise TypeError(f"DynamoDB has no type for {type(value).__name__}")


def _text(value: str) -> dict[str, Any]:
    return {"S": str.__str__(value)}


def _whole(value: int) -> dict[str, Any]:
    if -_WHOLE_LIMIT < value < _WHOLE_LIMIT:
        return {"N": int.__repr__(value)}
    return _decimal(Decimal(value))


def _decimal(value: Decimal) -> dict[str, Any]:
    if not value.is_finite():
        raise ValueError("DynamoDB has no NaN and no infinity")
    if not value:
        return {"N": "0"}  # whatever its sign and exponent
    normal = _EXACT.normalize(value)  # rounds to 38 digits: then it is not equal any more
    if normal != value or value.adjusted() not in _EXPONENTS:
        raise ValueError(f"DynamoDB's numbers have at most {_MAX_DIGITS} digits, between 1E-130 and 1E+126")
    return {"N": str(normal if len(value.as_tuple().digits) > _MAX_DIGITS else value)}


def _set(values: Iterable[Any]) -> dict[str, Any]:
    """Sorted: the same item always gives the same bytes, which a transaction's token relies on."""
    members = sorted(values)  # a mixed set is a TypeError here, or below
    encoded = [encode_value(member) for member in members]
    kinds = {kind for value in encoded for kind in value}
    if not kinds:
        raise ValueError("DynamoDB has no empty set")
    kind = kinds.pop()
    if kinds or kind not in {"S", "N", "B"}:
        raise TypeError("a DynamoDB set holds strings, or numbers, or bytes")
    return {f"{kind}S": [value[kind] for value in encoded]}


@lru_cache(maxsize=10_000)  # versions and scores are a few numbers over and over
def _number(text: str) -> int | Decimal:
    return Decimal(text) if "." in text or "e" in text or "E" in text else int(text)


# bool before int, of which it is a subclass: the order counts for `_encoder_of_base`.
_ENCODERS: dict[type, Callable[[Any], dict[str, Any]]] = {
    str: _text,
    bool: lambda value: {"BOOL": value},
    int: _whole,
    Decimal: _decimal,
    type(None): lambda _: {"NULL": True},
    bytes: lambda value: {"B": b64encode(value).decode()},
    dict: lambda value: {"M": encode_item(value)},
    Mapping: lambda value: {"M": encode_item(value)},
    list: lambda value: {"L": [encode_value(member) for member in value]},
    tuple: lambda value: {"L": [encode_value(member) for member in value]},
    set: _set,
    frozenset: _set,
}

_DECODERS: dict[str, Callable[[Any], Any]] = {
    "S": lambda content: content,
    "N": _number,
    "BOOL": lambda content: content,
    "NULL": lambda _: None,
    "B": b64decode,
    "M": decode_item,
    "L": lambda content: [decode_value(member) for member in content],
    "SS": frozenset,
    "NS": lambda content: frozenset(map(_number, content)),
    "BS": lambda content: frozenset(map(b64decode, content)),
}
