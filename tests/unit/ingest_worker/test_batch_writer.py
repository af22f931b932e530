import asyncio
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from tests.unit.ingest_worker.simulation import TEACHER, Faults, SimulatedTable, body_of, event, message, settings
from tests.virtual_time import run

from luca_ingest_worker.acknowledgement import Delivery, Ledger
from luca_ingest_worker.batch_writer import RETRY, BatchWriter
from luca_ingest_worker.circuit import FAILURES, Circuit
from luca_ingest_worker.intake import utc_now
from luca_ingest_worker.messages import judge
from luca_ingest_worker.room import RECEIVE_WEIGHT, Room
from luca_ingest_worker.verdicts import Pending
from luca_shared.aws.errors import AccessDenied, AwsError, NoCredentials, Rejected, Throttled, Unavailable
from luca_shared.aws.statements import Failed, StatementResult
from luca_shared.tenancy.key_types import Key

RULES = settings().rules
THROTTLED = Failed("ThrottlingError", retryable=True)
DENIED = Failed("AccessDenied", retryable=False)
INVALID = Failed("ValidationError", retryable=False)


class Scene:
    def __init__(self, results: Callable[[Key], StatementResult | None] = lambda _: None) -> None:
        self.table = SimulatedTable(Faults(Random(0)), results=results)
        self.ledger = Ledger(Room(RECEIVE_WEIGHT))
        self.circuit = Circuit()
        self.writer = BatchWriter(self.table.of, self.ledger, self.circuit, at_once=4, chance=lambda: 1)
        self._messages = 0

    def claim(self, one_event: dict[str, Any], school: str = "norte") -> Pending:
        """Take a message of one event in hand."""
        self._messages += 1
        received = message(body_of(one_event), {**TEACHER, "school_id": school}, f"m{self._messages}")
        (accepted,) = judge(received, RULES, utc_now()).accepted
        return Pending(self.ledger.open(received, weight=1, events=1, refusals=[], now=0), accepted)

    async def write(self, *batches: list[Pending]) -> list[str]:
        """Write the batches; return what became of each event: `durable`, `left`, or why it is a dead letter."""
        claims = [claim for batch in batches for claim in batch]
        for batch in batches:
            self.writer.put(batch)
        writing = asyncio.create_task(self.writer.run())
        outcomes: dict[Delivery, str] = {}
        while len(outcomes) < len(claims):
            await asyncio.sleep(0.01)
            for _ in range(self.ledger.deletable.qsize()):
                outcomes[self.ledger.deletable.get_nowait()] = "durable"
            for _ in range(self.ledger.dead_letters.qsize()):
                letter = self.ledger.dead_letters.get_nowait()
                outcomes[letter.delivery] = letter.refusal.reason
            outcomes |= dict.fromkeys(self.ledger.left, "left")
        writing.cancel()
        return [outcomes[claim.delivery] for claim in claims]


def test_a_batch_is_one_call() -> None:
    async def main() -> None:
        scene = Scene()
        assert await scene.write([scene.claim(event(f"e{n}")) for n in range(25)]) == ["durable"] * 25
        assert scene.table.batches == [("norte", 25)]
        assert len(scene.table.items) == 25

    run(main())


def test_the_same_event_twice_in_a_batch_is_one_statement() -> None:
    async def main() -> None:
        scene = Scene()
        assert await scene.write([scene.claim(event("e1")), scene.claim(event("e1"))]) == ["durable"] * 2
        assert scene.table.batches == [("norte", 1)]

    run(main())


def test_the_same_id_on_another_day_or_of_another_student_is_another_event() -> None:
    async def main() -> None:
        scene = Scene()
        yesterday = utc_now().replace(microsecond=0).timestamp() - 86_400
        others = [
            event("e1", student_id="s43"),
            event("e1", occurred_at=utc_now().fromtimestamp(yesterday, utc_now().tzinfo).isoformat()),
        ]
        assert await scene.write([scene.claim(each) for each in (event("e1"), *others)]) == ["durable"] * 3
        assert len(scene.table.items) == 3

    run(main())


