"""A school's work: one of each kind of request that is signed as a school."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Final

from luca_gov_sync.payload_store import SchoolPayloads
from luca_shared.aws import Kms, assign
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import ClassId, StudentId, Term
from luca_shared.tenancy.table import Amendment, Delete, Put, Tables, TenantTable
from luca_shared.tenancy.writes import Write


@dataclass(frozen=True, slots=True)
class Clients:
    """What a service works with, for all schools."""

    tables: Tables
    kms: Kms
    payloads: SchoolPayloads


@dataclass(frozen=True, slots=True)
class Desk:
    """What there is to work with as one school; `token` is a transaction's."""

    clients: Clients
    context: TenantContext
    token: str

    @property
    def table(self) -> TenantTable:
        """The tables."""
        return self.clients.tables.of(self.context)

    @property
    def school_id(self) -> str:
        """The school."""
        return str(self.context.school_id)


Work = Callable[[Desk], Awaitable[list[str]]]
"""Does something, and returns the texts in its answer that say whose it is."""

_ANA, _BEN, _CLASS, _TERM = StudentId("ana"), StudentId("ben"), ClassId("c1"), Term("2026-Q4")


async def _get(desk: Desk) -> list[str]:
    item = await desk.table.get(keys.profile(desk.context, _ANA))
    return [str(item["pk"])] if item else []


async def _get_many(desk: Desk) -> list[str]:
    found = await desk.table.get_many([keys.profile(desk.context, each) for each in (_ANA, _BEN)])
    return [str(item["pk"]) for item in found.values()]


async def _query(desk: Desk) -> list[str]:
    page = await desk.table.query(keys.grades_of_student(desk.context, _ANA))
    return [str(item["pk"]) for item in page.items]


async def _query_an_index(desk: Desk) -> list[str]:
    page = await desk.table.query(keys.grades_of_class(desk.context, _CLASS, _TERM))
    return [str(item["pk"]) for item in page.items]


async def _put(desk: Desk) -> list[str]:
    await desk.table.put(keys.profile(desk.context, _ANA), {"note": 1})
    return []


async def _update(desk: Desk) -> list[str]:
    item = await desk.table.update(keys.profile(desk.context, _ANA), assign({"note": 1}))
    return [str(item["pk"])]


async def _delete(desk: Desk) -> list[str]:
    await desk.table.delete(keys.profile(desk.context, _ANA))
    return []


async def _transact(desk: Desk) -> list[str]:
    writes: list[Write] = [Put(keys.profile(desk.context, _ANA), {}), Delete(keys.profile(desk.context, _BEN))]
    await desk.table.transact(writes, token=desk.token)
    return []


async def _insert_many(desk: Desk) -> list[str]:
    await desk.table.insert_many([(keys.profile(desk.context, each), {}) for each in (_ANA, _BEN)])
    return []


async def _amend_many(desk: Desk) -> list[str]:
    await desk.table.amend_many([Amendment(keys.profile(desk.context, _ANA), sets={"note": 1}, removes=(), where={})])
    return []


async def _unwrap_a_key(desk: Desk) -> list[str]:
    secret = await desk.table.signed(partial(desk.clients.kms.decrypt, "k", b"wrapped", {"school_id": desk.school_id}))
    return [f"TENANT#{secret.decode()}#"]


async def _read_a_payload(desk: Desk) -> list[str]:
    content = await desk.clients.payloads.get(desk.context, f"{desk.school_id}/b1")
    return [f"TENANT#{content.decode().split('/')[2]}#"]


async def _write_a_payload(desk: Desk) -> list[str]:
    await desk.clients.payloads.put(desk.context, f"{desk.school_id}/b1", b"{}")
    return []


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
    _read_a_payload,
    _write_a_payload,
)


def some_work(chance: Random) -> Work:
    """Return something to do."""
    return chance.choice(_WORK)
