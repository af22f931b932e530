"""Writes a demo school's records, under that school's own credentials: the walls hold for the seed, too."""

import asyncio
import uuid
from collections.abc import Iterable, Iterator

from luca_local.seed.plan import SchoolPlan, StudentPlan
from luca_shared.aws.expressions import absent
from luca_shared.records.student import Student
from luca_shared.records.subject import Subject
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.table import Put, Tables, TenantTable

# Of DynamoDB's 100 actions a transaction; an item and its twin (a class in the directory, an enrollment at the
# student's side) are one unit, and a unit is never divided.
_UNITS = 50

Unit = list[Put]


async def write(plan: SchoolPlan, tables: Tables, encryption: FieldEncryption, *, correlation_id: str) -> None:
    """Write everything of a school that is its own.

    Raises:
        AwsError: it could not be written.
    """
    context = TenantContext.of_directory(plan.school.school_id, correlation_id)
    table = tables.of(context)
    students = await _encrypted(context, encryption, plan.students)
    units = [*_units(context, plan), *([_put(student.key(context), student.to_item())] for student in students)]
    async with asyncio.TaskGroup() as group:
        for first in range(0, len(units), _UNITS):
            group.create_task(_transact(table, units[first : first + _UNITS]))


async def _encrypted(
    context: TenantContext, encryption: FieldEncryption, students: Iterable[StudentPlan]
) -> list[Student]:
    async def encrypted(student: StudentPlan) -> Student:
        name = await encryption.encrypt(context, student.student_id, "name", student.name)
        return Student(student_id=student.student_id, version=1, name=name, guardian_ids=student.guardian_ids)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(encrypted(student)) for student in students]
    return [task.result() for task in tasks]


def _units(context: TenantContext, plan: SchoolPlan) -> Iterator[Unit]:
    for term in plan.terms:
        yield [_put(key, term.to_item()) for key in (term.key(context), term.directory_key(context))]
    for rules in plan.rules:
        yield [_put(key, rules.to_item()) for key in (rules.key(context), rules.current_key(context))]
        entry = Subject(subject=rules.subject, rules_version=rules.version)
        yield [_put(entry.directory_key(context), entry.to_item())]
    for class_ in plan.classes:
        yield [_put(key, class_.to_item()) for key in (class_.key(context), class_.directory_key(context))]
    for assessment in plan.assessments:
        yield [_put(assessment.key(context), assessment.to_item())]
    for enrollment in plan.enrollments:
        yield [_put(key, enrollment.to_item()) for key in (enrollment.key(context), enrollment.student_key(context))]
    for link in plan.guardian_links:
        yield [_put(link.key(context), link.to_item())]
    for grade in plan.grades:  # as the service writes one: the current grade and its first version
        version = grade.as_version(reason=None)
        yield [_put(grade.key(context), grade.to_indexed_item(context)), _put(version.key(context), version.to_item())]


def _put(key: Key, attributes: dict[str, object]) -> Put:
    return Put(key, attributes, absent())


async def _transact(table: TenantTable, units: list[Unit]) -> None:
    await table.transact([put for unit in units for put in unit], token=str(uuid.uuid4()))
