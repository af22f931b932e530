"""Personal data on the emulator: keys by KMS under the school's encryption context, and gone when destroyed."""

import asyncio
import uuid
from functools import partial
from typing import Any

import pytest

from luca_local.deployment import Deployment
from luca_shared.aws.errors import AccessDenied, Rejected
from luca_shared.aws.kms import Kms
from luca_shared.records.data_keys import SchoolKey
from luca_shared.tenancy import keys
from luca_shared.tenancy.encryption import FieldEncryption, KeyDestroyed, Sealed
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.table import Tables


def somebody() -> StudentId:
    """A student whom no other test knows."""
    return StudentId(f"s-{uuid.uuid4().hex}")


async def test_a_text_is_read_back_by_another_process_until_the_student_is_erased(
    tables: Tables, kms: Kms, deployment: Deployment, schools: Any
) -> None:
    one, other = (FieldEncryption(tables, kms, key_id=deployment.kms_key_arn) for _ in range(2))
    ana, luis = somebody(), somebody()
    name = await one.encrypt(schools.norte, ana, "name", "Ana Pérez")
    assert await other.decrypt(schools.norte, ana, "name", name) == "Ana Pérez"
    values = [Sealed(ana, "name", name), Sealed(luis, "name", await one.encrypt(schools.norte, luis, "name", "Luis"))]
    for _ in range(2):
        await one.erase_student(schools.norte, ana)
    fresh = FieldEncryption(tables, kms, key_id=deployment.kms_key_arn)
    assert await fresh.decrypt_many(schools.norte, values) == [None, "Luis"]
    with pytest.raises(KeyDestroyed):
        await one.decrypt(schools.norte, ana, "name", name)
    for writer in (one, fresh):
        with pytest.raises(KeyDestroyed):
            await writer.encrypt(schools.norte, ana, "name", "Ana again")


async def test_processes_that_start_at_once_agree_on_the_keys(
    tables: Tables, kms: Kms, deployment: Deployment, schools: Any
) -> None:
    processes = [FieldEncryption(tables, kms, key_id=deployment.kms_key_arn) for _ in range(8)]
    ana = somebody()
    texts = await asyncio.gather(*(each.encrypt(schools.norte_2, ana, "name", "Ana") for each in processes))
    reader = FieldEncryption(tables, kms, key_id=deployment.kms_key_arn)
    assert [await reader.decrypt(schools.norte_2, ana, "name", text) for text in texts] == ["Ana"] * 8


@pytest.mark.parametrize("context", [{"school_id": "norte-2"}, {}, {"school": "norte"}])
async def test_a_school_uses_the_key_under_its_own_encryption_context_only(
    tables: Tables, kms: Kms, deployment: Deployment, schools: Any, context: dict[str, str]
) -> None:
    table = tables.of(schools.norte)
    with pytest.raises(AccessDenied):
        await table.signed(partial(kms.generate_data_key, deployment.kms_key_arn, context))
    made = await table.signed(partial(kms.generate_data_key, deployment.kms_key_arn, {"school_id": "norte"}))
    with pytest.raises(AccessDenied):
        await table.signed(partial(kms.decrypt, deployment.kms_key_arn, made.wrapped, context))


async def test_a_schools_wrapped_key_does_not_open_for_another(
    tables: Tables, kms: Kms, deployment: Deployment, schools: Any
) -> None:
    encryption = FieldEncryption(tables, kms, key_id=deployment.kms_key_arn)
    await encryption.encrypt(schools.norte, somebody(), "name", "Ana")
    item = await tables.of(schools.norte).get(keys.school_key(schools.norte), consistent=True)
    assert item is not None
    stolen = SchoolKey.from_item(item).wrapped
    thief = tables.of(schools.norte_2)
    for context, refusal in (({"school_id": "norte"}, AccessDenied), ({"school_id": "norte-2"}, Rejected)):
        with pytest.raises(refusal):
            await thief.signed(partial(kms.decrypt, deployment.kms_key_arn, stolen, context))
