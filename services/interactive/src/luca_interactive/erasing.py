"""Erasing a student: what is personal becomes unreadable first, and is removed then; marks stay, under an id of nobody.

    DELETE, version 3 named            tables
    ---------------------------------  ----------------------------------------------------------------
    PROFILE, ERASURE: read, consistent
    one transaction ---------------->  KEYS / STUDENT        a tombstone in place of the data key
                                       PROFILE               deleted, if it is version 3
                                       PERSON / STUDENT      deleted, each guardian's
                                       ERASURE               step 1; there is none where there is a profile
    again and again, one transaction:
    some enrollments, or events ---->  ENROLLMENT, EVENT     deleted; an enrollment on the class's side too
                                       ERASURE               step n + 1 with the counts, if it is step n
    nothing is left:
    grades, versions: counted ------>  ERASURE               complete, if it is step n
    200, the receipt <---------------

Killed before the first transaction, nothing has happened. After it, nobody can read what was encrypted about the
student, and the repeat goes on from the step that stands there, whatever version it names: there is nothing left to
protect. Each step counts what it removes in the transaction that removes it, so no interruption makes a count wrong.
Two at once take turns: who finds a step taken goes on from there, and both have the same receipt at the end.

Comments and reasons stay where they are, unreadable: a grade's versions are never changed, for what the government
was sent must be what a repeat would send.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from msgspec.structs import replace

from luca_interactive.access import Caller
from luca_interactive.configuration import Configuration
from luca_interactive.sealed_texts import SealedTexts
from luca_interactive.student_standing import Standing, read_standing, superseded
from luca_shared.aws.errors import TransactionCanceled
from luca_shared.aws.expressions import equals
from luca_shared.records import timestamps
from luca_shared.records.erasure import Erasure
from luca_shared.records.student import GuardianLink, Student
from luca_shared.records.timestamps import Timestamp, moment, timestamp
from luca_shared.runtime import problems
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.ids import ClassId, EventId, StudentId, Term
from luca_shared.tenancy.key_types import Range
from luca_shared.tenancy.table import Tables, TenantTable
from luca_shared.tenancy.writes import Delete, Put, Write

# Of a transaction's 100 actions, one is the erasure's own.
_EVENTS_AT_ONCE: Final = 99
_ENROLLMENTS_AT_ONCE: Final = 49  # each on both sides


class Erasing:
    """Erases students.

    Args:
        tables: Where from.
        configuration: Whose rosters change.
        encryption: What the student's data key belongs to.
        texts: The encryption of names.
        now: The present, as it is stored.
    """

    def __init__(
        self,
        tables: Tables,
        configuration: Configuration,
        encryption: FieldEncryption,
        texts: SealedTexts,
        *,
        now: Callable[[], Timestamp] = timestamps.now,
    ) -> None:
        self._tables = tables
        self._configuration = configuration
        self._encryption = encryption
        self._texts = texts
        self._now = now

    async def erase(self, caller: Caller, student_id: StudentId, version: int) -> Erasure:
        """Erase a student of the version named, or go on with an erasure; return it when it is complete.

        Raises:
            Problem: 404, there is no such student; 412, with the student that stands there in another version.
        """
        table = self._tables.of(caller.context)
        erasure = await self._begun(caller, table, student_id, version)
        # From the moment at which the key is known to be destroyed, not from the one at which that was asked for.
        unreadable_from = timestamp(moment(self._now()) + timedelta(seconds=self._encryption.max_age))
        while not erasure.complete:
            erasure = await self._step(table, erasure, unreadable_from)
        return erasure

    async def _begun(self, caller: Caller, table: TenantTable, student_id: StudentId, version: int) -> Erasure:
        standing = await read_standing(table, student_id)
        if standing.erasure is not None:
            return standing.erasure
        student = await self._named(table.context, standing, version)
        try:
            return await self._begin(caller, table.context, student)
        except TransactionCanceled:
            standing = await read_standing(table, student_id)
            if standing.erasure is not None:
                return standing.erasure
            await self._named(table.context, standing, version)
            raise  # it stands there still: it was canceled for something else

    async def _named(self, context: TenantContext, standing: Standing, version: int) -> Student:
        if standing.student is None:
            raise problems.not_found()
        if standing.student.version != version:
            raise await superseded(self._texts, context, standing.student)
        return standing.student

    async def _begin(self, caller: Caller, context: TenantContext, student: Student) -> Erasure:
        links = [
            GuardianLink(person_id=person_id, student_id=student.student_id) for person_id in set(student.guardian_ids)
        ]
        erasure = Erasure(
            student_id=student.student_id,
            version=1,
            erased_at=self._now(),
            erased_by=caller.person_id,
            guardian_links=len(links),
        )
        await self._encryption.erase_student(
            context,
            student.student_id,
            also=[
                Put(erasure.key(context), erasure.to_item()),
                Delete(student.key(context), equals("version", student.version)),
                *(Delete(link.key(context)) for link in links),
            ],
        )
        return erasure

    async def _step(self, table: TenantTable, erasure: Erasure, unreadable_from: Timestamp) -> Erasure:
        """Take one step, and return the erasure as it stands then: by this step, or by another's."""
        context, student_id = table.context, erasure.student_id
        enrollments = await _first(table, keys.enrollments_of_student(context, student_id), _ENROLLMENTS_AT_ONCE)
        if enrollments:
            return await self._unenroll(table, erasure, [(Term(term), ClassId(id_)) for _, term, id_ in enrollments])
        events = await _first(table, keys.all_events_of_student(context, student_id), _EVENTS_AT_ONCE)
        if events:
            deletes = [Delete(keys.event(context, student_id, day, EventId(id_))) for _, day, id_ in events]
            return await _advance(table, erasure, replace(erasure, events=erasure.events + len(events)), deletes)
        complete = replace(
            erasure,
            grades=await _count(table, keys.grades_of_student(context, student_id)),
            grade_versions=await _count(table, keys.versions_of_student(context, student_id)),
            unreadable_from=unreadable_from,
        )
        return await _advance(table, erasure, complete, [])

    async def _unenroll(
        self, table: TenantTable, erasure: Erasure, enrollments: Sequence[tuple[Term, ClassId]]
    ) -> Erasure:
        context, student_id = table.context, erasure.student_id
        deletes = [
            Delete(key)
            for term, class_id in enrollments
            for key in (
                keys.student_enrollment(context, student_id, term, class_id),
                keys.enrollment(context, class_id, student_id),
            )
        ]
        counted = replace(erasure, enrollments=erasure.enrollments + len(enrollments))
        reached = await _advance(table, erasure, counted, deletes)
        for _, class_id in enrollments:
            self._configuration.class_changed(context, class_id)
        return reached


async def _advance(table: TenantTable, erasure: Erasure, reached: Erasure, deletes: Sequence[Write]) -> Erasure:
    reached = replace(reached, version=erasure.version + 1)
    put = Put(erasure.key(table.context), reached.to_item(), equals("version", erasure.version))
    try:
        await table.transact([put, *deletes], token=secrets.token_hex(16))
    except TransactionCanceled as canceled:
        of_step, *_ = canceled.reasons
        if of_step.item is None:  # nobody has taken the step: it was canceled for something else
            raise
        return Erasure.from_item(of_step.item)
    return reached


async def _first(table: TenantTable, range_: Range, most: int) -> list[list[str]]:
    """Return the parts of the first sort keys; what the items hold isn't looked at, so it can't stop an erasure."""
    found: list[list[str]] = []
    async for item in table.items(range_, at_once=most, consistent=True):
        found.append(item["sk"].split("#"))
        if len(found) == most:
            break
    return found


async def _count(table: TenantTable, range_: Range) -> int:
    return len([None async for _ in table.items(range_, consistent=True)])
