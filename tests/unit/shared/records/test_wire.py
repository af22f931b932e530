"""Records read straight from DynamoDB's JSON are what they would be by way of plain values."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.shared.records.test_records import EXAMPLES, SECRET, structs

from luca_shared.aws.attributes import decode_item, encode_item
from luca_shared.aws.item_types import page_of, page_reader
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.grade import Grade, GradeStatus, GradeVersion, SyncStatus
from luca_shared.records.record import CorruptItem, Record
from luca_shared.records.rules import Rules
from luca_shared.records.student import Student
from luca_shared.records.timestamps import Timestamp
from luca_shared.records.wire import item_type
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, StudentId, Term

FLAT: list[type[Record]] = [Grade, GradeVersion, Enrollment, Student, Class]
KEYS = {"pk": "TENANT#norte#X", "sk": "Y", "by_class_pk": "TENANT#norte#CLASS#c1"}
A_GRADE = Grade(
    class_id=ClassId("c1"),
    assessment_id=AssessmentId("a1"),
    student_id=StudentId("s1"),
    term=Term("2026-Q4"),
    version=2,
    status=GradeStatus.SCORED,
    score=Decimal("8.5"),
    max_score=Decimal(10),
    percent=Decimal(85),
    letter="B",
    rules_version=1,
    comment=b"\x00\xff",
    recorded_by=PersonId("t1"),
    recorded_at=Timestamp("2026-11-24T14:03:07.120Z"),
    sync_status=SyncStatus.PENDING,
)


def read(kind: type[Record], *items: Mapping[str, Any]) -> list[Record]:
    """Items as they come in an answer, read as that kind."""
    items_read = item_type(kind)
    answer = page_reader(items_read.wire)(orjson.dumps({"Count": len(items), "Items": items}))
    assert answer is not None
    return page_of(answer, items_read).items


@pytest.mark.parametrize("kind", FLAT)
@given(data=st.data())
@EXAMPLES
def test_both_ways_come_to_the_same(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(structs(kind))
    wire = encode_item(KEYS | record.to_item())
    assert read(kind, wire) == [record] == [kind.from_item(decode_item(wire))]


def test_it_goes_straight() -> None:
    items = item_type(Grade)
    answer = page_reader(items.wire)(orjson.dumps({"Items": [encode_item(A_GRADE.to_item())]}))
    assert not isinstance(answer, dict)


@pytest.mark.parametrize("missing", sorted(A_GRADE.to_item()))
def test_an_item_that_lacks_something_is_what_it_would_be_by_way_of_plain_values(missing: str) -> None:
    item = {name: value for name, value in A_GRADE.to_item().items() if name != missing}
    assert outcome(lambda: read(Grade, encode_item(item))) == outcome(lambda: [Grade.from_item(item)])


def outcome(make: Callable[[], object]) -> object:
    try:
        return make()
    except CorruptItem as error:
        return error.entity, error.path


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("entity", "grade-version"),
        ("class_id", "c1#" + SECRET),
        ("student_id", ""),
        ("term", "2026-Q4\n"),
        ("recorded_at", "2026-11-24"),
        ("synced_at", SECRET),
        ("status", SECRET),
        ("score", SECRET),
        ("version", Decimal("1.5")),
        ("version", "1"),
        ("comment", SECRET),
        ("letter", 7),
        ("sync_status", True),
    ],
)
def test_a_damaged_item_is_refused_where_it_is_damaged_and_not_quoted(attribute: str, value: object) -> None:
    damaged = encode_item(A_GRADE.to_item() | {attribute: value})
    with pytest.raises(CorruptItem) as raised:
        read(Grade, encode_item(A_GRADE.to_item()), damaged)
    assert raised.value.path in {attribute, "its root"} if attribute == "entity" else raised.value.path == attribute
    assert SECRET not in str(raised.value)


def test_an_attribute_that_is_null_is_none() -> None:
    assert read(Grade, encode_item(A_GRADE.to_item() | {"comment": None})) == [
        msgspec.structs.replace(A_GRADE, comment=None)
    ]


def test_a_number_in_another_notation_is_the_same_number() -> None:
    item = encode_item(A_GRADE.to_item()) | {"max_score": {"N": "1E+1"}}
    assert read(Grade, item) == [A_GRADE]


def test_a_record_with_a_map_is_not_read_this_way() -> None:
    with pytest.raises(TypeError, match="categories"):
        item_type(Rules)


@pytest.mark.parametrize("guardians", [["p1", SECRET], ["p1", 7], "p1", [""]])
def test_a_damaged_list_is_refused_and_not_quoted(guardians: object) -> None:
    whole = Student(student_id=StudentId("s1"), version=1, name=b"x", guardian_ids=(PersonId("p1"),)).to_item()
    with pytest.raises(CorruptItem) as raised:
        read(Student, encode_item(whole), encode_item(whole | {"guardian_ids": guardians}))
    assert raised.value.path.startswith("guardian_ids")
    assert SECRET not in str(raised.value)


def test_bounds_of_a_number_are_not_passed_over() -> None:
    class Bounded(Record, frozen=True, kw_only=True, tag="bounded"):
        count: Annotated[int, msgspec.Meta(ge=0)]

    with pytest.raises(TypeError, match="count"):
        item_type(Bounded)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"Items": [{]}', b"\xff"])
def test_what_is_no_answer_is_none(body: bytes) -> None:
    assert page_reader(item_type(Grade).wire)(body) is None


def test_where_the_next_page_begins_is_kept() -> None:
    items = item_type(Grade)
    answer = page_reader(items.wire)(b'{"Items": [], "LastEvaluatedKey": {"pk": {"S": "a"}, "n": {"N": "1"}}}')
    assert answer is not None
    assert page_of(answer, items).last_key == {"pk": "a", "n": 1}
