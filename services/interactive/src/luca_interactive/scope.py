"""What of a school a person may see or change, once one of his or her roles may use the endpoint at all.

Whatever lies outside answers like what doesn't exist, 404: another teacher's class, another student's record, another
school's id. So nobody learns from an answer that there is something.
"""

from collections.abc import Collection
from dataclasses import dataclass

from luca_interactive.access import Caller
from luca_interactive.api.paths import AssessmentPath, GradePath
from luca_interactive.configuration import Classroom, Configuration
from luca_interactive.together import together
from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.student import Student
from luca_shared.runtime import problems
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.ids import AssessmentId, ClassId, StudentId
from luca_shared.tenancy.table import TenantTable

_WHOLE_SCHOOL = frozenset({Role.SCHOOL_ADMIN, Role.COMPLIANCE})


@dataclass(frozen=True, slots=True)
class Cell:
    """A place in a gradebook: an assessment of a class, and a student."""

    class_: Class
    assessment: Assessment
    student_id: StudentId


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a gradebook: an assessment of a class, and the students who can have a grade in it."""

    class_: Class
    assessment: Assessment
    roster: frozenset[StudentId]

    def cell(self, student_id: StudentId) -> Cell | None:
        """Return a student's place in it; None when the student isn't enrolled."""
        return Cell(self.class_, self.assessment, student_id) if student_id in self.roster else None


def sees_whole_school(caller: Caller) -> bool:
    """Whether everything in the school is the caller's to see."""
    return not caller.roles.isdisjoint(_WHOLE_SCHOOL)


def sees_class(caller: Caller, class_: Class) -> bool:
    """Whether a class is the caller's to work with: a teacher's own, an administrator's or compliance officer's any."""
    return sees_whole_school(caller) or (Role.TEACHER in caller.roles and caller.person_id in class_.teacher_ids)


async def sees_student(caller: Caller, table: TenantTable, student_id: StudentId) -> bool:
    """Whether the whole record of a student is the caller's to see: the own one, a child's, or any of the school."""
    if sees_whole_school(caller):
        return True
    if Role.STUDENT in caller.roles and StudentId(caller.person_id) == student_id:  # a student's person id
        return True
    if Role.GUARDIAN in caller.roles:
        return await table.get(keys.guardian_link(caller.context, caller.person_id, student_id)) is not None
    return False


async def class_of(caller: Caller, configuration: Configuration, class_id: ClassId) -> Classroom:
    """Return a class that the caller may see.

    Raises:
        Problem: 404.
    """
    classroom = await configuration.find(
        caller.context, class_id, lambda classroom: classroom if sees_class(caller, classroom.info) else None
    )
    if classroom is None:
        raise problems.not_found()
    return classroom


async def cell_to_grade(caller: Caller, configuration: Configuration, path: GradePath) -> Cell:
    """Return where the caller may record a grade: for an enrolled student, in an assessment of an own class.

    Raises:
        Problem: 404.
    """

    def look(classroom: Classroom) -> Cell | None:
        column = _column_of(caller, classroom, path.assessment_id)
        return None if column is None else column.cell(path.student_id)

    cell = await configuration.find(caller.context, path.class_id, look)
    if cell is None:
        raise problems.not_found()
    return cell


async def column_to_grade(
    caller: Caller, configuration: Configuration, path: AssessmentPath, student_ids: Collection[StudentId]
) -> Column:
    """Return where the caller may record grades; those of the students who aren't enrolled have no cell in it.

    Raises:
        Problem: 404.
    """

    def look(classroom: Classroom) -> Column | None:
        return _column_of(caller, classroom, path.assessment_id)

    def look_for_all(classroom: Classroom) -> Column | None:
        column = look(classroom)
        return column if column is not None and column.roster.issuperset(student_ids) else None

    column = await configuration.find(caller.context, path.class_id, look_for_all)
    column = column or await configuration.find(caller.context, path.class_id, look)
    if column is None:
        raise problems.not_found()
    return column


def _column_of(caller: Caller, classroom: Classroom, assessment_id: AssessmentId) -> Column | None:
    assessment = classroom.assessments.get(assessment_id)
    if assessment is None or not sees_class(caller, classroom.info):
        return None
    return Column(classroom.info, assessment, classroom.roster)


async def cell_to_read(caller: Caller, configuration: Configuration, table: TenantTable, path: GradePath) -> Cell:
    """Return where the caller may look for a grade; it outlives an enrollment, so the roster doesn't count here.

    Raises:
        Problem: 404.
    """

    def look(classroom: Classroom) -> Cell | None:
        assessment = classroom.assessment_of_grade(path.assessment_id)
        return None if assessment is None else Cell(classroom.info, assessment, path.student_id)

    cell = await configuration.find(caller.context, path.class_id, look)
    if cell is None or not (sees_class(caller, cell.class_) or await sees_student(caller, table, path.student_id)):
        raise problems.not_found()
    return cell


@dataclass(frozen=True, slots=True)
class Record:
    """A student, and the classes of which the caller may see the grades; None stands for all of them."""

    student: Student
    class_ids: frozenset[ClassId] | None


async def record_of(caller: Caller, table: TenantTable, student_id: StudentId) -> Record:
    """Return a student's record, as far as the caller may see it.

    A teacher sees that of the classes in which he or she teaches the student.

    Raises:
        Problem: 404, there is no such student, or none of it is the caller's to see.
    """
    student, whole = await profile_of(caller, table, student_id)
    if whole:
        return Record(student, None)
    taught = await _classes_taught_to(caller, table, student_id) if Role.TEACHER in caller.roles else frozenset()
    if not taught:
        raise problems.not_found()
    return Record(student, taught)


async def classes_of_record(caller: Caller, table: TenantTable, student_id: StudentId) -> frozenset[ClassId] | None:
    """Return what `record_of` says of the classes."""
    return (await record_of(caller, table, student_id)).class_ids


async def profile_of(caller: Caller, table: TenantTable, student_id: StudentId) -> tuple[Student, bool]:
    """Return a student, and whether the whole record is the caller's to see; if not, maybe none of it is.

    Raises:
        Problem: 404, there is no such student.
    """
    profile, whole = await together(
        table.get(keys.profile(caller.context, student_id), consistent=True),  # once erased, gone at once
        sees_student(caller, table, student_id),
    )
    if profile is None:
        raise problems.not_found()
    return Student.from_item(profile), whole


async def _classes_taught_to(caller: Caller, table: TenantTable, student_id: StudentId) -> frozenset[ClassId]:
    enrollments = table.items(keys.enrollments_of_student(caller.context, student_id))
    class_ids = {Enrollment.from_item(item).class_id async for item in enrollments}
    found = await table.get_many([keys.class_info(caller.context, class_id) for class_id in class_ids])
    classes = map(Class.from_item, found.values())
    return frozenset(class_.class_id for class_ in classes if caller.person_id in class_.teacher_ids)
