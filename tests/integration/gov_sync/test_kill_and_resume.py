"""The real process, killed at random moments and started again until it is through."""

import asyncio
import random

from tests.integration.gov_sync.sync_process import SCHOOLS, Quarter, until

from luca_shared.records.submission import BatchState, RunState


async def killed(quarter: Quarter, chance: random.Random, *, times: int, settings: dict[str, str]) -> int:
    """Kill the process so many times, each at a random moment of its work; return how often it came to that."""
    done = 0
    for _ in range(times):
        process = await quarter.start("run", "--wait", **settings)
        try:
            async with asyncio.timeout(chance.uniform(0.8, 4.5)):
                await process.wait()
        except TimeoutError:
            process.kill()
            done += 1
        await process.communicate()
    return done


async def test_a_run_that_is_killed_again_and_again_sends_everything_once(quarter: Quarter) -> None:
    seed = random.randrange(2**32)
    print("seed", seed)  # noqa: T201  # shown when the test fails
    chance = random.Random(seed)
    await quarter.record_all(students=60)
    await quarter.government.misbehave(latency_s=[0.05, 0.3])
    slow = {"LUCA_BATCH_RECORDS": "3", "LUCA_GOVERNMENT_RATE": "8"}

    async def correct() -> None:
        for _ in range(20):
            await asyncio.sleep(chance.uniform(0.1, 0.6))
            await quarter.record(chance.choice(SCHOOLS), chance.randrange(60))

    async with asyncio.TaskGroup() as group:
        group.create_task(correct())
        kills = await killed(quarter, chance, times=4, settings=slow)
    finished = await quarter.command("run", "--wait", LUCA_BATCH_RECORDS="3")
    assert finished.code == 0, finished.log
    assert kills >= 3
    run = await quarter.run()
    assert run is not None
    assert run.state is RunState.COMPLETED
    assert run.epoch > 1
    assert {batch.state for batch in await quarter.batches()} == {BatchState.SYNCED}
    await quarter.judge()


async def test_a_task_that_finds_a_live_lease_or_nothing_to_resume_ends_at_once(quarter: Quarter) -> None:
    nothing = await quarter.command("run", "--only-resume", within=15)
    assert nothing.code == 0
    assert "there is no run" in nothing.log
    await quarter.record_all(students=10)
    await quarter.government.misbehave(latency_s=[1, 1])
    first = await quarter.start("run", LUCA_LEASE="30")
    await until(quarter.begun)
    second = await quarter.command("run", within=15)
    assert second.code == 0
    assert "another task is at work" in second.log
    await first.communicate()
    assert first.returncode == 0
    again = await quarter.command("run", within=15)
    assert again.code == 0
    await quarter.judge()


async def test_a_task_that_is_told_to_stop_leaves_the_run_to_the_next_at_once(quarter: Quarter) -> None:
    await quarter.record_all(students=40)
    await quarter.government.misbehave(latency_s=[0.2, 0.4])
    first = await quarter.start("run", LUCA_LEASE="60", LUCA_GOVERNMENT_RATE="10")
    await until(lambda: quarter.government.lines("row"))
    first.terminate()
    await first.communicate()
    assert first.returncode == 7
    finished = await quarter.command("run", within=30)
    assert finished.code == 0, finished.log
    await quarter.judge()
