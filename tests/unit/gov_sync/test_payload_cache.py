"""A batch's bytes: checked, and not more of them held than allowed."""

import pytest
from tests.unit.gov_sync.samples import NORTE, batch_of, grade

from luca_gov_sync.payload_cache import PayloadCache, WrongPayload
from luca_gov_sync.ports import Payloads
from luca_gov_sync.work import Work
from luca_shared.tenancy.context import TenantContext

CONTEXT = TenantContext.of_directory(NORTE, "c")


class Stored(Payloads):
    def __init__(self, payloads: dict[str, bytes]) -> None:
        self.payloads = payloads
        self.asked = 0

    async def put(self, context: TenantContext, key: str, payload: bytes) -> None:
        raise NotImplementedError

    async def get(self, context: TenantContext, key: str) -> bytes:  # noqa: ARG002  # the port's
        self.asked += 1
        return self.payloads[key]


async def test_bytes_are_fetched_when_they_are_not_held() -> None:
    batch, payload = batch_of(grade(1))
    stored = Stored({batch.payload_key: payload})
    cache = PayloadCache(stored)
    work = Work(CONTEXT, batch)
    assert [await cache.of(work), await cache.of(work)] == [payload, payload]
    assert stored.asked == 1
    cache.drop(batch.payload_key)
    await cache.of(work)
    assert stored.asked == 2


async def test_other_bytes_than_were_prepared_are_not_given_out() -> None:
    batch, payload = batch_of(grade(1))
    cache = PayloadCache(Stored({batch.payload_key: payload.replace(b"8.5", b"9.5")}))
    with pytest.raises(WrongPayload):
        await cache.of(Work(CONTEXT, batch))


async def test_the_oldest_go_when_there_are_too_many() -> None:
    one, two = batch_of(grade(1)), batch_of(grade(2))
    stored = Stored({one[0].payload_key: one[1]})
    cache = PayloadCache(stored, capacity=len(one[1]) + 10)
    cache.keep(one[0].payload_key, one[1])
    cache.keep(two[0].payload_key, two[1])
    await cache.of(Work(CONTEXT, two[0]))
    assert stored.asked == 0
    await cache.of(Work(CONTEXT, one[0]))
    assert stored.asked == 1
