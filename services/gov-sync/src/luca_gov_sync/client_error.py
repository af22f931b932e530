"""ClientError: one record alone that the government refuses; the grade says so, and its 99 companions are through."""

import msgspec

from luca_gov_sync.clock import LoopClock
from luca_gov_sync.ports import Mark, MarkKind, Ports
from luca_gov_sync.work import Work
from luca_shared.records.submission import Batch, BatchState, Refusal


async def refuse(ports: Ports, clock: LoopClock, work: Work, code: str) -> Batch:
    """Mark the grade as refused; return the batch as it is then, to be saved."""
    at = clock.now()
    [member] = work.batch.members
    await ports.grades.mark(work.context, work.batch, [Mark(member, MarkKind.REFUSED, code)], at)
    return msgspec.structs.replace(
        work.batch,
        state=BatchState.CLIENT_ERROR,
        refused=(Refusal(member=0, code=code),),
        next_attempt_at=None,
        settled_at=at,
    )
