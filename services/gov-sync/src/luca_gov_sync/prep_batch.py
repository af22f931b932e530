"""PrepBatch: a batch's bytes, then the batch itself, are durable before anything of it is sent."""

import msgspec

from luca_gov_sync.batching import Prepared, halves
from luca_gov_sync.ports import Fenced, Ports
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
    ports: Ports, context: TenantContext, period: Term, prepared: Prepared, *, epoch: int, now: Timestamp
) -> list[Work]:
    """Make a batch durable; return the work on it.

    There may be one of these very members already: one whose grades are pending again, because the government turned
    out not to have them. It is sent again as it is, or as the halves that it was split into.
    """
    batch = new_batch(context, period, prepared, epoch=epoch, now=now)
    await ports.payloads.put(context, batch.payload_key, prepared.payload)
    if await ports.batches.add(context, batch):
        return [Work(context, batch)]
    stored = await ports.batches.get(context, period, batch.batch_id)
    if stored is None:
        raise Fenced  # somebody removes batches: not this task's world any more
    if stored.state is BatchState.SPLIT:
        parts = halves(context.school_id, period, prepared.members, prepared.payload)
        return [work for part in parts for work in await prepare(ports, context, period, part, epoch=epoch, now=now)]
    renewed = stored if stored.state.open else reopened(stored, now)
    renewed = msgspec.structs.replace(renewed, epoch=epoch)
    await ports.batches.save(context, renewed, was_epoch=stored.epoch)
    return [work_on(context, renewed)]


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
