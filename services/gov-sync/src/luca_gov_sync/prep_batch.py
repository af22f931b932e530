"""PrepBatch: a batch's bytes, then the batch itself, are durable before anything of it is sent.

A new batch has no epoch yet that could fence it. A task that stands still in this very write, and is taken over, may
so leave a batch of its old epoch behind: the next pass adopts it, and after the last pass it is never sent. Its grades
were in the others' batches anyway.
"""

import msgspec

from luca_gov_sync.batching import Prepared, halves
from luca_gov_sync.lease import Lease
from luca_gov_sync.ports import Fenced, Ports
from luca_gov_sync.takeover import stamped
from luca_gov_sync.work import Work, work_on
from luca_shared.records.submission import Batch, BatchState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Term


def payload_key(context: TenantContext, period: Term, prepared: Prepared) -> str:
    """Return where a batch's bytes are stored: under the school's own prefix."""
    return f"{context.school_id}/{period}/{prepared.batch_id}.json"


def new_batch(
    context: TenantContext, period: Term, prepared: Prepared, *, epoch: int, now: Timestamp, parent: str | None = None
) -> Batch:
    """Return a batch that has never been sent."""
    return Batch(
        batch_id=prepared.batch_id,
        period=period,
        state=BatchState.SEND_BATCH,
        epoch=epoch,
        members=prepared.members,
        payload_key=payload_key(context, period, prepared),
        payload_sha256=prepared.payload_sha256,
        next_attempt_at=now,
        parent=parent,
        created_at=now,
    )


async def prepare(
    ports: Ports, lease: Lease, context: TenantContext, prepared: Prepared, *, now: Timestamp
) -> list[Work]:
    """Make a batch durable; return the work on it.

    There may be one of these very members already: one whose grades are pending again, because the government turned
    out not to have them. It is sent again as it is, or as the halves that it was split into.
    """
    period = lease.run.period
    batch = new_batch(context, period, prepared, epoch=lease.epoch, now=now)
    await ports.payloads.put(context, batch.payload_key, prepared.payload)
    if await ports.batches.add(context, batch):
        return [Work(context, batch)]
    found = await ports.batches.get(context, period, batch.batch_id)
    if found is None:
        raise Fenced  # somebody removes batches: not this task's world any more
    stored = await stamped(ports, lease, context, found)
    if stored.state is BatchState.SPLIT:
        parts = halves(context.school_id, period, prepared.members, prepared.payload)
        return [work for part in parts for work in await prepare(ports, lease, context, part, now=now)]
    if not stored.state.open:
        stored = reopened(stored, now)
        await ports.batches.save(context, stored)
    return [work_on(context, stored)]


def reopened(batch: Batch, now: Timestamp) -> Batch:
    """Return a settled batch as one that is to be sent again; its attempts go on counting."""
    return msgspec.structs.replace(
        batch,
        state=BatchState.SEND_BATCH,
        retries=0,
        refused=(),
        digest=None,
        next_attempt_at=now,
        settled_at=None,
    )
