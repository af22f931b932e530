"""A run, as it is shown at a terminal."""

from tests.unit.gov_sync.samples import AT, TERM

from luca_gov_sync.clock import seconds_of, stamp
from luca_gov_sync.status_table import status_table
from luca_shared.records.submission import Run, RunSchool, RunState
from luca_shared.tenancy.ids import SchoolId

STARTED = seconds_of(AT)
COUNTERS = {
    "batches_Synced": 7,
    "batches_Parked": 2,
    "grades_accepted": 690,
    "grades_refused": 10,
    "grades_waiting": 200,
}


def table(*, now: float, **changes: object) -> str:
    values = {
        "period": TERM,
        "state": RunState.RUNNING,
        "cutoff": AT,
        "started_at": AT,
        "epoch": 3,
        "counters": COUNTERS,
    }
    run = Run(**values | changes)  # type: ignore[arg-type]
    school = RunSchool(period=TERM, school_id=SchoolId("norte"), counters={"grades_accepted": 690})
    return status_table(run, [school], now=STARTED + now, deadline=47 * 3600, per_second=2)


def test_it_shows_batches_grades_and_the_pace_against_the_deadline() -> None:
    shown = table(now=70, owner="t", lease_expires_at=stamp(STARTED + 100))
    for text in (
        "Run 2026-Q4: running",
        "at work, the 3. of the run",
        "700 sent, 200 waiting",
        "10.0 grades/s",
        "in 46 h 58 min: time for 33,826,000 grades, enough for what waits",
        "Synced   7",
        "Parked   2",
        "norte        690",
    ):
        assert text in shown, shown


def test_it_says_when_time_is_too_short() -> None:
    assert "NOT enough" in table(now=47 * 3600 - 0.5)


def test_it_says_who_is_silent_and_since_when_the_government_is() -> None:
    shown = table(now=4000, owner="t", lease_expires_at=stamp(STARTED + 100), outage_since=AT)
    assert "silent: its lease ran out 1 h 05 min ago" in shown
    assert f"does not answer since {AT}" in shown


def test_a_run_that_is_over_has_no_deadline_any_more() -> None:
    shown = table(now=9999, state=RunState.HALTED, reason="a token")
    assert "halted (a token)" in shown
    assert "deadline" not in shown
