"""The lesson: 30 teachers of three schools record and correct grades, and some fight over the same cells."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product
from random import Random
from typing import Final

from luca_local.demo.evidence.grades import Cell, Mark
from luca_local.demo.gradebook_work import GradebookWork, Seen
from luca_local.demo.people import Edge, Person
from luca_local.demo.progress import Act
from luca_local.seed.plan import SchoolPlan
from luca_shared.records.class_ import Class
from luca_shared.tenancy.context import Role

_CORRECTED: Final = 0.1  # of the grades
_COMMENTED: Final = 0.2
_COMMENTS: Final = ("Bien hecho", "Muy bien", "Falta el desarrollo", "Mejoró mucho 👏", "Ver a la salida", "¿Lo copió?")
_LOOKED_AT_PER_TEACHER: Final = 4  # histories that are read through the API


@dataclass(frozen=True, slots=True)
class Desk:
    """A teacher's work: the cells of a class, and who else writes into the first of them."""

    teacher: Person
    cells: tuple[Cell, ...]
    rival: Person | None
    contested: int

    @property
    def fights(self) -> tuple[Cell, ...]:
        """The cells that two write into at the same time."""
        return self.cells[: self.contested] if self.rival else ()


def desks(
    schools: Sequence[SchoolPlan], people: Mapping[str, Person], *, grades: int, contested: int
) -> tuple[Desk, ...]:
    """Return a desk for each teacher, so many grades in all.

    Of each school's teachers every second one has a rival in `contested` cells: the school's administrator, or the same
    teacher once more, who has left another window open.
    """
    found: list[Desk] = []
    teachers = sum(len(_classes(plan)) for plan in schools)
    each = grades // teachers
    for plan in schools:
        by_id = {person.person_id: person for person in people.values() if person.role is Role.TEACHER}
        admin = next(p for p in people.values() if (p.school_id, p.role) == (plan.school.school_id, Role.SCHOOL_ADMIN))
        for number, class_ in enumerate(_classes(plan)):
            teacher = by_id[class_.teacher_ids[0]]
            rival = (admin, None, teacher, None)[number % 4]
            found.append(Desk(teacher, tuple(_cells(plan, class_))[:each], rival, contested))
    return tuple(found)


async def play(desks: Sequence[Desk], work: GradebookWork, chance: Random, act: Act) -> None:
    """Have everybody work until all grades are recorded, and some corrected."""
    async with asyncio.TaskGroup() as group:
        for desk in desks:
            group.create_task(_at_desk(desk, work, Random(chance.random()), act))  # noqa: S311  # a day that can be repeated


async def comments(desks: Sequence[Desk], edge: Edge, seen: Seen) -> dict[tuple[Cell, int], str | None]:
    """Return the comments that the API shows of the versions of some grades: those fought over and those commented."""
    shown: dict[tuple[Cell, int], str | None] = {}
    commented = {entry.cell for entry in seen.entries if entry.comment}
    for desk in desks:
        cells = [cell for cell in desk.cells if cell in desk.fights or cell in commented]
        for cell in cells[:_LOOKED_AT_PER_TEACHER]:
            answer = await edge.ask(desk.teacher, "GET", f"{cell.path}/history")
            for version in (answer.json or {}).get("items", ()):
                shown[cell, version["version"]] = version["comment"]
    return shown


async def _at_desk(desk: Desk, work: GradebookWork, chance: Random, act: Act) -> None:
    versions: dict[Cell, int] = {}
    for cell in desk.cells:
        if desk.rival and cell in desk.fights:
            await _fight(desk.teacher, desk.rival, cell, work, chance)
        elif version := await work.write(desk.teacher, cell, random_mark(chance), random_comment(chance)):
            versions[cell] = version
        act.advance()
        if versions and chance.random() < _CORRECTED:
            mistaken = chance.choice(list(versions))
            known = versions[mistaken]
            versions[mistaken] = (
                await work.write(desk.teacher, mistaken, random_mark(chance), random_comment(chance), known=known) or 0
            )


async def _fight(teacher: Person, rival: Person, cell: Cell, work: GradebookWork, chance: Random) -> None:
    """Both write twice, and neither knows of the other."""

    async def insist(person: Person) -> None:
        known = 0
        for _ in range(2):
            known = await work.write(person, cell, random_mark(chance), random_comment(chance), known=known) or known

    async with asyncio.TaskGroup() as group:
        group.create_task(insist(teacher))
        group.create_task(insist(rival))


def _classes(plan: SchoolPlan) -> list[Class]:
    """One class of each teacher, in the term that is open."""
    first: dict[str, Class] = {}
    term = plan.terms[-1].term
    for class_ in plan.classes:
        if class_.term == term:
            first.setdefault(class_.teacher_ids[0], class_)
    return list(first.values())


def _cells(plan: SchoolPlan, class_: Class) -> Iterator[Cell]:
    """The class's cells that nobody has graded, one assessment after the other."""
    taken = {(g.class_id, g.assessment_id, g.student_id) for g in plan.grades}
    taken.add((plan.ungraded.class_id, plan.ungraded.assessment_id, plan.ungraded.student_id))
    assessments = [each.assessment_id for each in plan.assessments if each.class_id == class_.class_id]
    students = [each.student_id for each in plan.enrollments if each.class_id == class_.class_id]
    for assessment_id, student_id in product(assessments, students):
        if (class_.class_id, assessment_id, student_id) not in taken:
            yield Cell(plan.school.school_id, class_.class_id, assessment_id, student_id)


def random_mark(chance: Random) -> Mark:
    """Return what somebody might give."""
    status = chance.choices(("scored", "late", "missing", "excused", "incomplete"), (16, 1, 1, 1, 1))[0]
    return Mark(status, Decimal(chance.randint(0, 20)) / 2 if status in {"scored", "late"} else None)


def random_comment(chance: Random) -> str | None:
    """Return what somebody might say to it, mostly nothing."""
    return chance.choice(_COMMENTS) if chance.random() < _COMMENTED else None
