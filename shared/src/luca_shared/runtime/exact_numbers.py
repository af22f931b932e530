"""The number type of requests: decimal, exact, and refused where JSON would let it be ambiguous.

A JSON parser that makes floats of numbers has already lost what the client wrote. A field of type `ExactNumber` keeps
the text of the number until it is judged, and is a `Decimal` afterwards:

- a JSON number, never a JSON string;
- no exponent and no minus zero (their text has more than one reading);
- at most 4 decimals by value: `8.5000000` is 8.5, `8.50001` is refused;
- at most 15 significant digits, which is what survives in a browser's double.

Bounds are part of the type: `class Percent(ExactNumber, low=0, high=100)`.
"""

import re
from decimal import Decimal
from typing import Any, ClassVar, Self

import msgspec

DECIMALS = 4
SIGNIFICANT_DIGITS = 15

_PLAIN = re.compile(r"(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?")


class NumberText(str):
    """The text of a number as it stood in the JSON document, so told from a JSON string."""

    __slots__ = ()


class ExactNumber(Decimal):
    """A request's number, in canonical form: no trailing zeros, no exponent."""

    __slots__ = ()
    low: ClassVar[Decimal | None] = None
    high: ClassVar[Decimal | None] = None

    def __init_subclass__(cls, *, low: Decimal | int | None = None, high: Decimal | int | None = None) -> None:
        """Set the closed bounds of a narrower kind of number."""
        super().__init_subclass__()
        if low is not None:
            cls.low = Decimal(low)
        if high is not None:
            cls.high = Decimal(high)

    @classmethod
    def judge(cls, text: str) -> Self:
        """The number that this JSON number text stands for.

        Raises:
            ValueError: it isn't exact, or lies outside of the bounds; the message says what is allowed.
        """
        match = _PLAIN.fullmatch(text)
        if match is None:
            raise ValueError("must be written without an exponent")
        sign, whole, fraction = match[1], match[2], (match[3] or "").rstrip("0")
        if sign and whole == "0" and not fraction:
            raise ValueError("must not be minus zero")
        if len(fraction) > DECIMALS:
            raise ValueError(f"must have at most {DECIMALS} decimals")
        if len((whole + fraction).lstrip("0")) > SIGNIFICANT_DIGITS:
            raise ValueError(f"must have at most {SIGNIFICANT_DIGITS} digits")
        number = cls(f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}")
        if (cls.low is not None and number < cls.low) or (cls.high is not None and number > cls.high):
            raise ValueError(cls.allowed())
        return number

    @classmethod
    def allowed(cls) -> str:
        """What is allowed, in plain words: `must be between 0 and 10`."""
        if cls.low is not None and cls.high is not None:
            return f"must be between {canonical_text(cls.low)} and {canonical_text(cls.high)}"
        if cls.low is not None:
            return f"must be at least {canonical_text(cls.low)}"
        if cls.high is not None:
            return f"must be at most {canonical_text(cls.high)}"
        return "must be a number"


def canonical_text(number: Decimal) -> str:
    """The number as JSON prints it here: `85` for 85.0, `100` for 1E+2, `0` for -0.00.

    Raises:
        ValueError: it is infinite or not a number at all.
    """
    if not number.is_finite():
        raise ValueError("JSON has no such number")
    if not number:
        return "0"
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def decode_hook(kind: type, value: Any) -> Any:
    """Be msgspec's `dec_hook`: judge an exact number; `value` is what `NumberText` or the JSON parser made of it."""
    if not issubclass(kind, ExactNumber):
        raise NotImplementedError(f"no way to decode {kind.__name__}")
    if isinstance(value, NumberText):
        return kind.judge(value)
    if type(value) is int:  # not bool; too long a number never gets here, and minus zero is looked for beforehand
        return kind.judge(str(value))
    raise ValueError("must be a number")


def encode_hook(value: Any) -> Any:
    """Be msgspec's `enc_hook`: print an exact number canonically."""
    if isinstance(value, Decimal):
        return msgspec.Raw(canonical_text(value).encode())
    raise NotImplementedError(f"no way to encode {type(value).__name__}")


def schema_hook(kind: type) -> dict[str, Any]:
    """Be msgspec's `schema_hook`: what OpenAPI says about an exact number."""
    if not issubclass(kind, ExactNumber):
        raise NotImplementedError(f"no schema for {kind.__name__}")
    # Not `multipleOf: 0.0001`: a validator that counts in doubles would refuse 8.1.
    plain = f"at most {DECIMALS} decimals and {SIGNIFICANT_DIGITS} digits, without an exponent"
    schema: dict[str, Any] = {"type": "number", "description": plain}
    if kind.low is not None:
        schema["minimum"] = _schema_number(kind.low)
    if kind.high is not None:
        schema["maximum"] = _schema_number(kind.high)
    return schema


def _schema_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
