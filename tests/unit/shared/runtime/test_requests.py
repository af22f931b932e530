import json
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from luca_shared.runtime.exact_numbers import ExactNumber, canonical_text
from luca_shared.runtime.problems import Problem
from luca_shared.runtime.requests import (
    RequestModel,
    decode_body,
    expect_media_type,
    parse_path,
    parse_query,
)
from luca_shared.tenancy.ids import ClassId, SchoolId, StudentId


class Status(StrEnum):
    SCORED = "scored"
    LATE = "late"


class Score(ExactNumber, low=0, high=10):
    """A score out of ten."""


class Item(RequestModel, frozen=True, kw_only=True):
    student_id: StudentId
    status: Status = Status.SCORED
    score: Score | None = None
    comment: Annotated[str, msgspec.Meta(min_length=1, max_length=5)] | None = None
    if_match: Annotated[int, msgspec.Meta(ge=1)] | None = None


class Bulk(RequestModel, frozen=True, kw_only=True):
    items: Annotated[list[Item], msgspec.Meta(min_length=1, max_length=4)]


class Many(RequestModel, frozen=True, kw_only=True):
    weights: dict[Annotated[str, msgspec.Meta(pattern="^[a-z]+$")], Score] = msgspec.field(default_factory=dict)
    count: Annotated[int, msgspec.Meta(gt=0, lt=4)] = 1
    open: bool = True
    on: date | None = None
    at: datetime | None = None
    id: UUID | None = None
    kind: Literal["a", "b"] | None = None
    level: Literal[1, 2] = 1
    title: Annotated[str, msgspec.Meta(min_length=1)] = "x"
    data: msgspec.Raw = msgspec.Raw(b"{}")


def problem_of(body: bytes, model: type = Bulk) -> Problem:
    with pytest.raises(Problem) as caught:
        decode_body(body, model)
    return caught.value


def faults(body: Any, model: type = Bulk) -> dict[str, str]:
    problem = problem_of(body if isinstance(body, bytes) else json.dumps(body).encode(), model)
    assert problem.type == "urn:luca:problem:validation"
    return {error.pointer: error.detail for error in problem.errors}


def test_a_right_body_is_a_struct() -> None:
    body = decode_body(b'{"items": [{"student_id": "s42", "score": 8.50, "comment": "Bien"}]}', Bulk)
    assert body == Bulk(items=[Item(student_id=StudentId("s42"), score=Score("8.5"), comment="Bien")])
    assert str(body.items[0].score) == "8.5"


def test_every_bad_field_is_named_by_its_pointer_at_once() -> None:
    body = {
        "items": [
            {"student_id": "a b", "score": "8.5", "colour": "red"},
            {"score": 11, "status": "no", "comment": ""},
            {"student_id": "s1", "score": 8.12345, "comment": "too long", "if_match": 0},
            {"student_id": 7, "if_match": "3"},
            "none",
        ],
        "school_id": "sur",
    }
    assert faults(body) == {
        "/items": "must have 1 to 4 items",
        "/items/0/student_id": "must match [A-Za-z0-9_-]{1,64}",
        "/items/0/score": "must be a number",
        "/items/0/colour": "is not known here",
        "/items/1/student_id": "is required",
        "/items/1/score": "must be between 0 and 10",
        "/items/1/status": "must be one of scored, late",
        "/items/1/comment": "must have 1 to 5 characters",
        "/items/2/score": "must have at most 4 decimals",
        "/items/2/comment": "must have 1 to 5 characters",
        "/items/2/if_match": "must be at least 1",
        "/items/3/student_id": "must be a text",
        "/items/3/if_match": "must be a whole number",
        "/items/4": "must be an object",
        "/school_id": "is not known here",
    }