def test_another_payload_under_the_same_identity_conflicts_within_a_batch() -> None:
    async def main() -> None:
        scene = Scene()
        claims = [scene.claim(event("e1", type=name)) for name in ("merit", "demerit", "merit")]
        assert await scene.write(claims) == ["durable", "conflicting-payload", "durable"]

    run(main())


def test_what_is_stored_decides_which_payload_of_a_batch_conflicts() -> None:
    async def main() -> None:
        scene = Scene()
        await scene.write([scene.claim(event("e1", type="demerit"))])
        claims = [scene.claim(event("e1", type=name)) for name in ("merit", "demerit", "merit")]
        assert await scene.write(claims) == ["conflicting-payload", "durable", "conflicting-payload"]

    run(main())


def test_the_duplicates_of_a_batch_are_compared_by_one_read() -> None:
    async def main() -> None:
        scene = Scene()
        await scene.write([scene.claim(event(f"e{n}")) for n in range(20)])
        reads = 0
        original = scene.table.faults.call

        async def counted(operation: str, carry_out: Callable[[], Any]) -> Any:
            nonlocal reads
            reads += operation == "BatchGetItem"
            return await original(operation, carry_out)

        scene.table.faults.call = counted  # type: ignore[method-assign]  # a spy
        claims = [scene.claim(event(f"e{n}", type="merit" if n % 2 else "demerit")) for n in range(25)]
        outcomes = await scene.write(claims)
        assert reads == 1
        assert outcomes == ["durable" if n % 2 or n >= 20 else "conflicting-payload" for n in range(25)]

    run(main())


def test_an_event_that_was_erased_between_its_insert_and_its_comparison_is_written_again() -> None:
    async def main() -> None:
        scene = Scene()
        scene.table.results = lambda _: None
        await scene.write([scene.claim(event("e1"))])
        original = scene.table.faults.call

        async def erase_first(operation: str, carry_out: Callable[[], Any]) -> Any:
            if operation == "BatchGetItem":
                scene.table.items.clear()
            return await original(operation, carry_out)

        scene.table.faults.call = erase_first  # type: ignore[method-assign]  # an erasure at the worst moment
        assert await scene.write([scene.claim(event("e1"))]) == ["durable"]
        assert len(scene.table.items) == 1

    run(main())


def test_only_what_was_throttled_is_tried_again() -> None:
    async def main() -> None:
        tries: list[str] = []

        def once(key: Key) -> StatementResult | None:
            tries.append(key.sk[-2:])
            return THROTTLED if key.sk.endswith("e1") and tries.count("e1") < 3 else None

        scene = Scene(once)
        assert await scene.write([scene.claim(event(f"e{n}")) for n in range(3)]) == ["durable"] * 3
        assert sorted(tries) == ["e0", "e1", "e1", "e1", "e2"]
        assert scene.table.batches == [("norte", 3), ("norte", 1), ("norte", 1)]

    run(main())


def test_what_stays_throttled_is_left_after_some_tries() -> None:
    async def main() -> None:
        scene = Scene(lambda key: THROTTLED if key.sk.endswith("e1") else None)
        assert await scene.write([scene.claim(event("e0")), scene.claim(event("e1"))]) == ["durable", "left"]
        assert len(scene.table.batches) == RETRY.attempts
        assert asyncio.get_running_loop().time() < 60  # sooner than its visibility ends

    run(main())


@pytest.mark.parametrize(
    "error",
    [
        Throttled("BatchExecuteStatement", "ThrottlingException"),
        Unavailable("BatchExecuteStatement", "Timeout"),
        NoCredentials("AssumeRole", "NoProvider"),
        Rejected("BatchExecuteStatement", "ResourceNotFoundException"),
    ],
)
def test_an_outage_leaves_everything_and_opens_the_circuit(error: AwsError) -> None:
    async def main() -> None:
        scene = Scene()
        scene.table.faults.always = error
        assert await scene.write([scene.claim(event(f"e{n}")) for n in range(3)]) == ["left"] * 3
        assert scene.circuit.is_open

    run(main())


