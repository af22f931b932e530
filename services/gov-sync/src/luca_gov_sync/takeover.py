"""A takeover: everything that is not finished is stamped with the new holder's epoch before anything is sent.

From then on, whoever held the run before can write none of its batches any more.
"""

import msgspec

from luca_gov_sync.endings import LeaseLost
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.lease import Lease
from luca_gov_sync.ports import Fenced, Ports
from luca_gov_sync.tally import Tally
from luca_shared.records.submission import Batch
from luca_shared.tenancy.context import TenantContext


async def adopt(ports: Ports, lease: Lease, context: TenantContext, batches: list[Batch]) -> list[Batch]:
    """Stamp a school's open batches; return all its batches as they are then."""
    adopted = []
    for batch in batches:
        if batch.state.open and batch.epoch != lease.epoch:
            if batch.epoch > lease.epoch:
                raise LeaseLost("a batch is of a later epoch")
            lease.check()
            stamped = msgspec.structs.replace(batch, epoch=lease.epoch)
            try:
                await ports.batches.save(context, stamped, was_epoch=batch.epoch)
            except Fenced:  # the one before has written it once more, since it was read
                again = await ports.batches.get(context, batch.period, batch.batch_id)
                adopted += await adopt(ports, lease, context, [again] if again else [])
                continue
            adopted.append(stamped)
        else:
            adopted.append(batch)
    return adopted


async def take_over(
    ports: Ports, lease: Lease, tally: Tally, heartbeat: Heartbeat, contexts: list[TenantContext]
) -> None:
    """Stamp every school's open batches, and count all that there are."""
    for context in contexts:
        heartbeat.beat()
        batches = await ports.batches.all(context, lease.run.period)
        for batch in await adopt(ports, lease, context, batches):
            tally.changed(context.school_id, None, batch)
