"""The schools of the benchmark: what their tables hold at the beginning, made anew and alike wherever it is needed.

Each has 4 classes of 30 students and one teacher. Four of the five assessments have been graded; the fifth is today's.
Every fourth grade has a comment.
"""

from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

from msgspec.structs import replace
from tests.benchmarks.aws_stub.answering import wrapped
from tests.benchmarks.aws_stub.store import Wire

from luca_interactive.grading import Mark, Scale
from luca_interactive.sealed_texts import comment_of
from luca_local.seed.demo_rules import demo_rules
from luca_shared.aws.attributes import encode_item
from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.data_keys import SchoolKey, StudentKey
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.record import Record
from luca_shared.records.student import Student
from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Subject
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.secret_key import SecretKey

CLASSES: Final = 4
STUDENTS: Final = 30
GRADED: Final = ("a1", "a2", "a3", "a4")
TODAYS: Final = "a5"
CATEGORIES: Final = {"a1": "exam", "a2": "homework", "a3": "homework", "a4": "homework", "a5": "exam"}

TERM: Final = TermId("2026-Q4")
RULES: Final = demo_rules(Subject("math"))
SCALE: Final = Scale(RULES)


def school_id(number: int) -> str:
    """Return a school's id, by its number from 0."""
    return f"school-{number:05d}"


def class_id(number: int) -> str:
    """Return a class's id, by its number from 0."""
    return f"c{number}"


def teacher_id(class_number: int) -> str:
    """Return the id of the teacher of a class."""
    return f"teacher-{class_number}"


def student_id(class_number: int, number: int) -> str:
    """Return a student's id, by the number of his or her class and the own one in it."""
    return f"student-{class_number}-{number:02d}"


def items_of(school: str, classes: int = CLASSES) -> Iterator[tuple[str, Wire]]:
    """Yield what a school of so many classes begins with: each item with its table."""
    context = TenantContext.of_directory(SchoolId(school), "benchmark")
    secret = _secret(school)
    yield _item(keys.school_key(context), SchoolKey(wrapped=wrapped(secret, {"school_id": school})))
    yield _item(RULES.current_key(context), RULES)
    term = Term(term=TERM, version=1, state=TermState.OPEN, title="Cuarto bimestre")
    yield _item(term.key(context), term)
    yield _item(term.directory_key(context), term)
    for number in range(classes):
        yield from _class_items(context, SecretKey(secret), number)


def _class_items(context: TenantContext, school_key: SecretKey, number: int) -> Iterator[tuple[str, Wire]]:
    class_ = Class(
        class_id=ClassId(class_id(number)),
        version=1,
        term=TERM,
        subject=RULES.subject,
        name=f"Matemática {number + 1}A",
        teacher_ids=(PersonId(teacher_id(number)),),
    )
    yield _item(class_.key(context), class_)
    yield _item(class_.directory_key(context), class_)
    for name, category in CATEGORIES.items():
        assessment = _assessment(class_, name, category)
        yield _item(assessment.key(context), assessment)
    for student in range(STUDENTS):
        yield from _student_items(context, school_key, class_, StudentId(student_id(number, student)), student)


def _student_items(
    context: TenantContext, school_key: SecretKey, class_: Class, student: StudentId, number: int
) -> Iterator[tuple[str, Wire]]:
    school = context.school_id
    secret = _secret(school, student)
    key_item = StudentKey(student_id=student, wrapped=school_key.encrypt(secret, "student-key", school, student))
    yield _item(keys.student_key(context, student), key_item)

    key = SecretKey(secret)
    name = f"{_FIRST[number % len(_FIRST)]} {_LAST[number * 7 % len(_LAST)]}"
    record = Student(student_id=student, version=1, name=key.encrypt(name.encode(), "field", school, student, "name"))
    yield _item(record.key(context), record)

    enrollment = Enrollment(class_id=class_.class_id, student_id=student, term=TERM, version=1)
    yield _item(enrollment.key(context), enrollment)
    yield _item(enrollment.student_key(context), enrollment)
    for place, name in enumerate(GRADED):
        grade = _grade(context, class_, _assessment(class_, name, CATEGORIES[name]), student, number + place, key)
        yield _wire(grade.key(context), grade.to_indexed_item(context))


def _grade(
    context: TenantContext, class_: Class, assessment: Assessment, student: StudentId, number: int, key: SecretKey
) -> Grade:
    score = Decimal(50 + number * 13 % 51).scaleb(-1)
    mark = Mark(assessment.category, GradeStatus.SCORED, score, assessment.max_score)
    result = SCALE.of_mark(mark)
    grade = Grade(
        class_id=class_.class_id,
        assessment_id=assessment.assessment_id,
        student_id=student,
        term=TERM,
        version=1,
        status=GradeStatus.SCORED,
        score=score,
        max_score=assessment.max_score,
        percent=result.percent,
        letter=result.letter,
        rules_version=RULES.version,
        recorded_by=class_.teacher_ids[0],
        recorded_at=Timestamp("2026-11-20T14:03:07.120Z"),
        sync_status=SyncStatus.PENDING,
    )
    if number % 4:
        return grade
    field = comment_of(grade).field
    text = key.encrypt(b"Bien explicado, falta el dibujo", "field", context.school_id, student, field)
    return replace(grade, comment=text)


def _assessment(class_: Class, name: str, category: str) -> Assessment:
    return Assessment(
        class_id=class_.class_id,
        assessment_id=AssessmentId(name),
        version=1,
        term=TERM,
        category=category,
        title=f"Trabajo {name[1:]}",
        max_score=Decimal(10),
    )


def _item(key: Key, record: Record) -> tuple[str, Wire]:
    return _wire(key, record.to_item())


def _wire(key: Key, attributes: dict[str, Any]) -> tuple[str, Wire]:
    return key.table.value, encode_item({"pk": key.pk, "sk": key.sk, **attributes})


def _secret(*parts: str) -> bytes:
    """Return 32 bytes that are the same each time, so that two stubs hold the same school."""
    return sha256("/".join(("secret of", *parts)).encode()).digest()


_FIRST: Final = ("Ana", "Bruno", "Camila", "Diego", "Elena", "Facundo", "Gabriela", "Hugo", "Inés", "Joaquín")
_LAST: Final = ("Acosta", "Benítez", "Cabrera", "Domínguez", "Escobar", "Ferreira", "Giménez")
