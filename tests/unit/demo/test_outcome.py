"""The report and the summary: what is in them by contract, and what a finding does to them."""

import io
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from luca_local.demo import summary
from luca_local.demo.judges.events import EventsVerdict
from luca_local.demo.judges.findings import Fault, Finding
from luca_local.demo.judges.grades import GradesVerdict
from luca_local.demo.judges.isolation import IsolationVerdict
from luca_local.demo.judges.personal_data import PersonalDataVerdict
from luca_local.demo.judges.submission import SubmissionVerdict
from luca_local.demo.outcome import LessonOutcome, Outcome, QuarterOutcome, RecessOutcome, percentile
from luca_local.demo.progress import Stage

LOST = Finding(Fault.LOST, "norte/c1/a1/s1", "version 3 was acknowledged, and isn't there")
GOOD = Outcome(
    seed=7,
    size="whole",
    seconds=160.04,
    lesson=LessonOutcome(
        verdict=GradesVerdict((), grades=2, versions=3, acknowledged=3, unknown=0, lost_updates=0),
        latencies_ms=[10.0, 20.0, 30.0],
        errors=0,
        superseded=1,
        seconds=1.5,
    ),
    recess=RecessOutcome(
        verdict=EventsVerdict((), sent=9, distinct=5, stored=5, lost=0, doubled=0, dead_lettered=2),
        calls={"BatchExecuteStatement": 4, "ReceiveMessage": 6},
        redelivered=1,
        by_edge=2,
        burst=6,
        burst_s=1.0,
        drained_s=12.0,
    ),
    quarter=QuarterOutcome(
        verdict=SubmissionVerdict(
            (), grades=5, batches=2, ledger=4, missing=0, doubled=0, stale=0, violations=0, refused=1, max_rate_per_s=3
        ),
        requests=8,
        kills=3,
        halts=1,
        corrections=2,
        rate_limit=20,
        seconds=50,
    ),
    isolation=IsolationVerdict((), attempts=6, by_surface={"API": 4, "table": 2}, leaked=0),
    personal_data=PersonalDataVerdict((), texts=90, characters={"logs": 4500, "stream": 120_000}, exposed=0),
)
BAD = replace(
    GOOD, lesson=replace(GOOD.lesson, verdict=replace(GOOD.lesson.verdict, findings=(LOST,) * 20, lost_updates=20))
)


def shown(outcome: Outcome) -> str:
    written = io.StringIO()
    summary.show(outcome, Stage(Console(file=written, width=300, highlight=False)))
    return written.getvalue()


def test_the_report_has_what_the_contract_names() -> None:
    report = GOOD.to_json()
    assert report["ok"] is True
    assert report["lesson"].keys() >= {"requests", "errors", "lost_updates", "p50_ms", "p95_ms", "p99_ms"}
    recess = {"sent", "distinct", "stored", "lost", "doubled", "dead_lettered", "batch_calls"}
    assert report["recess"].keys() >= recess
    sync = {"grades", "batches", "ledger", "missing", "doubled", "stale", "kills", "violations"}
    assert report["sync"].keys() >= sync | {"max_rate_per_s", "rate_limit_per_s"}
    assert report["isolation"].keys() >= {"attempts", "leaked"}
    assert report["personal_data"] == {"texts": 90, "characters": {"logs": 4500, "stream": 120_000}, "exposed": 0}
    assert (report["recess"]["batch_calls"], report["lesson"]["p50_ms"]) == (4, 20.0)


def test_the_summary_says_how_much_was_tried_and_what_leaked() -> None:
    assert "isolation: 6 attempts, 2 surfaces, 0 leaked" in shown(GOOD)


def test_one_finding_is_enough_for_the_day_to_fail() -> None:
    assert GOOD.ok
    assert not BAD.ok
    assert BAD.to_json()["findings"] == [str(LOST)] * 20


def test_the_summary_says_what_was_done_and_that_limits_were_raised() -> None:
    text = shown(GOOD)
    assert "✓ Lesson" in text
    assert "20 requests a second are allowed instead of 2" in text
    assert "90 names, comments, ids and tokens looked for: 0 written in the clear" in text
    assert "logs 4 kB, stream 120 kB" in text
    assert "✗" not in text


def test_the_summary_shows_the_first_findings_and_how_many_there_are() -> None:
    text = shown(BAD)
    assert "✗ Lesson: 20 findings" in text
    assert text.count(str(LOST)) == 12
    assert "and 8 more" in text


@given(st.lists(st.integers(0, 1000), min_size=1), st.integers(1, 100))
def test_so_many_percent_do_not_exceed_a_percentile(values: list[int], percent: int) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) >= percent / 100 * len(values)


def test_there_is_no_percentile_of_nothing_but_zero() -> None:
    assert percentile([], 95) == 0
