"""The demo schools, the same at every start of a quarter: three, one's id a prefix of another's.

Each has two forms of ten students: one that every school has, with the same ids of classes, and one of its own. The
current term is open, with three classes and the first exam graded; the one before is frozen and fully graded, as it
is when it waits to be sent to the government. A larger population has more of the same.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random

from luca_interactive.grading import Mark, Scale
from luca_local.seed.demo_rules import demo_rules
from luca_local.seed.demo_terms import DemoTerm, term_before, term_of
from luca_local.seed.names import name
from luca_local.seed.plan import AccountPlan, SchoolPlan, StudentPlan, Ungraded
from luca_local.seed.population import SMALL, Population
from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.school import School
from luca_shared.records.student import GuardianLink
from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp, timestamp
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Subject

_COMMON_FORM = "7a"
_SCHOOLS = (  # and the form of its own
    (School(school_id=SchoolId("norte"), name="Colegio del Norte", time_zone="America/Santiago"), "8b"),
    (School(school_id=SchoolId("norte-2"), name="Colegio del Norte 2", time_zone="America/Santiago"), "8c"),
    (School(school_id=SchoolId("sur"), name="Liceo del Sur", time_zone="America/Punta_Arenas"), "8d"),
)
_SUBJECTS = tuple(map(Subject, ("math", "language")))
# Of the third teacher and those after: each takes a form in a subject of these.
_FURTHER_SUBJECTS = tuple(map(Subject, ("science", "history", "english", "music", "art", "sports", "technology")))
_ID_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter looks like another


def demo_schools(today: date, population: Population = SMALL) -> tuple[SchoolPlan, ...]:
    """Return all schools as they are on a day."""
    return tuple(_School(school, own_form, today, population).plan() for school, own_form in _SCHOOLS)


class _School:
    """Makes one school's plan; every id and name comes from a generator that the school's id seeds."""

    def __init__(self, school: School, own_form: str, today: date, population: Population) -> None:
        self._school = school
        self._own_form = own_form
        self._chance = Random(f"luca demo {school.school_id}")  # noqa: S311  # the same at every start, on purpose
        self._now, self._before = term_of(today), term_before(today)
        self._population = population
        self._teachers = (self._person(), self._person())
        self._common = [self._student() for _ in range(population.form_size)]
        self._own = [self._student() for _ in range(population.form_size)]
        # So that one guardian has two children.
        self._own[0] = replace(self._own[0], guardian_ids=self._common[0].guardian_ids)
        self._further_teachers = tuple(self._person() for _ in range(population.teachers - len(self._teachers)))
        further = _FURTHER_SUBJECTS[: (len(self._further_teachers) + 1) // 2]  # two forms in each
        self._scales = {subject: Scale(demo_rules(subject)) for subject in (*_SUBJECTS, *further)}

    def plan(self) -> SchoolPlan:
        """Return the plan."""
        first, second = self._teachers
        common, own = _COMMON_FORM, self._own_form
        classes = (
            self._class(f"math-{common}", self._now, f"Matemática {common.upper()}", first),
            self._class(f"language-{common}", self._now, f"Lenguaje {common.upper()}", second),
            self._class(f"math-{own}", self._now, f"Matemática {own.upper()}", first),
            self._class(f"math-{common}-{self._before.term}", self._before, f"Matemática {common.upper()}", first),
            *self._further_classes(),
        )
        assessments = tuple(item for class_ in classes for item in self._assessments(class_))
        students = (*self._common, *self._own)
        return SchoolPlan(
            school=self._school,
            terms=(_term(self._before, TermState.FROZEN), _term(self._now, TermState.OPEN)),
            rules=tuple(scale.rules for scale in self._scales.values()),
            classes=classes,
            assessments=assessments,
            students=students,
            enrollments=tuple(item for class_ in classes for item in self._enrollments(class_)),
            guardian_links=tuple(
                GuardianLink(person_id=guardian, student_id=student.student_id)
                for student in students
                for guardian in student.guardian_ids
            ),
            grades=tuple(
                grade
                for class_ in classes
                for assessment in assessments
                if assessment.class_id == class_.class_id
                for grade in self._grades(class_, assessment)
            ),
            accounts=self._accounts(),
            ungraded=Ungraded(
                username=self._username("teacher"),
                class_id=classes[0].class_id,
                assessment_id=AssessmentId("homework-1"),
                student_id=self._common[0].student_id,
            ),
        )

    def _accounts(self) -> tuple[AccountPlan, ...]:
        student = self._common[0]
        return (
            AccountPlan(self._username("teacher"), Role.TEACHER, self._teachers[0]),
            AccountPlan(self._username("teacher-2"), Role.TEACHER, self._teachers[1]),
            AccountPlan(self._username("admin"), Role.SCHOOL_ADMIN, self._person()),
            AccountPlan(self._username("compliance"), Role.COMPLIANCE, self._person()),
            # A student's person id is the student id.
            AccountPlan(self._username("student"), Role.STUDENT, PersonId(student.student_id)),
            AccountPlan(self._username("guardian"), Role.GUARDIAN, student.guardian_ids[0]),
            *(
                AccountPlan(self._username(f"teacher-{number}"), Role.TEACHER, teacher)
                for number, teacher in enumerate(self._further_teachers, start=3)
            ),
        )

    def _username(self, who: str) -> str:
        return f"{who}.{self._school.school_id}"

    def _person(self) -> PersonId:
        return PersonId("p" + "".join(self._chance.choices(_ID_LETTERS, k=12)))

    def _student(self) -> StudentPlan:
        student_id = StudentId("s" + "".join(self._chance.choices(_ID_LETTERS, k=12)))
        return StudentPlan(student_id, name(self._chance), (self._person(),))

    def _class(self, class_id: str, term: DemoTerm, title: str, teacher: PersonId) -> Class:
        return Class(
            class_id=ClassId(class_id),
            version=1,
            term=term.term,
            subject=Subject(class_id.partition("-")[0]),
            name=title,
            teacher_ids=(teacher,),
        )

    def _further_classes(self) -> list[Class]:
        """One for each teacher after the second."""
        places = [(subject, form) for subject in _FURTHER_SUBJECTS for form in (_COMMON_FORM, self._own_form)]
        return [
            self._class(f"{subject}-{form}", self._now, f"{subject.capitalize()} {form.upper()}", teacher)
            for (subject, form), teacher in zip(places, self._further_teachers, strict=False)
        ]

    def _form(self, class_: Class) -> Sequence[StudentPlan]:
        return self._common if _COMMON_FORM in class_.class_id else self._own

    def _enrollments(self, class_: Class) -> list[Enrollment]:
        return [
            Enrollment(class_id=class_.class_id, student_id=student.student_id, term=class_.term, version=1)
            for student in self._form(class_)
        ]

    def _assessments(self, class_: Class) -> list[Assessment]:
        return [
            Assessment(
                class_id=class_.class_id,
                assessment_id=AssessmentId(assessment_id),
                version=1,
                term=class_.term,
                category=assessment_id.partition("-")[0],
                title=title,
                max_score=Decimal(max_score),
            )
            for assessment_id, title, max_score in (
                ("exam-1", "Prueba 1", 10),
                *(
                    (f"homework-{number}", f"Tarea {number}", 10 * number)
                    for number in range(1, self._population.homework + 1)
                ),
            )
        ]

    def _grades(self, class_: Class, assessment: Assessment) -> list[Grade]:
        """Of the term before, all; of this one, the exam's, of all but two students."""
        form = self._form(class_)
        if class_.term == self._now.term:
            form = form[:-2] if assessment.category == "exam" else []
        return [self._grade(class_, assessment, student) for student in form]

    def _grade(self, class_: Class, assessment: Assessment, student: StudentPlan) -> Grade:
        scale = self._scales[class_.subject]
        status = self._chance.choices(
            (GradeStatus.SCORED, GradeStatus.LATE, GradeStatus.MISSING, GradeStatus.EXCUSED), (17, 1, 1, 1)
        )[0]
        half_points = self._chance.randint(int(assessment.max_score) // 2, 2 * int(assessment.max_score))
        score = Decimal(half_points) / 2 if status.has_score else None
        result = scale.of_mark(Mark(assessment.category, status, score, assessment.max_score))
        return Grade(
            class_id=class_.class_id,
            assessment_id=assessment.assessment_id,
            student_id=student.student_id,
            term=class_.term,
            version=1,
            status=status,
            score=score,
            max_score=assessment.max_score,
            percent=result.percent,
            letter=result.letter,
            rules_version=scale.rules.version,
            recorded_by=class_.teacher_ids[0],
            recorded_at=_recorded_at(self._now if class_.term == self._now.term else self._before),
            sync_status=SyncStatus.PENDING,
        )


def _term(term: DemoTerm, state: TermState) -> Term:
    return Term(term=term.term, version=1, state=state, title=term.title)


def _recorded_at(term: DemoTerm) -> Timestamp:
    return timestamp(datetime.combine(term.first_day, time(), UTC))
