"""Whether anybody has a grade in an assessment."""

from luca_interactive.configuration import Classroom
from luca_interactive.together import together
from luca_shared.records.assessment import Assessment
from luca_shared.tenancy import keys
from luca_shared.tenancy.table import TenantTable


async def has_grades(table: TenantTable, classroom: Classroom, assessment: Assessment) -> bool:
    """Look for a grade of whoever is enrolled as it was last written, and of whoever was once in the class's index."""
    indexed, written = await together(_in_index(table, assessment), _of_enrolled(table, classroom, assessment))
    return indexed or written


async def _in_index(table: TenantTable, assessment: Assessment) -> bool:
    range_ = keys.grades_of_class(table.context, assessment.class_id, assessment.term, assessment.assessment_id)
    return bool((await table.query(range_, limit=1)).items)


async def _of_enrolled(table: TenantTable, classroom: Classroom, assessment: Assessment) -> bool:
    places = [
        keys.grade(table.context, student_id, assessment.term, assessment.class_id, assessment.assessment_id)
        for student_id in classroom.roster
    ]
    return bool(await table.get_many(places, consistent=True))
