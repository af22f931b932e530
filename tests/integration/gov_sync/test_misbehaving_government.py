"""The real process before a government that does everything that it must not."""

import asyncio

import pytest
from tests.integration.gov_sync.sync_process import Quarter, until

from luca_shared.records.submission import BatchState, RunState

UNSTABLE = {
    "server-error": 0.1,
    "too-many": 0.05,
    "too-many-silent": 0.05,
    "kept-but-dropped": 0.1,
    "kept-then-500": 0.1,
    "malformed": 0.1,
    "slow-drip": 0.05,
}


async def test_every_grade_gets_through_a_government_that_misbehaves_in_every_way(quarter: Quarter) -> None:
    await quarter.record_all(students=40)
    await quarter.government.misbehave(shares=UNSTABLE, latency_s=[0.0, 0.1], retry_after_s=1, drip_s=0.4, seed=7)
    finished = await quarter.command("run", within=120)
    assert finished.code == 0, finished.log
    met = {line["met"] for line in quarter.government.lines("answer")}
    assert met > set(UNSTABLE)
    await quarter.judge()


async def test_a_time_out_is_sent_again(quarter: Quarter) -> None:
    await quarter.record_all(students=10)
    await quarter.government.misbehave(shares={"time-out": 0.3}, stall_s=30, seed=3)
    finished = await quarter.command("run", LUCA_HTTP_TIMEOUT="0.5", within=120)
    assert finished.code == 0, finished.log
    await quarter.judge()


async def test_one_record_that_sinks_its_batch_is_found_and_the_others_are_sent(quarter: Quarter) -> None:
    await quarter.record_all(students=16)
    await quarter.government.misbehave(poisonous_students=["s3"], shares={"kept-but-dropped": 0.2}, seed=5)
    finished = await quarter.command("run", LUCA_BATCH_RECORDS="8")
    assert finished.code == 0, finished.log
    await quarter.judge(refused=frozenset({"s3"}))
    states = [batch.state for batch in await quarter.batches()]
    assert states.count(BatchState.CLIENT_ERROR) == 3  # one a school
    assert states.count(BatchState.SPLIT) == 9  # 8 -> 4 -> 2 -> 1
    errors = {grade.sync_error for grade in (await quarter.stored()).values()}
    assert errors == {None, "refused-422"}


async def test_records_that_are_refused_one_by_one_say_so_and_are_in_the_report(quarter: Quarter) -> None:
    await quarter.record_all(students=10)
    await quarter.government.misbehave(refused_students=["s3", "s4"])
    finished = await quarter.command("run")
    assert finished.code == 0, finished.log
    await quarter.judge(refused=frozenset({"s3", "s4"}))
    stored = await quarter.stored()
    assert {grade.sync_error for grade in stored.values()} == {None, "unknown-student"}
    report = await quarter.report()
    assert report["complete"]
    assert {line["record_id"] for line in report["refused"]} == {
        name for name, grade in stored.items() if grade.sync_error
    }


async def test_a_black_out_makes_no_dead_letters_and_one_alert(quarter: Quarter) -> None:
    await quarter.record_all(students=30)
    await quarter.government.misbehave(black_out_s=6)
    alerts = await quarter.listen()
    finished = await quarter.command("run", LUCA_BREAKER_FAILURES="4", within=90)
    assert finished.code == 0, finished.log
    await quarter.judge()
    assert await alerts() == ["outage", "outage-over", "completed"]
    assert {batch.state for batch in await quarter.batches()} == {BatchState.SYNCED}


async def test_what_three_retries_did_not_get_through_is_a_dead_letter_and_sent_again_at_the_end(
    quarter: Quarter,
) -> None:
    await quarter.record_all(students=4)
    await quarter.government.misbehave(shares={"server-error": 1})
    process = await quarter.start("run", LUCA_BREAKER_FAILURES="1000", LUCA_RECONCILE_ROUNDS="5")
    await until(lambda: "among the dead letters" in quarter.log())
    await quarter.government.misbehave()
    async with asyncio.timeout(60):
        await process.communicate()
    assert process.returncode == 0
    await quarter.judge()
    message = (await quarter.dead_letters())[0]
    assert set(message) == {"period", "school_id", "batch_id", "payload_key", "records", "attempts"}
    assert message["attempts"] == 4


