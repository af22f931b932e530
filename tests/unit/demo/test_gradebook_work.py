"""How a person gets a grade in: what is seen of it is the evidence, so every outcome has to be told apart."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.grades import Cell, Mark
from luca_local.demo.gradebook_work import GradebookWork, Seen
from luca_local.demo.people import Answer, Edge, Person
from luca_local.demo.tempo import Tempo
from luca_shared.tenancy.context import Role

CELL = Cell("norte", "c1", "a1", "s1")
TEACHER = Person("teacher.norte", "norte", "p1", Role.TEACHER, "token")
MARK = Mark("scored", Decimal("8.5"))


class Script(Edge):
    """Gives the answers that it was given, one after the other."""

    def __init__(self, *answers: tuple[int, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, Mapping[str, str] | None, Any]] = []

    async def ask(self, person: Person | None, method: str, path: str, **request: Any) -> Answer:
        assert (person, path) == (TEACHER, CELL.path)
        self.asked.append((method, request.get("headers"), request.get("body")))
        status, body = self.answers.pop(0)
        return Answer(status, json.dumps(body), {"Retry-After": "0"}, 5.0)


@pytest.fixture
def seen() -> Seen:
    return Seen()


def work(edge: Edge, seen: Seen) -> GradebookWork:
    return GradebookWork(edge, Tempo(1e6, low=1, high=1e6, quick_ms=100), seen)


async def test_a_first_grade_is_created(seen: Seen) -> None:
    edge = Script((201, {"version": 1}))
    assert await work(edge, seen).write(TEACHER, CELL, MARK, "Bien") == 1
    assert edge.asked == [("PUT", {"If-None-Match": "*"}, {"status": "scored", "score": 8.5, "comment": "Bien"})]
    (entry,) = seen.entries
    assert (entry.answered, entry.replaces, entry.version) == (Answered.YES, 0, 1)


async def test_who_comes_second_looks_and_replaces_what_is_there(seen: Seen) -> None:
    edge = Script((412, {}), (200, {"version": 3}), (200, {"version": 4}))
    assert await work(edge, seen).write(TEACHER, CELL, MARK, None, known=1) == 4
    assert [(method, headers) for method, headers, _ in edge.asked] == [
        ("PUT", {"If-Match": '"1"'}),
        ("GET", None),
        ("PUT", {"If-Match": '"3"'}),
    ]
    assert [entry.answered for entry in seen.entries] == [Answered.NO, Answered.YES]
    assert (seen.superseded, seen.errors) == (1, 0)


@pytest.mark.parametrize("status", [0, 500, 502, 504])
async def test_without_an_answer_the_same_is_sent_again(seen: Seen, status: int) -> None:
    edge = Script((status, None), (200, {"version": 2}))
    assert await work(edge, seen).write(TEACHER, CELL, MARK, None, known=1) == 2
    assert edge.asked[0] == edge.asked[1]
    assert [entry.answered for entry in seen.entries] == [Answered.MAYBE, Answered.YES]
    assert seen.errors == 1


async def test_who_is_asked_to_wait_waits(seen: Seen) -> None:
    edge = Script((429, None), (503, None), (201, {"version": 1}))
    assert await work(edge, seen).write(TEACHER, CELL, MARK, None) == 1
    assert [entry.answered for entry in seen.entries] == [Answered.NO, Answered.MAYBE, Answered.YES]


async def test_a_refusal_for_good_is_taken_for_one(seen: Seen) -> None:
    edge = Script((422, None))
    assert await work(edge, seen).write(TEACHER, CELL, MARK, None) is None
    assert [entry.answered for entry in seen.entries] == [Answered.NO]
    assert seen.errors == 1


async def test_a_grade_without_a_score_is_sent_without_one(seen: Seen) -> None:
    edge = Script((201, {"version": 1}))
    await work(edge, seen).write(TEACHER, CELL, Mark("missing", None), None)
    assert edge.asked[0][2] == {"status": "missing", "comment": None}
