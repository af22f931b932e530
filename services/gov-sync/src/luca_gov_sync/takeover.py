"""A takeover: everything that is not finished is stamped with the new holder's epoch before anything is sent.

From then on, whoever held the run before can write none of its batches any more.
"""

from luca_gov_sync.endings import LeaseLost
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.lease import Lease
from luca_gov_sync.ports import Fenced, Ports
from luca_gov_sync.tally import Tally
from luca_shared.records.submission import Batch
from luca_shared.tenancy.context import TenantContext


async def adopt(ports: Ports, lease: Lease, context: TenantContext, batches: list[Batch]) -> list[Batch]:
    """Stamp a school's open batches; return all its batches as they are then."""
    return [
        await stamped(ports, lease, context, batch) if batch.state.open and batch.epoch != lease.epoch else batch
        for batch in batches
    ]


async def stamped(ports: Ports, lease: Lease, context: TenantContext, batch: Batch) -> Batch:
    """Stamp one batch; return it as it is stored then, which may be a step further than it was read.

    Raises:
        LeaseLost: it bears a later epoch than ours.
    """
    while True:
        lease.check()
        if batch.epoch > lease.epoch:
            raise LeaseLost("a batch is of a later epoch")
        try:
            return await ports.batches.stamp(context, batch, lease.epoch)
        except Fenced:  # somebody else stamped it since it was read
            again = await ports.batches.get(context, batch.period, batch.batch_id)
            if again is None:
                raise
            batch = again


async def take_over(
    ports: Ports, lease: Lease, tally: Tally, heartbeat: Heartbeat, contexts: list[TenantContext]
) -> None:
    """Stamp every school's open batches, and count all that there are."""
    for context in contexts:
        heartbeat.beat()
        batches = await ports.batches.all(context, lease.run.period)
        for batch in await adopt(ports, lease, context, batches):
            tally.changed(context.school_id, None, batch)
