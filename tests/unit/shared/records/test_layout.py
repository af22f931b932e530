"""Where each record is stored: the layout that every reader of the tables relies on."""

from decimal import Decimal

import pytest

from luca_shared.records import school, submission
from luca_shared.records.assessment import Assessment, DeletedAssessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.erasure import Erasure
from luca_shared.records.event import Event
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.idempotency import IdempotencyRecord, IdempotencyState
from luca_shared.records.rules import Rounding, Rules
from luca_shared.records.student import GuardianLink, Student
from luca_shared.records.subject import Subject as SubjectEntry
from luca_shared.records.submission import Batch, BatchState
from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, EventId, PersonId, SchoolId, StudentId, Subject
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.key_types import Key, Table

NORTE = TenantContext.of_directory(SchoolId("norte"), "c-1")
S, C, A, T, P = StudentId("s42"), ClassId("c1"), AssessmentId("a7"), TermId("2026-Q4"), PersonId("p9")
AT = Timestamp("2026-11-24T14:03:07.120Z")

CLASS = Class(class_id=C, version=1, term=T, subject=Subject("math"), name="7A", teacher_ids=(P,))
ENROLLMENT = Enrollment(class_id=C, student_id=S, term=T, version=1)
TERM = Term(term=T, version=1, state=TermState.OPEN, title="Q4")
EVENT = Event(
    event_id=EventId("e1"),
    student_id=S,
    kind="behavior",
    type="merit",
    occurred_at=AT,
    data="{}",
    payload_sha256="0" * 64,
    expires_at=1,
)
RULES = Rules(
    subject=Subject("math"),
    version=2,
    categories={},
    letters={},
    passing=Decimal(60),
    missing_as_zero=True,
    late_penalty_percent=Decimal(10),
    rounding=Rounding.HALF_UP,
    decimals=1,
)
GRADE = Grade(
    class_id=C,
    assessment_id=A,
    student_id=S,
    term=T,
    version=3,
    status=GradeStatus.SCORED,
    score=Decimal("8.5"),
    max_score=Decimal(10),
    rules_version=2,
    recorded_by=P,
    recorded_at=AT,
    sync_status=SyncStatus.PENDING,
)
ASSESSMENT = Assessment(
    class_id=C, assessment_id=A, version=1, term=T, category="exam", title="Exam", max_score=Decimal(10)
)
IDEMPOTENCY = IdempotencyRecord(
    digest="d1", request_sha256="x", state=IdempotencyState.IN_WORK, attempt="a1", expires_at=1
)
BATCH = Batch(
    batch_id="b1",
    period=T,
    state=BatchState.PREP_BATCH,
    epoch=1,
    members=(),
    payload_key="norte/b1",
    payload_sha256="0" * 64,
)