def test_each_type_says_what_it_is() -> None:
    body = {
        "weights": {"Exam": 1, "home": 20},
        "count": 4,
        "open": "true",
        "on": "24/11/2026",
        "at": "yesterday",
        "id": "7",
        "kind": "c",
        "level": 3,
        "title": "",
    }
    assert faults(body, Many) == {
        "/weights/Exam": "as a name, must match [a-z]+",
        "/weights/home": "must be between 0 and 10",
        "/count": "must be between 1 and 3",
        "/open": "must be true or false",
        "/on": "must be a date like 2026-11-24",
        "/at": "must be a time like 2026-11-24T14:03:07.120Z",
        "/id": "must be a UUID",
        "/kind": "must be one of a, b",
        "/level": "must be one of 1, 2",
        "/title": "must not be empty",
    }


@pytest.mark.parametrize("value", [None, True, "3", 3.5, [3], {}])
def test_no_other_type_passes_for_a_whole_number(value: Any) -> None:
    assert faults({"count": value}, Many) == {"/count": "must be a whole number"}


@pytest.mark.parametrize("text", ["1e0", "1.0", "-0"])
def test_a_whole_number_is_written_as_one(text: str) -> None:
    assert faults(b'{"count": ' + text.encode() + b"}", Many) == {"/count": "must be a whole number"}


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("1e1", "must be written without an exponent"),
        ("1E0", "must be written without an exponent"),
        ("-0", "must not be minus zero"),
        ("-0.0", "must not be minus zero"),
        ("8.50001", "must have at most 4 decimals"),
        ('"8.5"', "must be a number"),
        ("true", "must be a number"),
        ("[8]", "must be a number"),
        ("1" * 5000, "must have at most 15 digits"),
        ("-1", "must be between 0 and 10"),
    ],
)
def test_an_ambiguous_number_is_refused_by_what_it_is(text: str, detail: str) -> None:
    body = b'{"items": [{"student_id": "s1", "score": ' + text.encode() + b"}]}"
    assert faults(body) == {"/items/0/score": detail}


def test_trailing_zeros_and_null_are_fine() -> None:
    body = decode_body(b'{"items":[{"student_id":"s","score":9.00000},{"student_id":"-0","score":null}]}', Bulk)
    assert [item.score for item in body.items] == [9, None]


@pytest.mark.parametrize("body", [b'{"count": 1, "count": 2}', b'{"count": 1, "c\\u006funt": 2}'])
def test_a_name_that_is_given_twice_is_refused_however_it_is_spelled(body: bytes) -> None:
    assert faults(body, Many) == {"/count": "must be given once only"}


def test_a_name_given_twice_deep_inside_is_refused() -> None:
    assert faults(b'{"items": [{"student_id": "s1", "score": 1, "score": 2}]}') == {
        "/items/0/score": "must be given once only"
    }
    assert faults(b'{"data": {"a": [{"b": 1, "b": 1}]}}', Many) == {"/data/a/0/b": "must be given once only"}
    assert faults(b'{"weights": {"a": 1, "a": 2}}', Many) == {"/weights/a": "must be given once only"}


def test_the_same_name_in_each_item_of_a_list_is_no_repetition() -> None:
    body = b'{"items": [{"student_id": "s1", "comment": "a\\nb"}, {"student_id": "s2"}]}'
    assert [item.student_id for item in decode_body(body, Bulk).items] == ["s1", "s2"]


def test_any_depth_is_read_or_refused() -> None:
    for depth in range(800, 1100):  # around Python's recursion limit, which json and we reach at different depths
        body = b'{"data": ' + b"[" * depth + b"-0" + b"]" * depth + b"}"
        try:
            read = len(decode_body(body, Many).data) == 2 * depth + 2
        except Problem as problem:
            read = problem.detail == "its arrays and objects are nested too deeply"
        assert read


