"""What the government turns out not to hold is made ready to be sent again."""

from luca_gov_sync.clock import LoopClock
from luca_gov_sync.endings import LeaseLost
from luca_gov_sync.lease import Lease
from luca_gov_sync.ports import Fenced, Mark, MarkKind, Ports
from luca_gov_sync.prep_batch import reopened
from luca_gov_sync.reconcile import Differences
from luca_gov_sync.takeover import stamped
from luca_gov_sync.tally import Tally
from luca_shared.records.submission import Batch, BatchState
from luca_shared.tenancy.context import TenantContext


class Resending:
    """Opens dead batches again, and makes missing grades pending again; the next pass sends both."""

    def __init__(self, ports: Ports, lease: Lease, tally: Tally, clock: LoopClock) -> None:
        self._ports = ports
        self._lease = lease
        self._tally = tally
        self._clock = clock

    async def send_again(self, context: TenantContext, differences: Differences) -> None:
        """Have everything that is missing of one school sent again."""
        for batch in differences.dead:
            await self._open(context, batch)
        for batch, members in differences.missing:
            grades = await self._ports.grades.versions(context, batch.period, members)
            marks = [Mark(member, MarkKind.PENDING, recorded_at=grade.recorded_at) for member, grade in grades]
            await self._ports.grades.mark(context, batch, marks, self._clock.now())

    async def _open(self, context: TenantContext, batch: Batch) -> None:
        dead = await stamped(self._ports, self._lease, context, batch)
        if dead.state is not BatchState.DLQ:
            return
        again = reopened(dead, self._clock.now())
        try:
            await self._ports.batches.save(context, again)
        except Fenced:
            raise LeaseLost("another task has written a batch") from None
        self._tally.changed(context.school_id, batch, again)
