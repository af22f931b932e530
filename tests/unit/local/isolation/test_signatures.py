"""The look at signatures sees a text where a key belongs, in whatever it is wrapped."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from luca_local.isolation.attempts import Attempt, Ending
from luca_local.isolation.type_wall import signatures
from luca_local.isolation.type_wall.builders import attributes_made, keys_made, ranges_made
from luca_shared.tenancy.key_types import Key


def plain(pk: str) -> None: ...
def optional(pk: str | None) -> None: ...
def several(pk: Sequence[str]) -> None: ...
def whole(pk: Mapping[str, Any]) -> None: ...
def right(pk: Key) -> None: ...
def none_at_all(limit: int) -> None: ...


@pytest.mark.parametrize(
    ("function", "taken"),
    [
        (plain, {"pk": True}),
        (optional, {"pk": True}),
        (several, {"pk": True}),
        (whole, {"pk": True}),
        (right, {"pk": False}),
        (none_at_all, {"limit": False}),
    ],
)
def test_a_text_is_seen(function: Any, taken: dict[str, bool]) -> None:
    assert dict(signatures._parameters(function)) == taken


def test_a_planted_function_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    functions = [*signatures._functions(), ("luca_shared.planted", plain)]
    monkeypatch.setattr(signatures, "_functions", lambda: iter(functions))
    bad = [each for each in signatures.tried_signatures() if isinstance(each, Attempt) and each.ending is Ending.LEAKED]
    assert [(each.what, each.outcome) for each in bad] == [("luca_shared.planted", "pk")]


def test_every_builder_of_keys_is_found() -> None:
    assert len(keys_made()) > 20
    assert len(ranges_made()) > 10
    assert len(attributes_made()) == 2
