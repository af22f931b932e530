"""Hostile texts are hostile: none of them is an id, so whatever takes one has failed."""

from random import Random

import pytest

from luca_local.isolation.hostile_ids import hostile_schools, hostile_texts
from luca_shared.tenancy.ids import ClassId, InvalidId, PersonId, SchoolId, StudentId, parse_id


@pytest.mark.parametrize("seed", range(5))
def test_none_of_them_is_an_id(seed: int) -> None:
    for _, text in hostile_texts(Random(seed)):
        for kind in (SchoolId, PersonId, StudentId, ClassId):
            with pytest.raises(InvalidId):
                parse_id(kind, text)
    for _, text in hostile_schools(Random(seed)):
        with pytest.raises(InvalidId):
            parse_id(SchoolId, text)


def test_all_kinds_of_them_are_there_and_chance_can_be_repeated() -> None:
    kinds = {kind for kind, _ in hostile_schools(Random(7))}
    assert kinds >= {
        "separators",
        "wildcards",
        "percent signs",
        "control characters",
        "lookalikes",
        "other normal forms",
    }
    assert hostile_texts(Random(7)) == hostile_texts(Random(7)) != hostile_texts(Random(8))
