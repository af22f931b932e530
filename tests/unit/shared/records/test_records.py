"""Every record survives the table as it was, and a damaged item is refused without being quoted."""

import importlib
import pkgutil
import re
import types
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, NewType, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from luca_shared import records
from luca_shared.aws.attributes import decode_item, encode_item
from luca_shared.records.data_keys import SchoolKey, StudentKey
from luca_shared.records.grade import Grade, GradeContent, GradeVersion
from luca_shared.records.record import CorruptItem, Record
from luca_shared.records.student import Student

# For fields whose text has a pattern: ids, timestamps, hashes. Each pattern matches one of them at least.
TEXTS = ["norte", "a", "norte-2", "S_42", "-", "2026-Q4", "2026-11-24T14:03:07.120Z", "0" * 63 + "f"]
SECRET = "Ana Perez 8.5"  # what an error must never repeat

# A record costs hypothesis milliseconds to make, and the pauses of a busy machine say nothing about the code.
EXAMPLES = settings(max_examples=25, deadline=None)


def all_records() -> list[type[Record]]:
    for module in pkgutil.iter_modules(records.__path__):
        importlib.import_module(f"{records.__name__}.{module.name}")

    def below(kind: type[Record]) -> list[type[Record]]:
        return [each for child in kind.__subclasses__() for each in (child, *below(child))]

    return sorted((kind for kind in below(Record) if kind is not GradeContent), key=lambda kind: kind.__name__)


RECORDS = all_records()


def values_of(kind: Any) -> st.SearchStrategy[Any]:  # noqa: PLR0911  # one kind of type a line
    """Valid values of a field's type."""
    origin = get_origin(kind)
    if isinstance(kind, NewType):
        return values_of(kind.__supertype__)
    if origin is Annotated:
        _, meta = get_args(kind)
        if meta.pattern is not None:
            return st.sampled_from([text for text in TEXTS if re.search(meta.pattern, text)])
        return st.integers(meta.ge, meta.le)
    if origin in (types.UnionType, Union):
        return st.one_of(*map(values_of, get_args(kind)))
    if origin is tuple:
        return st.lists(values_of(get_args(kind)[0]), max_size=3).map(tuple)
    if origin is Mapping or origin is dict:
        names, values = get_args(kind)
        return st.dictionaries(values_of(names), values_of(values), max_size=3)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return structs(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return SIMPLE[kind]


SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    type(None): st.none(),
    bool: st.booleans(),
    str: st.text(st.characters(codec="utf-8"), max_size=20),
    int: st.integers(-(10**15), 10**15),
    bytes: st.binary(max_size=40),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-10_000, max_value=10_000)
    | st.integers(0, 100).map(Decimal),
}


def structs(kind: type[msgspec.Struct]) -> st.SearchStrategy[Any]:
    fields = get_type_hints(kind, include_extras=True)
    return st.builds(kind, **{name: values_of(fields[name]) for name in kind.__struct_fields__})


def stored_and_read(item: Mapping[str, Any]) -> dict[str, Any]:
    """The item as it comes back from the table, among the attributes that are not the record's."""
    return {"pk": "TENANT#norte#X", "sk": "Y", "by_class_pk": "TENANT#norte#CLASS#c1"} | decode_item(encode_item(item))


@pytest.mark.parametrize("kind", RECORDS)
@EXAMPLES
@given(data=st.data())
def test_a_record_comes_back_from_the_table_as_it_was(kind: type[Record], data: st.DataObject) -> None:
    record = data.draw(structs(kind))
    item = record.to_item()
    assert kind.from_item(item) == record
    assert kind.from_item(stored_and_read(item)) == record
    assert item["entity"] == kind.__struct_config__.tag
    assert not item.keys() & {"pk", "sk"}


@pytest.mark.parametrize("kind", RECORDS)
@EXAMPLES
@given(data=st.data())
def test_absent_values_take_no_space(kind: type[Record], data: st.DataObject) -> None:
    assert None not in data.draw(structs(kind)).to_item().values()


