"""A school's work: one of each kind of request that the tables, and KMS, are asked for."""

from collections.abc import Awaitable, Callable
from functools import partial
from random import Random
from typing import Any, Final

from luca_shared.aws import Kms, assign
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import ClassId, StudentId, Term
from luca_shared.tenancy.table import Amendment, Delete, Put, TenantTable
from luca_shared.tenancy.writes import Write

Work = Callable[[TenantTable, Kms, str], Awaitable[Any]]

_ANA, _BEN, _CLASS, _TERM = StudentId("ana"), StudentId("ben"), ClassId("c1"), Term("2026-Q4")


async def _get(table: TenantTable, _: Kms, _token: str) -> None:
    await table.get(keys.profile(table.context, _ANA))


async def _get_many(table: TenantTable, _: Kms, _token: str) -> None:
    await table.get_many([keys.profile(table.context, each) for each in (_ANA, _BEN)])


async def _query(table: TenantTable, _: Kms, _token: str) -> None:
    await table.query(keys.grades_of_student(table.context, _ANA))


async def _query_an_index(table: TenantTable, _: Kms, _token: str) -> None:
    await table.query(keys.grades_of_class(table.context, _CLASS, _TERM))


async def _put(table: TenantTable, _: Kms, _token: str) -> None:
    await table.put(keys.profile(table.context, _ANA), {"note": 1})


async def _update(table: TenantTable, _: Kms, _token: str) -> None:
    await table.update(keys.profile(table.context, _ANA), assign({"note": 1}))


async def _delete(table: TenantTable, _: Kms, _token: str) -> None:
    await table.delete(keys.profile(table.context, _ANA))


async def _transact(table: TenantTable, _: Kms, token: str) -> None:
    writes: list[Write] = [Put(keys.profile(table.context, _ANA), {}), Delete(keys.profile(table.context, _BEN))]
    await table.transact(writes, token=token)


async def _insert_many(table: TenantTable, _: Kms, _token: str) -> None:
    await table.insert_many([(keys.profile(table.context, each), {}) for each in (_ANA, _BEN)])


async def _amend_many(table: TenantTable, _: Kms, _token: str) -> None:
    await table.amend_many([Amendment(keys.profile(table.context, _ANA), sets={"note": 1}, removes=(), where={})])


async def _unwrap_a_key(table: TenantTable, kms: Kms, _token: str) -> None:
    context = {"school_id": str(table.context.school_id)}
    await table.signed(partial(kms.decrypt, "k", b"wrapped", context))


_WORK: Final[tuple[Work, ...]] = (
    _get,
    _get_many,
    _query,
    _query_an_index,
    _put,
    _update,
    _delete,
    _transact,
    _insert_many,
    _amend_many,
    _unwrap_a_key,
)


def some_work(chance: Random) -> Callable[[TenantTable, Kms], Awaitable[Any]]:
    """Return something to do."""
    work, token = chance.choice(_WORK), f"{chance.getrandbits(64):x}"
    return lambda table, kms: work(table, kms, token)