def test_what_is_passed_on_keeps_its_text() -> None:
    assert bytes(decode_body(b'{"data": {"a": 1.50, "b": -0}}', Many).data) == b'{"a": 1.50, "b": -0}'


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "the body is empty"),
        (b"  \n", "the body is empty"),
        (b'{"items": [', "line 1, column 12: expecting value"),
        (b'{"items":\n  [1,]}', "line 2, column 6: expecting value"),
        (b"{'items': 1}", "line 1, column 2: expecting property name enclosed in double quotes"),
        (b'{"items": [1] "a": 2}', "line 1, column 15: expecting ','"),
        (b'{"items": []} {}', "line 1, column 15: extra data"),
        (b'{"items": NaN}', "NaN is not a number in JSON"),
        (b'{"items": -Infinity}', "-Infinity is not a number in JSON"),
        (b'{"items": "\xff"}', "the body is not UTF-8: byte 12 is wrong"),
        ('{"items": "ñ"}'.encode("utf-16"), "the body is not UTF-8: byte 1 is wrong"),
        (b'{"items": "\\ud800"}', "a text in it is not valid Unicode"),
        (b"[" * 100_000, "its arrays and objects are nested too deeply"),
    ],
)
def test_what_is_not_json_says_where_it_stops_being_it(body: bytes, detail: str) -> None:
    problem = problem_of(body)
    assert problem.status == 400
    assert problem.type == "urn:luca:problem:malformed-json"
    assert problem.detail == detail


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b'"x"'])
def test_another_document_than_an_object_is_told_so(body: bytes) -> None:
    assert faults(body) == {"": "must be an object"}


def test_names_with_slashes_are_escaped_in_pointers() -> None:
    assert faults({"items": [{"student_id": "s"}], "a/b~c": 1}) == {"/a~1b~0c": "is not known here"}


def test_a_hopeless_body_is_answered_with_the_first_hundred_faults() -> None:
    body = {"items": [{"student_id": "s"}], **{f"f{n}": n for n in range(5000)}}
    assert len(faults(body)) == 100


def test_a_rule_between_fields_speaks_for_itself() -> None:
    class Period(RequestModel, frozen=True, kw_only=True):
        first: int
        last: int

        def __post_init__(self) -> None:
            if self.last < self.first:
                raise ValueError("must end after it begins")

    class Periods(RequestModel, frozen=True, kw_only=True):
        periods: list[Period]

    assert faults({"first": 2, "last": 1}, Period) == {"": "must end after it begins"}
    assert faults({"periods": [{"first": 2, "last": 1}]}, Periods) == {"/periods/0": "must end after it begins"}


class Loose(msgspec.Struct):
    """It would let unknown fields pass."""


class HoldsLoose(RequestModel, frozen=True, kw_only=True):
    inner: list[Loose | None]


class HoldsDecimal(RequestModel, frozen=True, kw_only=True):
    n: Decimal


class HoldsAnything(RequestModel, frozen=True, kw_only=True):
    n: dict[str, Any]


@pytest.mark.parametrize(
    ("model", "reason"),
    [(HoldsLoose, "must be a RequestModel"), (HoldsDecimal, "use ExactNumber"), (HoldsAnything, "use msgspec.Raw")],
)
def test_a_model_that_is_not_strict_is_refused_when_it_is_first_used(model: type, reason: str) -> None:
    with pytest.raises(TypeError, match=reason):
        decode_body(b"{}", model)


class Tree(RequestModel, frozen=True, kw_only=True):
    children: list["Tree"] = msgspec.field(default_factory=list)


def test_a_model_may_hold_itself() -> None:
    assert decode_body(b'{"children": [{}]}', Tree) == Tree(children=[Tree()])
    assert faults({"children": [{"children": 3}]}, Tree) == {"/children/0/children": "must be a list"}


SCORES = st.decimals(min_value=0, max_value=10, places=4)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(SCORES)
def test_every_score_arrives_as_it_was_written(score: Decimal) -> None:
    body = f'{{"items": [{{"student_id": "s", "score": {canonical_text(score)}}}]}}'
    assert decode_body(body.encode(), Bulk).items[0].score == score


@given(
    st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("student_id", "status", "score", "comment", "if_match", "weights", "count", "on", "kind", "é"), JSON_VALUES
        ),
    )
)
def test_whatever_is_sent_is_a_struct_or_names_what_is_wrong(value: dict[str, Any]) -> None:
    for model in (Item, Many):
        try:
            assert isinstance(decode_body(json.dumps(value).encode(), model), model)
        except Problem as problem:
            named = {error.pointer.split("/")[1] for error in problem.errors}
            wrong = problem.status == 422 and bool(named) and named <= {*value, "student_id"}
        else:
            wrong = True
        assert wrong


