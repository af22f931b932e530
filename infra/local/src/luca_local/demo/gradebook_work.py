"""How a person gets a grade into the gradebook: tries, reads again when somebody was faster, and tries again."""

import asyncio
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.grades import Cell, Entry, Mark
from luca_local.demo.people import Answer, Edge, Person
from luca_local.demo.tempo import Tempo

_TRIES: Final = 20


@dataclass(slots=True)
class Seen:
    """What the play has seen until now: every write with its outcome, and how long each request took."""

    entries: list[Entry] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0
    superseded: int = 0  # writes for which somebody else was faster


@dataclass(frozen=True, slots=True)
class GradebookWork:
    """Grades written through the edge."""

    edge: Edge
    tempo: Tempo
    seen: Seen

    async def write(self, person: Person, cell: Cell, mark: Mark, comment: str | None, *, known: int = 0) -> int | None:
        """Write a mark in place of whatever is there; return its version, None if it never worked.

        `known` is the version that the person believes to be there, 0 for none.
        """
        for _ in range(_TRIES):
            answer = await self._put(person, cell, mark, comment, replaces=known)
            match answer.status:
                case 200 | 201:
                    return known + 1
                case 412:  # somebody else was faster: look what there is, and replace that
                    self.seen.superseded += 1
                    known = await self._look(person, cell)
                case 409 | 429 | 503:
                    await asyncio.sleep(answer.retry_after)
                case 0 | 500 | 502 | 504:  # it may have worked: the same again is answered like the first time
                    await asyncio.sleep(0.2)
                case _:
                    return None
        return None

    async def _put(self, person: Person, cell: Cell, mark: Mark, comment: str | None, *, replaces: int) -> Answer:
        body: dict[str, Any] = {"status": mark.status, "comment": comment}
        if mark.score is not None:
            body["score"] = _number(mark.score)
        headers = {"If-Match": f'"{replaces}"'} if replaces else {"If-None-Match": "*"}
        answer = await self._ask(person, "PUT", cell.path, body=body, headers=headers)
        self.seen.entries.append(
            Entry(
                cell=cell,
                person_id=person.person_id,
                mark=mark,
                comment=comment,
                replaces=replaces,
                answered=_answered(answer),
                version=answer.json["version"] if answer.status in {200, 201} else None,
            )
        )
        return answer

    async def _look(self, person: Person, cell: Cell) -> int:
        answer = await self._ask(person, "GET", cell.path)
        return int(answer.json["version"]) if answer.status == 200 else 0

    async def _ask(self, person: Person, method: str, path: str, **request: Any) -> Answer:
        await self.tempo.turn()
        answer = await self.edge.ask(person, method, path, **request)
        self.tempo.answered(answer.ms)
        self.seen.latencies_ms.append(answer.ms)
        self.seen.errors += answer.status not in {200, 201, 412}
        return answer


def _answered(answer: Answer) -> Answered:
    if answer.status in {200, 201}:
        return Answered.YES
    return Answered.NO if 400 <= answer.status < 500 else Answered.MAYBE


def _number(score: Decimal) -> float | int:
    """As JSON has it: a half is exact in binary."""
    return int(score) if score == int(score) else float(score)
