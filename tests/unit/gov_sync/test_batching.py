"""The same grades always make the same batches."""

import itertools
import json
import random
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_gov_sync.batching import MAX_RECORDS, batches_of, digest, halves, record_ids, records_of
from luca_gov_sync.government_record import government_record
from luca_local.government.contract import Record, Submission, record_sha256, submission_digest
from luca_local.government.ledger import Ledger
from luca_shared.records.grade import GradeStatus, GradeVersion
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Term

NORTE, TERM = SchoolId("norte"), Term("2026-Q4")


def grade(number: int = 1, **changes: Any) -> GradeVersion:
    values: dict[str, Any] = {
        "class_id": ClassId("c1"),
        "assessment_id": AssessmentId("a1"),
        "student_id": StudentId(f"s{number:04d}"),
        "term": TERM,
        "version": 1,
        "status": GradeStatus.SCORED,
        "score": Decimal("8.5"),
        "max_score": Decimal(10),
        "percent": Decimal(85),
        "letter": "B",
        "rules_version": 2,
        "recorded_by": PersonId("p9"),
        "recorded_at": Timestamp("2026-11-24T14:03:07.120Z"),
    }
    return GradeVersion(**values | changes)


def ids(grades: list[GradeVersion], **limits: int) -> list[str]:
    return [batch.batch_id for batch in batches_of(NORTE, TERM, grades, **limits)]


@given(count=st.integers(0, 350), seed=st.integers())
def test_the_order_in_which_grades_are_found_does_not_matter(count: int, seed: int) -> None:
    grades = [grade(number) for number in range(count)]
    shuffled = random.Random(seed).sample(grades, k=count)
    assert ids(shuffled) == ids(grades)


@given(count=st.integers(1, 350), done=st.integers(0, 3))
def test_who_goes_on_after_some_batches_cuts_as_before(count: int, done: int) -> None:
    grades = [grade(number) for number in range(count)]
    assert ids(grades[done * MAX_RECORDS :]) == ids(grades)[done:]


def test_another_version_is_another_batch() -> None:
    assert ids([grade(version=1)]) != ids([grade(version=2)])


def test_another_school_or_period_is_another_batch() -> None:
    [one] = batches_of(NORTE, TERM, [grade()])
    [other] = batches_of(SchoolId("norte-2"), TERM, [grade()])
    [later] = batches_of(NORTE, Term("2027-Q1"), [grade()])
    assert len({one.batch_id, other.batch_id, later.batch_id}) == 3


@given(count=st.integers(1, 120), max_bytes=st.integers(600, 5_000))
def test_no_batch_is_larger_than_a_submission_may_be(count: int, max_bytes: int) -> None:
    grades = [grade(number) for number in range(count)]
    batches = list(batches_of(NORTE, TERM, grades, max_bytes=max_bytes))
    assert all(len(batch.payload) <= max_bytes for batch in batches)
    assert [m.student_id for batch in batches for m in batch.members] == [g.student_id for g in grades]
    # and none is smaller than it needs to be: the next record would not have fitted
    for batch, following in itertools.pairwise(batches):
        first = json.loads(following.payload)["records"][0]
        size = len(government_record(NORTE, next(g for g in grades if g.student_id == first["student_id"])))
        assert len(batch.members) == MAX_RECORDS or len(batch.payload) + 1 + size > max_bytes


def test_a_record_too_large_to_send_is_refused() -> None:
    with pytest.raises(ValueError, match="one record"):
        list(batches_of(NORTE, TERM, [grade()], max_bytes=200))


@given(count=st.integers(2, 100))
def test_two_halves_are_the_whole_byte_by_byte(count: int) -> None:
    [whole] = batches_of(NORTE, TERM, [grade(number) for number in range(count)])
    first, second = halves(NORTE, TERM, whole.members, whole.payload)
    assert first.members + second.members == whole.members
    assert records_of(first.payload) + records_of(second.payload) == records_of(whole.payload)
    assert len({first.batch_id, second.batch_id, whole.batch_id}) == 3


def test_a_half_is_the_batch_that_would_be_made_of_its_grades() -> None:
    grades = [grade(number) for number in range(5)]
    [whole] = batches_of(NORTE, TERM, grades)
    assert [*halves(NORTE, TERM, whole.members, whole.payload)] == [
        *batches_of(NORTE, TERM, grades[:2]),
        *batches_of(NORTE, TERM, grades[2:]),
    ]


def test_a_single_record_has_no_halves() -> None:
    [one] = batches_of(NORTE, TERM, [grade()])
    with pytest.raises(ValueError, match="single record"):
        halves(NORTE, TERM, one.members, one.payload)


@given(count=st.integers(1, 30), refused=st.sets(st.integers(0, 29)))
def test_the_digest_of_what_was_accepted_is_the_governments(count: int, refused: set[int]) -> None:
    refused = {place for place in refused if place < count}
    grades = [grade(number) for number in range(count)]
    [batch] = batches_of(NORTE, TERM, grades)
    unknown = {grades[place].student_id for place in refused}
    ledger = Ledger()
    receipt, _, rows = ledger.receive(
        batch.payload, idempotency_key=batch.batch_id, refused_students=unknown, poisonous=()
    )
    theirs = submission_digest([(row.record_id, row.version, row.sha256) for row in rows])
    names = record_ids(NORTE, TERM, batch.members)
    assert receipt.accepted == count - len(refused)
    assert digest(names, batch.members, batch.payload, refused) == theirs


scores = st.decimals(min_value=0, max_value=1000, places=4)


@given(score=scores | st.none(), max_score=st.decimals(min_value="0.0001", max_value=1000, places=4))
def test_the_government_understands_a_record_and_hashes_it_as_we_do(score: Decimal | None, max_score: Decimal) -> None:
    changed = grade(score=score, max_score=max_score, letter=None, status=GradeStatus.MISSING)
    [batch] = batches_of(NORTE, TERM, [changed])
    submission = msgspec.json.decode(batch.payload, type=Submission)
    [raw] = submission.records
    record = msgspec.json.decode(raw, type=Record)
    assert submission.submission_id == batch.batch_id
    assert record_sha256(bytes(raw)) == record_sha256(government_record(NORTE, changed))
    assert bytes(raw) == government_record(NORTE, changed)
    # no digit is lost on the way
    assert record.score == score if score is None else Decimal(repr(record.score)) == score
    assert Decimal(repr(record.max_score)) == max_score


def test_a_record_is_spelled_as_the_contract_shows_it() -> None:
    assert json.loads(government_record(NORTE, grade(version=3))) == {
        "record_id": "norte.2026-Q4.c1.a1.s0001",
        "version": 3,
        "student_id": "s0001",
        "status": "scored",
        "score": 8.5,
        "max_score": 10,
        "letter": "B",
        "recorded_at": "2026-11-24T14:03:07.120Z",
    }
