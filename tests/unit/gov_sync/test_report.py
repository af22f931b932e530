"""The report, and the files that it is read in."""

import csv
import json

from tests.unit.gov_sync.samples import AT, NORTE, TERM, batch, batch_of, grade

from luca_gov_sync.clock import stamp
from luca_gov_sync.reconcile import Differences
from luca_gov_sync.report import Report, ReportBuilder
from luca_gov_sync.report_files import files_of
from luca_shared.records.submission import Batch, BatchState, Refusal, Run, RunState
from luca_shared.tenancy.ids import SchoolId

RUN = Run(period=TERM, state=RunState.RUNNING, cutoff=AT, started_at=AT, epoch=1)


def report(*batches: Batch, differences: Differences | None = None) -> Report:
    builder = ReportBuilder()
    builder.school(NORTE, batches, differences or Differences(), {"grades_accepted": 3})
    return builder.report(RUN, stamp(0), RunState.COMPLETED)


def files(made: Report) -> dict[str, str]:
    return {file.name: file.content.decode() for file in files_of(made)}


def test_a_run_is_complete_when_everything_is_settled_and_held() -> None:
    assert report(batch(state=BatchState.SYNCED), batch(state=BatchState.CLIENT_ERROR)).complete


def test_what_is_open_dead_or_missing_makes_it_incomplete() -> None:
    synced = batch(state=BatchState.SYNCED)
    assert not report(batch(state=BatchState.PARKED)).complete
    assert not report(batch(state=BatchState.DLQ)).complete
    lost = Differences(batches=[synced], missing=[(synced, list(synced.members[:1]))])
    made = report(synced, differences=lost)
    assert not made.complete
    assert (made.batches[0].government, made.schools[0].missing) == ("differs", 1)


def test_a_school_that_could_not_be_compared_is_not_complete() -> None:
    builder = ReportBuilder()
    builder.school(SchoolId("sur"), [batch(state=BatchState.SYNCED)], None, {})
    made = builder.report(RUN, stamp(0), RunState.TIMED_OUT)
    assert (made.complete, made.batches[0].government) == (False, "")


def test_its_files_say_the_same() -> None:
    refused, _ = batch_of(
        grade(1), grade(2), state=BatchState.SYNCED, refused=(Refusal(member=1, code="unknown-student"),)
    )
    told = files(report(refused))
    assert json.loads(told["report.json"])["refused"] == [
        {"school_id": "norte", "record_id": "norte.2026-Q4.c1.a1.s002", "version": 1, "code": "unknown-student"}
    ]
    [line] = csv.DictReader(told["batches.csv"].splitlines())
    assert (line["batch_id"], line["accepted"], line["refused"]) == (refused.batch_id, "1", "1")
    [line] = csv.DictReader(told["refused.csv"].splitlines())
    assert line["record_id"] == "norte.2026-Q4.c1.a1.s002"
    assert "norte.2026-Q4.c1.a1.s002" in told["report.html"]


def test_the_governments_words_are_neither_formulas_nor_markup() -> None:
    refused, _ = batch_of(grade(1), state=BatchState.SYNCED, refused=(Refusal(member=0, code='=HYPERLINK("x")<b>'),))
    told = files(report(refused))
    [line] = csv.DictReader(told["refused.csv"].splitlines())
    assert line["code"].startswith("'=")
    assert "<b>" not in told["report.html"]