def test_a_table_that_comes_back_gets_what_is_in_hand_and_closes_the_circuit() -> None:
    async def main() -> None:
        scene = Scene()
        scene.table.faults.always = Unavailable("BatchExecuteStatement", "Timeout")
        asyncio.get_running_loop().call_later(4, setattr, scene.table.faults, "always", None)
        batches = [[scene.claim(event(f"e{n}"))] for n in range(FAILURES)]
        writing = asyncio.create_task(scene.write(*batches))
        await asyncio.sleep(3)
        assert scene.circuit.is_open
        assert await writing == ["durable"] * FAILURES
        assert not scene.circuit.is_open

    run(main())


def test_one_school_s_denial_is_neither_a_dead_letter_nor_an_outage() -> None:
    async def main() -> None:
        scene = Scene(lambda key: DENIED if key.school_id == "sur" else None)
        batches = [[scene.claim(event("e1"), school)] for school in ("sur", "norte", "sur", "sur")]
        assert await scene.write(*batches) == ["left", "durable", "left", "left"]
        assert not scene.circuit.is_open

    run(main())


def test_sts_that_denies_a_school_is_no_outage_either() -> None:
    async def main() -> None:
        scene = Scene()
        scene.table.faults.always = AccessDenied("AssumeRole", "AccessDenied")
        batches = [[scene.claim(event(f"e{n}"))] for n in range(FAILURES)]
        assert await scene.write(*batches) == ["left"] * FAILURES
        assert not scene.circuit.is_open

    run(main())


def test_an_event_that_is_denied_beside_others_that_are_written_is_a_dead_letter() -> None:
    async def main() -> None:
        scene = Scene(lambda key: DENIED if key.sk.endswith("e1") else None)
        assert await scene.write([scene.claim(event("e0")), scene.claim(event("e1"))]) == ["durable", "denied"]

    run(main())


def test_an_event_that_the_table_can_not_take_is_a_dead_letter() -> None:
    async def main() -> None:
        scene = Scene(lambda key: INVALID if key.sk.endswith("e1") else None)
        assert await scene.write([scene.claim(event("e0")), scene.claim(event("e1"))]) == ["durable", "malformed"]

    run(main())


def test_an_event_that_makes_the_whole_call_invalid_does_not_sink_the_others() -> None:
    async def main() -> None:
        scene = Scene()
        original = scene.table.faults.call

        async def refuse_bad(operation: str, carry_out: Callable[[], Any]) -> Any:
            results = await original(operation, carry_out)
            if THROTTLED in results:
                raise Rejected(operation, "ValidationException")
            return results

        # The simulated table says `throttled` for the bad one, which stands for a call that is refused for it.
        scene.table.results = lambda key: THROTTLED if key.sk.endswith("e1") else None
        scene.table.faults.call = refuse_bad  # type: ignore[method-assign]  # a stricter table
        claims = [scene.claim(event(f"e{n}")) for n in range(3)]
        assert await scene.write(claims) == ["durable", "malformed", "durable"]

    run(main())


def test_a_fault_of_ours_leaves_the_batch_and_spares_the_others() -> None:
    async def main() -> None:
        def results(key: Key) -> StatementResult | None:
            if key.sk.endswith("e1"):
                raise LookupError
            return None

        scene = Scene(results)
        assert await scene.write([scene.claim(event("e1"))], [scene.claim(event("e2"))]) == ["left", "durable"]

    run(main())


def test_no_more_calls_are_on_their_way_than_allowed() -> None:
    async def main() -> None:
        scene = Scene()
        now, most = 0, 0
        original = scene.table.faults.call

        async def counted(operation: str, carry_out: Callable[[], Any]) -> Any:
            nonlocal now, most
            now += 1
            most = max(most, now)
            try:
                return await original(operation, carry_out)
            finally:
                now -= 1

        scene.table.faults.call = counted  # type: ignore[method-assign]  # a spy
        await scene.write(*[[scene.claim(event(f"e{n}"))] for n in range(40)])
        assert most == 4

    run(main())
