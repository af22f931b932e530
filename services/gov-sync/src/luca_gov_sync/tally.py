"""How many batches and grades are where, school by school, counted along with every change of a batch."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from types import MappingProxyType

from luca_shared.records.submission import Batch, BatchState
from luca_shared.tenancy.ids import SchoolId

STALE = "stale"  # the government's code for a record of which it holds a higher version


class Tally:
    """Counters by school. Of a batch that was split only its halves count."""

    def __init__(self) -> None:
        self._schools: defaultdict[SchoolId, Counter[str]] = defaultdict(Counter)

    def changed(self, school_id: SchoolId, before: Batch | None, after: Batch) -> None:
        """A batch that was `before` (None: not known) is now `after`."""
        counters = self._schools[school_id]
        if before is not None:
            counters.subtract(counts_of(before))
        counters.update(counts_of(after))

    def count(self, school_id: SchoolId, what: str, number: int = 1) -> None:
        """Count something that is no batch's state."""
        self._schools[school_id][what] += number

    def of(self, school_id: SchoolId) -> dict[str, int]:
        """One school's counters, without those that are 0."""
        return {name: count for name, count in sorted(self._schools[school_id].items()) if count}

    def total(self) -> dict[str, int]:
        """All schools' counters together."""
        total: Counter[str] = Counter()
        for counters in self._schools.values():
            total.update(counters)
        return {name: count for name, count in sorted(total.items()) if count}

    @property
    def schools(self) -> Mapping[SchoolId, Mapping[str, int]]:
        """Every school's counters."""
        return MappingProxyType(self._schools)


def counts_of(batch: Batch) -> Counter[str]:
    """What one batch counts for."""
    counts: Counter[str] = Counter({f"batches_{batch.state}": 1})
    size = len(batch.members)
    match batch.state:
        case BatchState.SPLIT:
            pass
        case BatchState.MARK_SYNCED | BatchState.SYNCED:
            stale = sum(refusal.code == STALE for refusal in batch.refused)
            counts["grades_accepted"] = size - len(batch.refused)
            counts["grades_refused"] = len(batch.refused) - stale
            counts["grades_superseded"] = stale
        case BatchState.CLIENT_ERROR:
            counts["grades_refused"] = size
        case BatchState.DLQ:
            counts["grades_dead"] = size
        case _:
            counts["grades_waiting"] = size
    return counts
