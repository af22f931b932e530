"""The report on a run, as plain values: what was sent, what became of it, and whether the government agrees."""

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from luca_gov_sync.batching import record_ids
from luca_gov_sync.reconcile import Differences
from luca_shared.records.submission import Batch, BatchState, Run, RunState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import SchoolId


class BatchLine(msgspec.Struct, frozen=True, kw_only=True):
    """One batch. `government` says `agrees`, `differs` or nothing (of what it was not meant to have)."""

    school_id: str
    batch_id: str
    state: str
    records: int
    accepted: int
    refused: int
    attempts: int
    government: str
    created_at: str | None
    sent_at: str | None
    settled_at: str | None
    digest: str | None


class RefusedLine(msgspec.Struct, frozen=True, kw_only=True):
    """One grade that the government refused, and its code for why."""

    school_id: str
    record_id: str
    version: int
    code: str


class SchoolLine(msgspec.Struct, frozen=True, kw_only=True):
    """One school: its counters, and how many records are missing at the government."""

    school_id: str
    counters: dict[str, int]
    missing: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The whole of it. `complete`: the government holds everything that it did not refuse."""

    period: str
    complete: bool
    state: str
    cutoff: str
    started_at: str
    made_at: str
    totals: dict[str, int]
    schools: list[SchoolLine]
    batches: list[BatchLine]
    refused: list[RefusedLine]


class ReportBuilder:
    """Puts a report together, school by school."""

    def __init__(self) -> None:
        self._schools: list[SchoolLine] = []
        self._batches: list[BatchLine] = []
        self._refused: list[RefusedLine] = []
        self._totals: Counter[str] = Counter()
        self._unfinished = 0

    def school(
        self,
        school_id: SchoolId,
        batches: Iterable[Batch],
        differences: Differences | None,
        counters: Mapping[str, int],
    ) -> None:
        """Add a school; `differences` is None when the government could not be asked."""
        differ = {batch.batch_id for batch in differences.batches} if differences else set()
        missing = differences.missing_count if differences else 0
        for batch in sorted(batches, key=lambda each: each.batch_id):
            self._batches.append(_batch_line(school_id, batch, _says(batch, differ, asked=differences is not None)))
            self._refused += _refused_lines(school_id, batch)
            self._unfinished += batch.state.open or batch.state is BatchState.DLQ
        self._schools.append(SchoolLine(school_id=school_id, counters=dict(counters), missing=missing))
        self._totals.update(counters)
        self._unfinished += missing + (differences is None)

    def report(self, run: Run, made_at: Timestamp, state: RunState) -> Report:
        """Return the report on a run that ends in this state."""
        return Report(
            period=run.period,
            complete=not self._unfinished,
            state=state,
            cutoff=run.cutoff,
            started_at=run.started_at,
            made_at=made_at,
            totals=dict(sorted(self._totals.items())),
            schools=self._schools,
            batches=self._batches,
            refused=self._refused,
        )


def _says(batch: Batch, differ: set[str], *, asked: bool) -> str:
    if batch.state is not BatchState.SYNCED or not asked:
        return ""
    return "differs" if batch.batch_id in differ else "agrees"


def _batch_line(school_id: SchoolId, batch: Batch, government: str) -> BatchLine:
    told = batch.state in {BatchState.SYNCED, BatchState.MARK_SYNCED}
    return BatchLine(
        school_id=school_id,
        batch_id=batch.batch_id,
        state=batch.state,
        records=len(batch.members),
        accepted=len(batch.members) - len(batch.refused) if told else 0,
        refused=len(batch.refused),
        attempts=batch.attempts,
        government=government,
        created_at=batch.created_at,
        sent_at=batch.sent_at,
        settled_at=batch.settled_at,
        digest=batch.digest,
    )


def _refused_lines(school_id: SchoolId, batch: Batch) -> list[RefusedLine]:
    if not batch.refused:
        return []
    names = record_ids(school_id, batch.period, batch.members)
    return [
        RefusedLine(
            school_id=school_id,
            record_id=names[refusal.member],
            version=batch.members[refusal.member].version,
            code=refusal.code,
        )
        for refusal in batch.refused
    ]
