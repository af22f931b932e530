"""The places that texts are bound to: what was stored under a name opens under that name only, for years."""

from decimal import Decimal

import pytest

from luca_interactive.sealed_texts import SealedText, comment_of, name_of, reason_of
from luca_shared.records.grade import GradeStatus, GradeVersion
from luca_shared.records.student import Student
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, StudentId, Term
from luca_shared.tenancy.secret_key import SecretKey

VERSION = GradeVersion(
    class_id=ClassId("mat-1"),
    assessment_id=AssessmentId("ex-1"),
    student_id=StudentId("s42"),
    term=Term("2026-1"),
    version=3,
    status=GradeStatus.SCORED,
    score=Decimal(8),
    max_score=Decimal(10),
    rules_version=1,
    comment=bytes.fromhex(
        "01efbb38651178e2a13408ed06eafca7ae458dc6da9bd26b8a656a8cadcc8bbd8153da47b384883ac120a80d873aea0bb5dfc4716129"
    ),
    recorded_by=PersonId("t1"),
    recorded_at=Timestamp("2026-11-24T12:00:00.000Z"),
    reason=b"of the reason",
)


@pytest.mark.parametrize(
    ("text", "field", "ciphertext"),
    [
        (name_of(Student(student_id=StudentId("s42"), version=1, name=b"of the name")), "name", b"of the name"),
        (comment_of(VERSION), "comment on 2026-1/mat-1/ex-1/3", VERSION.comment),
        (reason_of(VERSION), "reason for 2026-1/mat-1/ex-1/3", b"of the reason"),
    ],
)
def test_each_text_has_the_place_that_it_always_had(text: SealedText, field: str, ciphertext: bytes) -> None:
    assert (text.student_id, text.field, text.ciphertext) == ("s42", field, ciphertext)


def test_a_comment_that_was_stored_long_ago_still_opens() -> None:
    comment = comment_of(VERSION)
    assert comment.ciphertext is not None
    key = SecretKey(bytes(range(32)))
    opened = key.decrypt(comment.ciphertext, "field", "norte", comment.student_id, comment.field)
    assert opened.decode() == "Muy bien, Íñigo"
