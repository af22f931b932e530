"""DLQ: a batch that three retries did not get through, outside of any outage: kept aside, and said at once."""

import msgspec

from luca_gov_sync.clock import LoopClock
from luca_gov_sync.ports import AlertKind, Ports
from luca_gov_sync.work import Work
from luca_shared.records.submission import Batch, BatchState

REASON = "retries-exhausted"


async def bury(ports: Ports, clock: LoopClock, work: Work) -> Batch:
    """Put a batch among the dead letters; return it as it is then, to be saved.

    It is saved last: who is killed in between does it again, and a dead letter twice is better than none.
    """
    batch = work.batch
    await ports.dead_letters.put(work.context, batch, REASON)
    await ports.alerts.tell(
        AlertKind.DEAD_LETTER,
        batch.period,
        school_id=work.context.school_id,
        batch_id=batch.batch_id,
        records=len(batch.members),
        attempts=batch.attempts,
    )
    return msgspec.structs.replace(batch, state=BatchState.DLQ, next_attempt_at=None, settled_at=clock.now())