async def test_who_is_not_let_in_halts_until_an_operator_resumes(quarter: Quarter) -> None:
    await quarter.record_all(students=10)
    await quarter.government.misbehave(shares={"unauthorized": 1})
    alerts = await quarter.listen()
    halted = await quarter.command("run")
    assert halted.code == 3
    assert await alerts() == ["halted"], halted.log
    run = await quarter.run()
    assert run is not None
    assert run.state is RunState.HALTED
    requests = len(quarter.government.lines("request"))
    assert (await quarter.command("run", within=15)).code == 3
    assert len(quarter.government.lines("request")) == requests  # nothing was sent
    await quarter.government.misbehave()
    resumed = await quarter.command("resume", within=15)
    assert (resumed.code, "may go on" in resumed.output) == (0, True)
    assert (await quarter.command("resume", within=15)).code == 2
    finished = await quarter.command("run")
    assert finished.code == 0, finished.log
    await quarter.judge()


async def test_a_government_that_refuses_everything_whole_halts_the_run(quarter: Quarter) -> None:
    await quarter.record_all(students=20)
    await quarter.government.misbehave(poisonous_students=[f"s{number}" for number in range(20)])
    halted = await quarter.command("run", LUCA_WHOLE_REFUSALS="6")
    assert halted.code == 3
    run = await quarter.run()
    assert run is not None
    assert run.reason is not None
    assert "not what it expects" in run.reason


async def test_a_run_that_does_not_finish_in_time_says_so(quarter: Quarter) -> None:
    await quarter.record_all(students=20)
    await quarter.government.misbehave(shares={"server-error": 1})
    finished = await quarter.command("run", LUCA_DEADLINE="4", LUCA_BREAKER_FAILURES="3")
    assert finished.code == 4, finished.log
    run = await quarter.run()
    assert run is not None
    assert (run.state, run.owner) == (RunState.TIMED_OUT, None)
    report = await quarter.report()
    assert (report["complete"], report["state"]) == (False, "timed-out")


async def test_what_the_government_has_lost_is_noticed_and_sent_again(quarter: Quarter) -> None:
    await quarter.record_all(students=10)
    await quarter.government.misbehave(latency_s=[0.2, 0.2])
    process = await quarter.start("run", LUCA_GOVERNMENT_RATE="4", LUCA_LEASE="30")
    await until(lambda: len(quarter.government.lines("row")) >= 5)
    await quarter.government.restart()  # with an empty ledger: what it had accepted so far is gone
    async with asyncio.timeout(60):
        await process.communicate()
    assert process.returncode == 0, quarter.log()
    held = await quarter.government.held(quarter.period, ("norte", "norte-2", "sur"))
    assert held == {name: grade.version for name, (_, grade) in quarter.grades.items()}


@pytest.mark.parametrize("arguments", [("status",), ("resume",)])
async def test_commands_know_when_there_is_no_run(quarter: Quarter, arguments: tuple[str, ...]) -> None:
    finished = await quarter.command(*arguments, within=15)
    assert finished.code == {"status": 0, "resume": 2}[arguments[0]]
    assert quarter.period in finished.output


async def test_status_shows_where_a_run_stands(quarter: Quarter) -> None:
    await quarter.record_all(students=10)
    finished = await quarter.command("run")
    assert finished.code == 0, finished.log
    shown = await quarter.command("status", within=15)
    assert shown.code == 0
    for text in (f"Run {quarter.period}: completed", "30 sent, 0 waiting", "Synced", "_reports/"):
        assert text in shown.output
