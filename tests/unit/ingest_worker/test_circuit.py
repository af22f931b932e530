import asyncio

from tests.virtual_time import run

from luca_ingest_worker.circuit import FAILURES, Circuit


def opened() -> Circuit:
    circuit = Circuit()
    for _ in range(FAILURES):
        circuit.failed()
    return circuit


def test_it_opens_after_failures_in_a_row() -> None:
    async def main() -> None:
        circuit = Circuit()
        for _ in range(3 * FAILURES):
            circuit.succeeded()
            for _ in range(FAILURES - 1):
                circuit.failed()
            assert not circuit.is_open
        circuit.failed()
        assert circuit.is_open

    run(main())


def test_a_closed_circuit_lets_everybody_pass_at_once() -> None:
    async def main() -> None:
        await Circuit().passage()
        assert asyncio.get_running_loop().time() == 0

    run(main())


def test_an_open_one_lets_one_receive_pass_after_pauses_that_double_to_half_a_minute() -> None:
    passed: list[float] = []

    async def receiver(circuit: Circuit) -> None:
        while True:
            await circuit.passage()
            passed.append(asyncio.get_running_loop().time())

    async def main() -> None:
        circuit = opened()
        receivers = [asyncio.create_task(receiver(circuit)) for _ in range(3)]
        await asyncio.wait(receivers, timeout=130)
        for task in receivers:
            task.cancel()

    run(main())
    assert passed == [1, 3, 7, 15, 31, 61, 91, 121]


def test_a_success_lets_those_who_wait_pass_at_once_and_forgets_the_pauses() -> None:
    async def main() -> None:
        circuit = opened()
        for _ in range(4):
            await circuit.passage()
        waiting = [asyncio.create_task(circuit.passage()) for _ in range(3)]
        await asyncio.sleep(0.5)
        circuit.succeeded()
        now = asyncio.get_running_loop().time()
        await asyncio.gather(*waiting)
        assert asyncio.get_running_loop().time() == now
        for _ in range(FAILURES):
            circuit.failed()
        await circuit.passage()
        assert asyncio.get_running_loop().time() == now + 1

    run(main())


def test_more_failures_do_not_put_off_the_next_probe() -> None:
    async def main() -> None:
        circuit = opened()
        await asyncio.sleep(0.9)
        circuit.failed()
        await circuit.passage()
        assert asyncio.get_running_loop().time() == 1

    run(main())
