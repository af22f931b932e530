import asyncio

from tests.virtual_time import run

from luca_ingest_worker.tens import LINGER, next_entries


def test_ten_that_are_there_go_at_once() -> None:
    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()
        for number in range(25):
            queue.put_nowait(number)
        assert await next_entries(queue) == list(range(10))
        assert await next_entries(queue) == list(range(10, 20))
        assert asyncio.get_running_loop().time() == 0
        assert await next_entries(queue) == list(range(20, 25))
        assert asyncio.get_running_loop().time() == LINGER

    run(main())


def test_the_first_waits_no_longer_than_it_lingers_for_those_that_trickle_in() -> None:
    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()

        async def trickle() -> None:
            for number in range(5):
                await asyncio.sleep(LINGER * 0.4)
                queue.put_nowait(number)

        trickling = asyncio.create_task(trickle())
        assert await next_entries(queue) == [0, 1, 2]
        assert await next_entries(queue) == [3, 4]
        await trickling

    run(main())


def test_nothing_is_lost_when_an_entry_comes_as_the_time_is_up() -> None:
    async def main() -> None:
        queue: asyncio.Queue[int] = asyncio.Queue()

        async def put() -> None:
            for number in range(20):
                queue.put_nowait(number)
                await asyncio.sleep(LINGER)

        putting = asyncio.create_task(put())
        taken: list[int] = []
        while len(taken) < 20:
            taken += await next_entries(queue)
        assert taken == list(range(20))
        await putting

    run(main())
