"""A ciphertext that is moved to any other place doesn't open there: each pair of places, of one school and of two."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import pytest

from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import CorruptCiphertext, FieldEncryption, KeyDestroyed
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.table import Tables

ActAs = Callable[..., TenantContext]
_FIELDS: Final = (
    "name",
    "comment on 2026-Q4/c1/a1/1",
    "comment on 2026-Q4/c1/a1/2",
    "comment on 2026-Q4/c1/a2/1",
    "comment on 2026-Q3/c1/a1/1",
    "reason for 2026-Q4/c1/a1/1",
)


@dataclass(frozen=True)
class Place:
    """Where a text is sealed: of a student, or (without one) of the school as a whole."""

    school_id: str
    student_id: str | None
    field: str


PLACES: Final = [
    Place(school_id, student_id, field)
    # The ids and fields of the one, put together, read like those of the other.
    for school_id, student_id, field in (
        *product(("norte", "norte-2"), ("s1", "s2"), _FIELDS),
        *product(("norte", "norte-2"), (None,), ("first answer", "s1name", "name")),
        ("norte", "2-s1", "name"),
        ("norte", "s1n", "ame"),
    )
]


@pytest.fixture
def encryption(tables: Tables, kms: Any, clock: Any) -> FieldEncryption:
    return FieldEncryption(tables, kms, key_id="key-1", clock=clock)


async def test_it_opens_in_its_own_place_and_in_no_other(encryption: FieldEncryption, act_as: ActAs) -> None:
    async def seal(place: Place, text: str) -> bytes:
        context = act_as(place.school_id)
        if place.student_id is None:
            return await encryption.encrypt_for_school(context, place.field, text.encode())
        return await encryption.encrypt(context, StudentId(place.student_id), place.field, text)

    async def open_at(place: Place, ciphertext: bytes) -> str | None:
        context = act_as(place.school_id)
        try:
            if place.student_id is None:
                return (await encryption.decrypt_for_school(context, place.field, ciphertext)).decode()
            return await encryption.decrypt(context, StudentId(place.student_id), place.field, ciphertext)
        except (CorruptCiphertext, KeyDestroyed):
            return None

    sealed = {place: await seal(place, str(place)) for place in PLACES}
    opened = {(of, at) for of, at in product(PLACES, repeat=2) if await open_at(at, sealed[of]) is not None}
    assert opened == {(place, place) for place in PLACES}
    for place in PLACES:
        assert await open_at(place, sealed[place]) == str(place)


async def test_nor_do_two_of_them_put_together(encryption: FieldEncryption, act_as: ActAs) -> None:
    """Neither the head of one with the body of another, nor the other way round, at any cut."""
    norte, student = act_as("norte"), StudentId("s1")
    one = await encryption.encrypt(norte, student, "name", "Ana Pérez")
    other = await encryption.encrypt(norte, student, "name", "Eva Gómez")
    for cut in range(1, len(one)):
        mixed = one[:cut] + other[cut:]
        if mixed in {one, other}:
            continue  # both begin with the name of the same key
        with pytest.raises((CorruptCiphertext, KeyDestroyed)):
            await encryption.decrypt(norte, student, "name", mixed)
