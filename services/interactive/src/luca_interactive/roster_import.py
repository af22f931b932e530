"""Enrolling what a roster file says: all of it is right, or nothing is written.

    file                          table
    ----------------------------  -----------------------------------------------------------------
    lines read, faults collected
    classes, students: read now
    any fault? 422, all of them
    dry run? the counts
    transactions -------------->  up to 33 enrollments each: both sides of each, if there is neither;
                                  the student's profile, if there is one
    200, the counts

Killed at any moment, whole transactions have happened or have not: each enrollment is there on both sides or on
neither. The file sent again enrolls the rest, and counts what it finds as already enrolled; so does one that was cut
off by the time that a request has. Two imports at once enroll each student once: the second meets the first's.
"""

import asyncio
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from luca_interactive.api.rosters import ImportAnswer
from luca_interactive.configuration import Classroom, Configuration, NotSetUp
from luca_interactive.in_turns import in_turns
from luca_interactive.roster_lines import RosterLine, read_roster
from luca_interactive.versioned_writing import failed_on
from luca_shared.aws.errors import TransactionCanceled
from luca_shared.aws.expressions import absent, present
from luca_shared.records.class_ import Enrollment
from luca_shared.runtime import problems
from luca_shared.runtime.problems import ErrorDetail, pointer
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import ClassId, StudentId
from luca_shared.tenancy.table import Tables, TenantTable
from luca_shared.tenancy.writes import Check, Put, Write

_ACTIONS: Final = 100  # DynamoDB's limit for a transaction
_AT_ONCE: Final = 8  # calls; one import must not take the school's whole share of the table


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a right file comes to: how many enrollments in all, and those that there aren't yet."""

    total: int
    missing: list[Enrollment]


async def import_rosters(
    context: TenantContext, tables: Tables, configuration: Configuration, text: str, *, dry_run: bool
) -> ImportAnswer:
    """Enroll what the file says, or say what would happen.

    Raises:
        Problem: 422, every line that is wrong; 409, a student was erased while this was under way.
    """
    table = tables.of(context)
    plan = await _planned(context, table, configuration, text)
    enrolled = len(plan.missing) if dry_run else await _enroll(table, configuration, plan.missing)
    return ImportAnswer(dry_run=dry_run, total=plan.total, enrolled=enrolled, already_enrolled=plan.total - enrolled)


async def _planned(context: TenantContext, table: TenantTable, configuration: Configuration, text: str) -> _Plan:
    file = await asyncio.to_thread(read_roster, text)  # the longest file takes a while, and others wait for this loop
    classrooms = await _classrooms(context, configuration, {line.class_id for line in file.lines})
    students = await _students(table, {line.student_id for line in file.lines})
    faults = [*file.faults, *_missing(file.lines, classrooms, students)]
    if faults:
        raise problems.validation(sorted(faults, key=_line_of))
    wanted = {(line.class_id, line.student_id): classrooms[line.class_id] for line in file.lines}
    missing = [
        Enrollment(class_id=class_id, student_id=student_id, term=classroom.info.term, version=1)
        for (class_id, student_id), classroom in wanted.items()
        if student_id not in classroom.roster
    ]
    return _Plan(len(wanted), missing)


async def _classrooms(
    context: TenantContext, configuration: Configuration, class_ids: Iterable[ClassId]
) -> dict[ClassId, Classroom]:
    async def read(class_id: ClassId) -> Classroom | None:
        try:
            return await configuration.classroom_now(context, class_id)
        except NotSetUp:
            return None

    found = await in_turns(class_ids, read, at_once=_AT_ONCE)
    return {classroom.info.class_id: classroom for classroom in found if classroom is not None}


async def _students(table: TenantTable, student_ids: Iterable[StudentId]) -> set[StudentId]:
    profiles = {keys.profile(table.context, student_id): student_id for student_id in student_ids}
    found = await table.get_many(list(profiles), consistent=True)
    return {profiles[key] for key in found}


def _missing(
    lines: Iterable[RosterLine], classrooms: Mapping[ClassId, Classroom], students: set[StudentId]
) -> Iterator[ErrorDetail]:
    for line in lines:
        if line.class_id not in classrooms:
            yield ErrorDetail(pointer("lines", line.number, "class_id"), "there is no such class")
        if line.student_id not in students:
            yield ErrorDetail(pointer("lines", line.number, "student_id"), "there is no such student")


def _line_of(fault: ErrorDetail) -> tuple[int, str]:
    return int(fault.pointer.split("/")[2]), fault.pointer


async def _enroll(table: TenantTable, configuration: Configuration, enrollments: Sequence[Enrollment]) -> int:
    """Enroll them in as few transactions as can be; return how many this has enrolled."""

    async def enroll(group: Sequence[Enrollment]) -> int:
        return await _enroll_group(table, group)

    try:
        return sum(await in_turns(_groups(enrollments), enroll, at_once=_AT_ONCE))
    finally:  # even of what was cut off, some has been stored
        for class_id in {each.class_id for each in enrollments}:
            configuration.class_changed(table.context, class_id)


def _groups(enrollments: Iterable[Enrollment]) -> Iterator[list[Enrollment]]:
    """Part enrollments into transactions, a student's side by side: two that check one profile would conflict."""
    group: list[Enrollment] = []
    room = _ACTIONS
    in_order = sorted(enrollments, key=lambda each: (each.student_id, each.class_id))
    for _, of_student in groupby(in_order, key=lambda each: each.student_id):
        room -= 1  # for the check of the profile
        for each in of_student:
            if room < 2:
                yield group
                group, room = [], _ACTIONS - 1
            group.append(each)
            room -= 2
    if group:
        yield group


async def _enroll_group(table: TenantTable, group: Sequence[Enrollment]) -> int:
    """Enroll those of a group who aren't yet; each time, at least one is found to be."""
    context = table.context
    while group:
        students = sorted({each.student_id for each in group})
        writes: list[Write] = []
        for each in group:
            writes += [Put(place, each.to_item(), absent()) for place in (each.key(context), each.student_key(context))]
        writes += [Check(keys.profile(context, student_id), present()) for student_id in students]
        try:
            await table.transact(writes, token=secrets.token_hex(16))
        except TransactionCanceled as canceled:
            if any(failed_on(canceled, write) for write in range(2 * len(group), len(writes))):
                raise problems.conflict("a student has just been erased; send it again to see which") from None
            left = [each for index, each in enumerate(group) if not _is_there(canceled, index)]
            if len(left) == len(group):
                raise
            group = left
        else:
            break
    return len(group)


def _is_there(canceled: TransactionCanceled, index: int) -> bool:
    return failed_on(canceled, 2 * index) or failed_on(canceled, 2 * index + 1)