@pytest.mark.parametrize(
    ("key", "table", "pk", "sk"),
    [
        (GRADE.key(NORTE), Table.LUCA, "TENANT#norte#STUDENT#s42", "GRADE#2026-Q4#c1#a7"),
        (
            GRADE.as_version(None).key(NORTE),
            Table.LUCA,
            "TENANT#norte#STUDENT#s42",
            "GRADEV#2026-Q4#c1#a7#00000003",
        ),
        (
            Student(student_id=S, version=1, name=b"").key(NORTE),
            Table.LUCA,
            "TENANT#norte#STUDENT#s42",
            "PROFILE",
        ),
        (
            Erasure(student_id=S, version=1, erased_at=AT, erased_by=P).key(NORTE),
            Table.LUCA,
            "TENANT#norte#STUDENT#s42",
            "ERASURE",
        ),
        (EVENT.key(NORTE), Table.LUCA, "TENANT#norte#STUDENT#s42", "EVENT#2026-11-24#e1"),
        (CLASS.key(NORTE), Table.LUCA, "TENANT#norte#CLASS#c1", "INFO"),
        (CLASS.directory_key(NORTE), Table.LUCA, "TENANT#norte#DIRECTORY", "CLASS#2026-Q4#c1"),
        (ASSESSMENT.key(NORTE), Table.LUCA, "TENANT#norte#CLASS#c1", "ASSESSMENT#a7"),
        (DeletedAssessment.of(ASSESSMENT, P, AT).key(NORTE), Table.LUCA, "TENANT#norte#CLASS#c1", "DELETED#a7"),
        (ENROLLMENT.key(NORTE), Table.LUCA, "TENANT#norte#CLASS#c1", "STUDENT#s42"),
        (ENROLLMENT.student_key(NORTE), Table.LUCA, "TENANT#norte#STUDENT#s42", "ENROLLMENT#2026-Q4#c1"),
        (RULES.current_key(NORTE), Table.LUCA, "TENANT#norte#RULES#math", "CURRENT"),
        (RULES.key(NORTE), Table.LUCA, "TENANT#norte#RULES#math", "V#00000002"),
        (
            SubjectEntry(subject=Subject("math"), rules_version=2).directory_key(NORTE),
            Table.LUCA,
            "TENANT#norte#DIRECTORY",
            "SUBJECT#math",
        ),
        (TERM.key(NORTE), Table.LUCA, "TENANT#norte#TERM#2026-Q4", "INFO"),
        (TERM.directory_key(NORTE), Table.LUCA, "TENANT#norte#DIRECTORY", "TERM#2026-Q4"),
        (
            GuardianLink(person_id=P, student_id=S).key(NORTE),
            Table.LUCA,
            "TENANT#norte#PERSON#p9",
            "STUDENT#s42",
        ),
        (IDEMPOTENCY.key(NORTE), Table.LUCA, "TENANT#norte#IDEMPOTENCY#d1", "RESPONSE"),
        (BATCH.key(NORTE), Table.GOV_SYNC, "TENANT#norte#RUN#2026-Q4", "BATCH#b1"),
    ],
)
def test_a_record_has_its_agreed_place(key: Key, table: Table, pk: str, sk: str) -> None:
    assert (key.table, key.pk, key.sk) == (table, pk, sk)


def test_what_is_left_of_an_assessment_is_all_of_it() -> None:
    deleted = DeletedAssessment.of(ASSESSMENT, P, AT)
    assert DeletedAssessment.from_item(deleted.to_item()).as_assessment() == ASSESSMENT


def test_what_belongs_to_the_platform_is_in_no_tenants_partition() -> None:
    assert school.directory_key(SchoolId("norte")) == {"pk": "PLATFORM#SCHOOLS", "sk": "SCHOOL#norte"}
    assert submission.run_key(T) == {"pk": "RUN#2026-Q4", "sk": "RUN"}
    assert submission.run_school_key(T, SchoolId("norte")) == {"pk": "RUN#2026-Q4", "sk": "SCHOOL#norte"}
    assert submission.open_index(T, 3, AT, "b1") == {
        "open_pk": "RUN#2026-Q4#OPEN#3",
        "open_sk": "2026-11-24T14:03:07.120Z#b1",
    }


def test_a_pending_grade_is_in_both_indexes_and_another_in_the_gradebook_only() -> None:
    pending = GRADE.to_indexed_item(NORTE)
    assert pending["by_class_pk"] == "TENANT#norte#CLASS#c1"
    assert pending["by_class_sk"] == "GRADE#2026-Q4#a7#s42"
    assert pending["pending_pk"].startswith("TENANT#norte#PENDING#")
    assert pending["pending_sk"] == "2026-Q4#2026-11-24T14:03:07.120Z#s42#c1#a7"
    assert Grade.from_item(pending) == GRADE
    for status in (SyncStatus.SYNCED, SyncStatus.REFUSED):
        item = {**GRADE.to_item(), "sync_status": status.value}
        indexed = Grade.from_item(item).to_indexed_item(NORTE)
        assert "by_class_pk" in indexed
        assert not {name for name in indexed if name.startswith("pending")}