def test_each_kind_of_record_has_a_name_of_its_own() -> None:
    tags = [kind.__struct_config__.tag for kind in RECORDS]
    assert len(set(tags)) == len(RECORDS) > 15


@pytest.mark.parametrize("kind", RECORDS)
@EXAMPLES
@given(data=st.data())
def test_an_item_of_another_kind_is_refused(kind: type[Record], data: st.DataObject) -> None:
    other = data.draw(st.sampled_from([each for each in RECORDS if each is not kind]))
    item = data.draw(structs(other)).to_item()
    with pytest.raises(CorruptItem):
        kind.from_item(item)


def damaged(kind: type[Record]) -> st.SearchStrategy[dict[str, Any]]:
    """Items of which some attribute holds personal data where it does not belong."""
    wrong = st.sampled_from([SECRET, [SECRET], {SECRET: SECRET}, {"x": [SECRET]}, 8.5, [[SECRET]], f"`$.{SECRET}"])
    names = st.sampled_from([*kind.__struct_fields__, "entity"])
    return st.tuples(structs(kind), st.dictionaries(names, wrong, min_size=1, max_size=3)).map(
        lambda drawn: {**drawn[0].to_item(), **drawn[1]}
    )


@pytest.mark.parametrize("kind", RECORDS)
@EXAMPLES
@given(data=st.data())
def test_a_damaged_item_is_refused_and_not_quoted(kind: type[Record], data: st.DataObject) -> None:
    item = data.draw(damaged(kind))
    error = refusal_of(kind, item)
    if error is not None:  # a list of texts, say, may be what the attribute is for
        shown = (str(error), repr(error), error.path, error.entity)
        assert not any(part in text for text in shown for part in (SECRET, "Ana", "8.5"))
        assert error.__suppress_context__
        assert kind.__struct_config__.tag == error.entity


def refusal_of(kind: type[Record], item: Mapping[str, Any]) -> CorruptItem | None:
    try:
        kind.from_item(item)
    except CorruptItem as error:
        return error
    return None


@pytest.mark.parametrize("kind", RECORDS)
def test_an_item_without_what_is_needed_is_refused(kind: type[Record]) -> None:
    for item in ({}, {"entity": kind.__struct_config__.tag}, {"entity": None}, {"entity": 5}):
        with pytest.raises(CorruptItem):
            kind.from_item(item)


def test_the_error_says_where() -> None:
    item = {"entity": "student", "student_id": "s1", "version": SECRET, "name": b"x"}
    with pytest.raises(CorruptItem) as error:
        Student.from_item(item)
    assert str(error.value) == "a stored student is not valid at version"


def test_a_version_of_a_grade_says_the_same_as_the_grade() -> None:
    fields = {
        "class_id": "c1",
        "assessment_id": "a7",
        "student_id": "s42",
        "term": "2026-Q4",
        "version": 3,
        "status": "scored",
        "score": Decimal("8.5"),
        "max_score": Decimal(10),
        "percent": Decimal(85),
        "letter": "B",
        "rules_version": 2,
        "comment": b"ciphertext",
        "recorded_by": "p9",
        "recorded_at": "2026-11-24T14:03:07.120Z",
    }
    grade = Grade.from_item({"entity": "grade", "sync_status": "pending", **fields})
    assert grade.as_version(b"why").to_item() == {"entity": "grade-version", "reason": b"why", **fields}
    assert GradeVersion.from_item(grade.as_version(None).to_item()).reason is None


def test_wrapped_keys_are_bytes() -> None:
    for kind, item in (
        (SchoolKey, {"entity": "school-key"}),
        (StudentKey, {"entity": "student-key", "student_id": "s1"}),
    ):
        with pytest.raises(CorruptItem, match="at wrapped"):
            kind.from_item({**item, "wrapped": "c2VjcmV0"})
