"""A batch on its way through the workflow."""

from dataclasses import dataclass

from luca_gov_sync.batching import record_ids
from luca_gov_sync.clock import seconds_of
from luca_shared.records.submission import Batch, BatchState
from luca_shared.tenancy.context import TenantContext

_DUE_AT_ONCE = frozenset({BatchState.PREP_BATCH, BatchState.SEND_BATCH, BatchState.MARK_SYNCED, BatchState.PARKED})


@dataclass(slots=True, eq=False)
class Work:
    """An open batch, as this task last wrote it.

    Attributes:
        due: When it is its turn, at the earliest (seconds since the epoch).
        certain: Whether what is stored is known; a call that failed may have been carried out all the same.
        failures: How often AWS has failed it in a row.
    """

    context: TenantContext
    batch: Batch
    due: float = 0.0
    certain: bool = True
    failures: int = 0

    @property
    def record_ids(self) -> list[str]:
        """The names of its records."""
        return record_ids(self.context.school_id, self.batch.period, self.batch.members)


def work_on(context: TenantContext, batch: Batch) -> Work:
    """Go on with a batch as it is stored; what waited for a retry waits on, the rest is due at once."""
    if batch.state in _DUE_AT_ONCE or batch.next_attempt_at is None:
        return Work(context, batch)
    return Work(context, batch, due=seconds_of(batch.next_attempt_at))
