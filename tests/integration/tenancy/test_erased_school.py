"""Erasing a whole school on the emulator: whatever copies there are of what it had, nobody reads them any more."""

import secrets
from typing import Any

import pytest

from luca_local.deployment import Deployment
from luca_shared.aws.kms import Kms
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import FieldEncryption, KeyDestroyed, Sealed
from luca_shared.tenancy.ids import SchoolId, StudentId
from luca_shared.tenancy.table import Tables

STUDENTS = [StudentId(f"s{number}") for number in range(30)]


@pytest.fixture
def leaving() -> TenantContext:
    """A school that no other test knows."""
    return TenantContext.of_directory(SchoolId(f"leaving-{secrets.token_hex(4)}"), "c-1")


async def test_with_the_schools_key_all_copies_of_what_it_had_are_gone(
    tables: Tables, kms: Kms, deployment: Deployment, schools: Any, leaving: TenantContext
) -> None:
    def process() -> FieldEncryption:
        return FieldEncryption(tables, kms, key_id=deployment.kms_key_arn)

    names = [Sealed(who, "name", await process().encrypt(leaving, who, "name", f"Ana {who}")) for who in STUDENTS]
    answer = await process().encrypt_for_school(leaving, "answer", b"Ana: 8.5")
    stays = await process().encrypt(schools.norte, STUDENTS[0], "name", "Ana")
    table = tables.of(leaving)
    everybodys = [keys.student_key(leaving, who) for who in STUDENTS]
    copies = await table.get_many([keys.school_key(leaving), *everybodys], consistent=True)
    assert await process().decrypt_many(leaving, names) == [f"Ana {who}" for who in STUDENTS]

    await process().erase_school(leaving)
    assert await process().decrypt_many(leaving, names) == [None] * len(STUDENTS)
    with pytest.raises(KeyDestroyed):
        await process().decrypt_for_school(leaving, "answer", answer)
    with pytest.raises(KeyDestroyed):
        await process().encrypt(leaving, StudentId("new"), "name", "Eva")
    assert await process().decrypt(schools.norte, STUDENTS[0], "name", stays) == "Ana"

    # Copies of the students' keys are of no use: what they are wrapped by is gone.
    for key in everybodys:
        await table.put(key, {name: value for name, value in copies[key].items() if name not in {"pk", "sk"}})
    assert await process().decrypt_many(leaving, names) == [None] * len(STUDENTS)

    # The one copy that counts is the school's own key: hence a table without a stream, and with a day's backups.
    whole = copies[keys.school_key(leaving)]
    await table.put(keys.school_key(leaving), {name: whole[name] for name in whole if name not in {"pk", "sk"}})
    assert await process().decrypt_many(leaving, names) == [f"Ana {who}" for who in STUDENTS]
