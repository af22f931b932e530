"""Deleting an assessment that nobody has a grade in, so that no grade is ever left without its assessment.

    DELETE, version 3 named          table
    -------------------------------  -----------------------------------------------------
    class: read now
    a grade of anybody? 409
    one transaction --------------->  ASSESSMENT  gone, if it is version 3 now
                                      DELETED     what it was
    204 <--------------------------

A grade is written by what is remembered of the class: for half a minute, and a request's time longer, one can still
arrive at another task (or be on its way while this one looks for grades), and its teacher is told that it is recorded.
To wait for that would keep everybody waiting for what hardly ever happens. Instead, what is left of the assessment is
kept for good, and the deletion is taken back when there is a grade after all:

- the grade is read and has its history like any other, for who reads it finds what is left of its assessment;
- it is listed among the student's and sent to the government: neither asks for the assessment;
- the gradebook that shows it brings the assessment back to where it was, as a version of its own.

So at no moment is there a grade that can't be seen, whoever is killed when. Without such a grade, nothing shows what is
left. Two deletions at once are one, and a repeat after a lost answer finds its own.
"""

import secrets
from collections.abc import Callable, Collection

from msgspec.structs import replace

from luca_interactive.access import Caller
from luca_interactive.api.classes import AssessmentAnswer
from luca_interactive.assessment_grades import has_grades
from luca_interactive.assessment_writing import refuse_unless_open
from luca_interactive.configuration import Configuration
from luca_interactive.versioned_writing import conflict_with, failed_on, remove
from luca_shared.aws.errors import TransactionCanceled
from luca_shared.aws.expressions import absent, equals
from luca_shared.records import timestamps
from luca_shared.records.assessment import Assessment, DeletedAssessment
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import problems
from luca_shared.tenancy.ids import AssessmentId, ClassId
from luca_shared.tenancy.table import Delete, Put, Tables, TenantTable


async def remove_assessment(
    caller: Caller,
    tables: Tables,
    configuration: Configuration,
    class_id: ClassId,
    assessment_id: AssessmentId,
    version: int,
    *,
    now: Callable[[], Timestamp] = timestamps.now,
) -> None:
    """Delete an assessment in the version that is named.

    The caller has been found to work with the class, so that there is one.

    Raises:
        Problem: 404; 412, with what stands there; 409, it has grades or its term isn't open.
    """
    context = caller.context
    table = tables.of(context)
    classroom = await configuration.classroom_now(context, class_id)
    current, left = classroom.assessments.get(assessment_id), classroom.deleted.get(assessment_id)
    if current is None:
        if left is not None and left.version == version:
            return  # by an earlier sending of this request
        raise problems.not_found()
    if current.version != version:
        raise conflict_with(current, AssessmentAnswer.of)
    await refuse_unless_open(configuration, context, current.term)
    if await has_grades(table, classroom, current):
        raise problems.conflict("it has grades, and is deleted only while it has none")

    left = DeletedAssessment.of(current, caller.person_id, now())
    place, keep = current.key(context), Put(left.key(context), left.to_item())
    try:
        await remove(table, [place], version, read=Assessment.from_item, shown=AssessmentAnswer.of, also=[keep])
    finally:  # even when its answer is lost, it may be gone
        configuration.class_changed(context, class_id)


async def bring_back(
    table: TenantTable, configuration: Configuration, found: Collection[DeletedAssessment]
) -> dict[AssessmentId, Assessment]:
    """Take deletions back, since there are grades; somebody else may be doing the same at this moment."""
    brought = {}
    for left in found:
        assessment = replace(left.as_assessment(), version=left.version + 1)
        put = Put(assessment.key(table.context), assessment.to_item(), absent())
        clear = Delete(left.key(table.context), equals("deleted_at", left.deleted_at))
        try:
            await table.transact([put, clear], token=secrets.token_hex(16))
        except TransactionCanceled as canceled:
            if not (failed_on(canceled, 0) or failed_on(canceled, 1)):
                raise
        finally:
            configuration.class_changed(table.context, left.class_id)
        brought[assessment.assessment_id] = assessment
    return brought
