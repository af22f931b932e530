"""Cursors: a position there and back, and nothing else."""

from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_interactive.cursors import cursor_at, position_of
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId, StudentId, Term

CONTEXT: Final = TenantContext.of_directory(SchoolId("norte"), "test")
RANGE: Final = keys.grades_of_student(CONTEXT, StudentId("s1"), Term("2026-Q4"))

ids = st.text("abcXYZ019_-", min_size=1, max_size=64)


@given(ids, ids)
def test_a_position_comes_back(class_id: str, assessment_id: str) -> None:
    position = f"GRADE#2026-Q4#{class_id}#{assessment_id}"
    assert position_of(cursor_at(position), RANGE) == position


@given(ids)
def test_a_cursor_needs_no_escaping_and_names_no_school(class_id: str) -> None:
    cursor = cursor_at(f"GRADE#2026-Q4#{class_id}#a1")
    assert cursor.replace("-", "").replace("_", "").isalnum()
    assert "norte" not in position_of(cursor, RANGE)


@given(st.text(max_size=100))
def test_whatever_else_is_refused(text: str) -> None:
    with pytest.raises(Problem) as refused:
        position_of(text, RANGE)
    assert refused.value.status == 422
    assert [error.pointer for error in refused.value.errors] == ["/cursor"]


@pytest.mark.parametrize(
    "position", ["GRADE#2026-Q3#c1#a1", "GRADEV#2026-Q4#c1#a1#00000001", "PROFILE", "TENANT#norte-2#STUDENT#s1", " "]
)
def test_a_position_of_another_range_is_refused(position: str) -> None:
    with pytest.raises(Problem):
        position_of(cursor_at(position), RANGE)
