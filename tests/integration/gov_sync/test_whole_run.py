"""The real process, from nothing to the report."""

from tests.integration.gov_sync.sync_process import SCHOOLS, Quarter

from luca_shared.records.submission import BatchState, RunState


async def test_a_quarter_is_sent_marked_reconciled_and_reported(quarter: Quarter) -> None:
    await quarter.record_all(students=12)
    finished = await quarter.command("run")
    assert finished.code == 0, finished.log
    await quarter.judge()
    run = await quarter.run()
    assert run is not None
    assert (run.state, run.owner) == (RunState.COMPLETED, None)
    assert run.counters["grades_accepted"] == 36
    batches = await quarter.batches()
    assert {batch.state for batch in batches} == {BatchState.SYNCED}
    assert len(batches) == 9  # 12 grades a school, 5 a batch
    assert run.report_key is not None
    report = await quarter.report()
    assert report["complete"]
    assert {line["government"] for line in report["batches"]} == {"agrees"}
    assert {school["school_id"] for school in report["schools"]} == set(SCHOOLS)
