"""MarkSynced: what the government has said of a batch is kept, then marked on each grade that still is as it was sent.

A grade that has changed meanwhile is left alone: it is pending, and goes out in a later pass.
"""

import msgspec

from luca_gov_sync.batching import digest
from luca_gov_sync.clock import LoopClock
from luca_gov_sync.ports import Mark, MarkKind, Ports
from luca_gov_sync.work import Work
from luca_shared.records.submission import Batch, BatchState, Refusal


def answered(work: Work, payload: bytes, refused: tuple[Refusal, ...]) -> Batch:
    """Return the batch with the outcome of its sending: from here on it is not sent again."""
    places = {refusal.member for refusal in refused}
    return msgspec.structs.replace(
        work.batch,
        state=BatchState.MARK_SYNCED,
        refused=refused,
        digest=digest(work.record_ids, work.batch.members, payload, places),
    )


def marks_of(batch: Batch) -> list[Mark]:
    """Return the mark of each member."""
    codes = {refusal.member: refusal.code for refusal in batch.refused}
    return [
        Mark(member, MarkKind.REFUSED, codes[place]) if place in codes else Mark(member, MarkKind.SYNCED)
        for place, member in enumerate(batch.members)
    ]


async def mark(ports: Ports, clock: LoopClock, work: Work) -> Batch:
    """Mark the grades of a batch whose outcome is kept; return it as it is then, to be saved."""
    at = clock.now()
    await ports.grades.mark(work.context, work.batch, marks_of(work.batch), at)
    state = BatchState.CLIENT_ERROR if work.batch.digest is None else BatchState.SYNCED
    return msgspec.structs.replace(work.batch, state=state, next_attempt_at=None, settled_at=at)
