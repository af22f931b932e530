"""Where two trees of plain values differ, told by path."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# What tells the elements of a list apart, so that a difference inside one can be named. The order never matters in
# what we compare: not in IAM's documents, and not in the properties of our resources.
_IDENTITIES = ("IndexName", "AttributeName", "PolicyName", "Sid", "Name")


def differences(expected: Any, actual: Any, path: str) -> Iterator[str]:
    """One sentence for each place where `actual` is not `expected`; both ways, so that nothing more is there either."""
    match expected, actual:
        case Mapping(), Mapping():
            for key in sorted(expected.keys() | actual.keys()):
                yield from differences(expected.get(key), actual.get(key), f"{path}.{key}")
        case [*these], [*those]:
            yield from _in_lists(these, those, path)
        case _:
            if expected != actual or isinstance(expected, bool) != isinstance(actual, bool):
                yield f"{path} is {_shown(actual)}, not {_shown(expected)}"


def _in_lists(expected: Sequence[Any], actual: Sequence[Any], path: str) -> Iterator[str]:
    for identity in _IDENTITIES:
        these, those = _by(identity, expected), _by(identity, actual)
        if these is not None and those is not None:
            for name in sorted(these.keys() | those.keys()):
                yield from differences(these.get(name), those.get(name), f"{path}[{name}]")
            return
    if sorted(map(_shown, expected)) != sorted(map(_shown, actual)):
        yield f"{path} is {_shown(actual)}, not {_shown(expected)}"


def _by(identity: str, values: Sequence[Any]) -> dict[str, Any] | None:
    if not all(isinstance(value, Mapping) and isinstance(value.get(identity), str) for value in values):
        return None
    named = {value[identity]: value for value in values}
    return named if len(named) == len(values) else None  # two of one name: only the whole lists can be compared


def _shown(value: Any) -> str:
    return "absent" if value is None else json.dumps(value, sort_keys=True)
