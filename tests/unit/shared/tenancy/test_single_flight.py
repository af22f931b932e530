"""One at a time for each key, whoever is cancelled."""

import asyncio
import gc

import pytest

from luca_shared.tenancy.single_flight import SingleFlight


class Work:
    """Work that ends when the test says so."""

    def __init__(self) -> None:
        self.started = 0
        self.go = asyncio.Event()
        self.error: Exception | None = None

    async def __call__(self) -> str:
        self.started += 1
        number = self.started
        await self.go.wait()
        if self.error:
            raise self.error
        return f"result {number}"


async def turn() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_all_who_ask_meanwhile_share_one_outcome() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    async with asyncio.TaskGroup() as tasks:
        askers = [tasks.create_task(flights.run("norte", work)) for _ in range(10)]
        await turn()
        assert "norte" in flights
        work.go.set()
    assert work.started == 1
    assert {asker.result() for asker in askers} == {"result 1"}
    assert "norte" not in flights


async def test_keys_do_not_wait_for_each_other() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    slow, fast = Work(), Work()
    fast.go.set()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(flights.run("norte", slow))
        await turn()
        assert await flights.run("sur", fast) == "result 1"
        slow.go.set()


async def test_an_error_is_shared_and_the_next_asker_tries_anew() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    work.error = ValueError("no")
    askers = [asyncio.create_task(flights.run("norte", work)) for _ in range(3)]
    await turn()
    work.go.set()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert work.started == 1
    assert all(isinstance(outcome, ValueError) for outcome in outcomes)
    work.error = None
    assert await flights.run("norte", work) == "result 2"


async def test_when_the_first_asker_is_cancelled_another_takes_over() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    first, second, third = (asyncio.create_task(flights.run("norte", work)) for _ in range(3))
    await turn()
    first.cancel()
    await turn()
    assert first.cancelled()
    assert work.started == 2
    work.go.set()
    assert await second == await third == "result 2"


async def test_when_one_who_waits_is_cancelled_nobody_else_notices() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    first, second, third = (asyncio.create_task(flights.run("norte", work)) for _ in range(3))
    await turn()
    second.cancel()
    await turn()
    work.go.set()
    assert await first == await third == "result 1"
    assert second.cancelled()


async def test_a_deadline_of_one_asker_ends_its_wait_only() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    patient = asyncio.create_task(flights.run("norte", work))
    await turn()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await flights.run("norte", work)
    work.go.set()
    assert await patient == "result 1"


async def test_when_all_are_cancelled_nothing_is_left() -> None:
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    askers = [asyncio.create_task(flights.run("norte", work)) for _ in range(3)]
    await turn()
    for asker in askers:
        asker.cancel()
    await asyncio.gather(*askers, return_exceptions=True)
    assert "norte" not in flights
    assert all(asker.cancelled() for asker in askers)


async def test_a_failure_that_nobody_waited_for_is_told_once_by_its_exception_alone() -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, problem: complaints.append(problem))
    flights: SingleFlight[str, str] = SingleFlight()
    work = Work()
    work.error = ValueError("no")
    work.go.set()
    with pytest.raises(ValueError, match="no"):
        await flights.run("norte", work)
    work.error = None  # the last that refers to the flight, by its traceback
    gc.collect()
    assert complaints == []
