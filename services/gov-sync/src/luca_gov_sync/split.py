"""Split: a batch that was refused whole becomes two, until the record that is to blame stands alone."""

import msgspec

from luca_gov_sync.batching import Prepared, halves
from luca_gov_sync.clock import LoopClock
from luca_gov_sync.ports import Ports
from luca_gov_sync.prep_batch import new_batch, payload_key
from luca_gov_sync.work import Work
from luca_shared.records.submission import Batch, BatchState


async def cut(ports: Ports, clock: LoopClock, work: Work, payload: bytes) -> tuple[Batch, tuple[Batch, Batch]]:
    """Put two halves in a batch's place, in one transaction; return it as it is then, and the halves."""
    batch, context, now = work.batch, work.context, clock.now()
    parts = halves(context.school_id, batch.period, batch.members, payload)
    for part in parts:  # before the transaction: a batch that exists can be sent
        await ports.payloads.put(context, payload_key(context, batch.period, part), part.payload)

    def half(part: Prepared) -> Batch:
        return new_batch(context, batch.period, part, epoch=batch.epoch, now=now, parent=batch.batch_id)

    first, second = map(half, parts)
    parent = msgspec.structs.replace(batch, state=BatchState.SPLIT, next_attempt_at=None, settled_at=now)
    await ports.batches.split(context, parent, (first, second))
    return parent, (first, second)
