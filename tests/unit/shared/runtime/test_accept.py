"""What a header says that a client would rather have."""

import pytest

from luca_shared.runtime.accept import preferences


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("gzip", {"gzip": 1.0}),
        ("br;q=0.5, GZIP ; q=0.25", {"br": 0.5, "gzip": 0.25}),
        ("*;q=0", {"*": 0.0}),
        ("gzip;q=x, br;level=3", {"gzip": 0.0, "br": 0.0}),
        ("", {"": 1.0}),
    ],
)
def test_each_value_has_its_weight(header: str, expected: dict[str, float]) -> None:
    assert dict(preferences(header)) == expected
