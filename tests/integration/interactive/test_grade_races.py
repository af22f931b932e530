"""200 rounds of writers who race for one cell, on a real DynamoDB API: answers get lost, and the term is frozen.

The same as in `tests/unit/interactive/test_grade_races.py`, where a fake table allows for worse; here the conditions,
the transactions' tokens and the refusals are not ours.
"""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec
from aiohttp import ClientResponse

from luca_interactive.routes import class_, student
from luca_shared.runtime import json_answers

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

ROUNDS, WRITERS = 200, 4
FREEZE_EVERY = 25
STALENESS_S = 1.0  # as the service of these tests is set
ADMIN = "admin.norte"
TERM, CLASS, STUDENT = "/v1/terms/2031-Q1", "/v1/classes/race", "racer"
CELL = f"{CLASS}/assessments/exam-1/grades/{STUDENT}"
WHY = {"reason": "the term is over"}


@dataclass
class Race:
    service: "Service"
    chance: random.Random = field(default_factory=lambda: random.Random(20261124))
    finals: Counter[int] = field(default_factory=Counter)
    repeats: int = 0

    async def set_up(self) -> None:
        """A term, a class and an assessment that no other test knows."""
        example = msgspec.json.decode(json_answers.encode(class_.EXAMPLE)) | {"term": "2031-Q1", "subject": "math"}
        for path, body in (
            (TERM, {"title": "Race"}),
            (CLASS, example),
            (f"{CLASS}/assessments/exam-1", {"category": "exam", "title": "Race", "max_score": 10}),
            (f"/v1/students/{STUDENT}", msgspec.json.decode(json_answers.encode(student.EXAMPLE))),
            (f"{CLASS}/roster/{STUDENT}", None),
        ):
            answer = await self.service.ask(ADMIN, "PUT", path, body, If_None_Match="*")
            assert answer.status == 201, await answer.text()

    async def history(self) -> list[Any]:
        """Every version, the oldest first."""
        found: list[Any] = []
        cursor = ""
        while True:
            part = await self.service.get(ADMIN, f"{CELL}/history?limit=200{cursor}")
            found += part["items"]
            if part["next_cursor"] is None:
                return found
            cursor = f"&cursor={part['next_cursor']}"

    async def write(self, name: str, version: int, key: str | None) -> int:
        """Send a grade until there is a final answer, as a client does; nobody's own grade is in the way."""
        named = {"If_Match": f'"{version}"'} if version else {"If_None_Match": "*"}
        keyed = {} if key is None else {"Idempotency_Key": key}
        body = {"status": "scored", "score": 8, "comment": name, "reason": name}
        answer = await self.service.ask(ADMIN, "PUT", CELL, body, **named, **keyed)
        while "Retry-After" in answer.headers:
            self.repeats += 1
            await asyncio.sleep(0.02)
            answer = await self.service.ask(ADMIN, "PUT", CELL, body, **named, **keyed)
        status: int = answer.status
        if status == 412:
            current = (await answer.json())["current"]
            assert current is None or current["comment"] != name
        self.finals[status] += 1
        return status

    async def run(self, number: int, present: int) -> int:
        """Everybody writes over the version that is present; return the one that is there then."""
        # Some so often that the service gives up, and the client has to ask again.
        self.service.wire.losing["TransactWriteItems"] = self.chance.choice([0, 1, 2, 25])
        names = [f"{number}-{writer}" for writer in range(WRITERS)]
        freezing = number % FREEZE_EVERY == FREEZE_EVERY - 1
        async with asyncio.TaskGroup() as group:
            writes = {
                name: group.create_task(self.write(name, present, self.chance.choice([None, f"key-{name}"])))
                for name in names
            }
            frozen = group.create_task(self.frozen()) if freezing else None
        self.service.wire.losing.clear()
        history = await self.history()
        assert [version["version"] for version in history] == list(range(1, len(history) + 1))
        assert present <= len(history) <= present + 1  # of all who name the same version, one wins at most
        written = [name for name, write in writes.items() if write.result() in {200, 201}]
        assert written == [version["reason"] for version in history[present:]], "what was said is what there is"
        if frozen is not None:
            await self.after(frozen.result(), len(history))
        return len(history)

    async def frozen(self) -> int:
        """Freeze the term in the middle; return its version."""
        await asyncio.sleep(self.chance.random() * 0.02)
        terms = (await self.service.get(ADMIN, "/v1/terms"))["items"]
        version = next(term["version"] for term in terms if term["term"] == "2031-Q1")
        answer = await self.decide("freeze", version)
        while answer.status == 503:
            answer = await self.decide("freeze", version)
        assert answer.status == 200, await answer.text()
        return int((await answer.json())["version"])

    async def decide(self, what: str, version: int) -> ClientResponse:
        return await self.service.ask(ADMIN, "POST", f"{TERM}/{what}", WHY, If_Match=f'"{version}"')

    async def after(self, term_version: int, present: int) -> None:
        """Once nobody can believe any more that the term is open, nothing is written; then reopen it."""
        await asyncio.sleep(STALENESS_S)
        assert {await self.write(f"late {writer}", present, None) for writer in range(2)} == {409}
        assert len(await self.history()) == present
        answer = await self.decide("reopen", term_version)
        assert answer.status == 200, await answer.text()


async def test_no_write_is_lost_doubled_or_too_late_and_nobody_is_told_wrong(service: "Service") -> None:
    race = Race(service)
    await race.set_up()
    present = 0
    for number in range(ROUNDS):
        present = await race.run(number, present)
    assert race.finals.keys() == {200, 201, 409, 412}  # it was a race, of each kind
    assert present > ROUNDS * 0.9
    assert race.repeats > ROUNDS / 10
