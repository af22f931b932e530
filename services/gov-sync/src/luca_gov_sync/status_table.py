"""A run as a table for a person at a terminal: state, batches, grades, and the pace against the deadline."""

from collections.abc import Iterable, Sequence

from luca_gov_sync.clock import seconds_of
from luca_shared.records.submission import BatchState, Run, RunSchool, RunState

_GRADES = ("accepted", "refused", "superseded", "waiting", "dead")
_MINUTE, _HOUR = 60.0, 3600.0


def status_table(
    run: Run, schools: Iterable[RunSchool], *, now: float, deadline: float, per_second: float, batch_records: int = 100
) -> str:
    """Return the table.

    Args:
        run: The run; its counters are at most a lease renewal old.
        schools: What was done for each school by the end of the last pass.
        now: Seconds since the epoch.
        deadline: Seconds that a run may take in all.
        per_second: Requests that the government allows.
        batch_records: Records in a full batch.
    """
    started = seconds_of(run.started_at)
    end = seconds_of(run.ended_at) if run.ended_at else now
    took, left = end - started, max(0.0, started + deadline - end)
    counters = run.counters
    sent = sum(counters.get(f"grades_{name}", 0) for name in ("accepted", "refused", "superseded"))
    waiting = counters.get("grades_waiting", 0)
    pace = sent / took if took > 0 else 0.0
    possible = per_second * batch_records * left
    lines = [
        f"Run {run.period}: {run.state}" + (f" ({run.reason})" if run.reason else ""),
        "",
        *_facts(
            [
                ("started", f"{run.started_at}, {_span(took)} {'in all' if run.ended_at else 'ago'}"),
                ("cutoff", run.cutoff),
                ("task", _task(run, now)),
                *([("outage", f"the government does not answer since {run.outage_since}")] if run.outage_since else []),
                ("as of", run.beat_at or run.started_at),
                ("requests", f"{counters.get('sends', 0)} sends, {counters.get('questions', 0)} questions"),
                ("grades", f"{sent} sent, {waiting} waiting"),
                ("pace", f"{pace:.1f} grades/s"),
            ]
        ),
    ]
    if run.state is RunState.RUNNING:
        enough = "enough" if waiting <= possible else "NOT enough"
        lines += _facts([("deadline", f"in {_span(left)}: time for {possible:,.0f} grades, {enough} for what waits")])
    if run.report_key:
        lines += _facts([("report", run.report_key)])
    lines += ["", *_columns(("Batches", ""), _batches(counters))]
    rows = [(each.school_id, *(str(each.counters.get(f"grades_{name}", 0)) for name in _GRADES)) for each in schools]
    lines += ["", *_columns(("School", *_GRADES), rows)]
    return "\n".join(lines)


def _task(run: Run, now: float) -> str:
    if run.owner is None or run.lease_expires_at is None:
        return "none at work"
    left = seconds_of(run.lease_expires_at) - now
    return f"at work, the {run.epoch}. of the run" if left > 0 else f"silent: its lease ran out {_span(-left)} ago"


def _batches(counters: dict[str, int]) -> list[tuple[str, ...]]:
    found = [(state.value, counters.get(f"batches_{state}", 0)) for state in BatchState]
    return [(state, str(count)) for state, count in found if count] or [("none", "0")]


def _span(seconds: float) -> str:
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    return f"{int(seconds // _HOUR)} h {int(seconds % _HOUR // _MINUTE):02d} min"


def _facts(facts: Sequence[tuple[str, str]]) -> list[str]:
    return [f"  {name:<10} {value}" for name, value in facts]


def _columns(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[place]) for row in (header, *rows)) for place in range(len(header))]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (header, *rows)
    ]
