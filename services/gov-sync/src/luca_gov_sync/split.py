"""Split: a batch that was refused whole becomes two, until the record that is to blame stands alone."""

import msgspec

from luca_gov_sync.batching import halves
from luca_gov_sync.clock import LoopClock
from luca_gov_sync.ports import Ports
from luca_gov_sync.prep_batch import new_batch
from luca_gov_sync.work import Work
from luca_shared.records.submission import Batch, BatchState


async def cut(ports: Ports, clock: LoopClock, work: Work, payload: bytes) -> tuple[Batch, list[Batch]]:
    """Put two halves in a batch's place, in one transaction; return it as it is then, and the halves that are new.

    A half that exists has a life of its own: it came of another batch with these members, which a task left behind
    that stood still and was taken over.
    """
    batch, context, now = work.batch, work.context, clock.now()
    new: list[Batch] = []
    for part in halves(context.school_id, batch.period, batch.members, payload):
        if await ports.batches.get(context, batch.period, part.batch_id) is None:
            half = new_batch(context, batch.period, part, epoch=batch.epoch, now=now, parent=batch.batch_id)
            # Before the transaction: a batch that exists can be sent.
            await ports.payloads.put(context, half.payload_key, part.payload)
            new.append(half)
    parent = msgspec.structs.replace(batch, state=BatchState.SPLIT, next_attempt_at=None, settled_at=now)
    await ports.batches.split(context, parent, new)
    return parent, new
