"""Ids: what they are made of is checked once, and what is refused is never repeated."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.tenancy.ids import (
    AssessmentId,
    ClassId,
    EventId,
    InvalidId,
    PersonId,
    SchoolId,
    StudentId,
    Subject,
    Term,
    parse_id,
)

OPAQUE = [AssessmentId, ClassId, EventId, PersonId, StudentId, Subject, Term]


@given(text=st.text(max_size=80) | st.from_regex(r"[a-z0-9-]{0,70}", fullmatch=True))
def test_a_school_id_is_what_the_contract_says(text: str) -> None:
    allowed = re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", text) is not None
    try:
        assert parse_id(SchoolId, text) == text
        assert allowed
    except InvalidId:
        assert not allowed


@pytest.mark.parametrize("kind", OPAQUE)
@given(text=st.text(max_size=80) | st.from_regex(r"[A-Za-z0-9_-]{0,70}", fullmatch=True))
def test_every_other_id_is_what_the_contract_says(kind: Callable[[str], str], text: str) -> None:
    allowed = re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text) is not None
    try:
        assert parse_id(kind, text) == text
        assert allowed
    except InvalidId:
        assert not allowed


@pytest.mark.parametrize("value", [None, 5, 5.0, True, b"norte", ["norte"], {"norte": 1}, "norte\n", "\u0430bc"])
def test_what_is_no_text_or_only_looks_like_an_id_is_none(value: object) -> None:
    with pytest.raises(InvalidId) as refusal:
        parse_id(SchoolId, value)
    assert str(refusal.value) == "not a valid SchoolId"
    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