@given(st.binary(max_size=40))
def test_no_bytes_at_all_are_answered_with_anything_but_a_problem(body: bytes) -> None:
    assert problem_of(body).status in {400, 422}


# --- queries ---------------------------------------------------------------------------------------------------------


class Page(RequestModel, frozen=True, kw_only=True):
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50
    cursor: str | None = None
    term: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9-]{1,9}$")] | None = None
    dry_run: bool = False
    since: date | None = None


def query(text: str) -> web.Request:
    return make_mocked_request("GET", f"/v1/classes?{text}")


def query_faults(text: str) -> dict[str, str]:
    with pytest.raises(Problem) as caught:
        parse_query(query(text), Page)
    assert caught.value.status == 422
    return {error.pointer: error.detail for error in caught.value.errors}


def test_a_query_is_read_by_its_types() -> None:
    assert parse_query(query(""), Page) == Page()
    page = parse_query(query("limit=7&cursor=8&term=2026-Q4&dry_run=true&since=2026-11-24"), Page)
    assert page == Page(limit=7, cursor="8", term="2026-Q4", dry_run=True, since=date(2026, 11, 24))


def test_every_bad_parameter_is_named_at_once() -> None:
    assert query_faults("limit=0&term=q4&dry_run=maybe&since=x&colour=red&cursor=a&cursor=b") == {
        "/limit": "must be between 1 and 200",
        "/term": "must match [A-Z0-9-]{1,9}",
        "/dry_run": "must be true or false",
        "/since": "must be a date like 2026-11-24",
        "/colour": "is not known here",
        "/cursor": "must be given once only",
    }


@pytest.mark.parametrize("limit", ["1e1", "5.0", "", "-0", "9" * 5000])
def test_a_limit_is_a_whole_number(limit: str) -> None:
    assert set(query_faults(f"limit={limit}")) == {"/limit"}


# --- paths, media types ----------------------------------------------------------------------------------------------


class GradePath(RequestModel, frozen=True, kw_only=True):
    class_id: ClassId
    student_id: StudentId


def path(**variables: str) -> web.Request:
    return make_mocked_request("GET", "/x", match_info=variables)


def test_a_paths_ids_are_read() -> None:
    ids = parse_path(path(class_id="c1", student_id="s42"), GradePath)
    assert ids == GradePath(class_id=ClassId("c1"), student_id=StudentId("s42"))


@pytest.mark.parametrize("student_id", ["a#b", "*", "", "a" * 65, "ñ", "s\n", "TENANT#x"])
def test_what_cannot_be_an_id_is_as_unknown_as_any_unknown_id(student_id: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_path(path(class_id="c1", student_id=student_id), GradePath)
    assert caught.value.status == 404


def test_a_schools_id_is_worded_without_the_anchors() -> None:
    class School(RequestModel, frozen=True, kw_only=True):
        school_id: SchoolId

    assert faults({"school_id": "Norte"}, School) == {"/school_id": "must match [a-z0-9][a-z0-9-]{0,62}"}


def with_content_type(value: str | None) -> web.Request:
    return make_mocked_request("PUT", "/x", headers=CIMultiDict({} if value is None else {"Content-Type": value}))


@pytest.mark.parametrize("value", ["application/json", "application/json; charset=UTF-8", "Application/JSON"])
def test_json_is_accepted(value: str) -> None:
    expect_media_type(with_content_type(value), "application/json")


@pytest.mark.parametrize("value", [None, "text/plain", "application/json; charset=latin-1", "application/xml", "*/*"])
def test_another_media_type_is_refused_naming_the_right_one(value: str | None) -> None:
    with pytest.raises(Problem) as caught:
        expect_media_type(with_content_type(value), "application/json")
    assert caught.value.status == 415
    assert caught.value.headers["Accept"] == "application/json"
