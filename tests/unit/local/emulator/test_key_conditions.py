from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.emulator.key_conditions import UnreadableError, equalities

OWN = {"S": "TENANT#norte#x"}
SORT = {"S": "GRADE#"}


def query(expression: str, **values: Any) -> dict[str, Any]:
    return {
        "KeyConditionExpression": expression,
        "ExpressionAttributeNames": {"#p": "pk", "#s": "sk"},
        "ExpressionAttributeValues": {f":{name}": value for name, value in {"p": OWN, "s": SORT, **values}.items()},
    }


@pytest.mark.parametrize(
    "expression",
    [
        "pk = :p",
        "#p = :p",
        ":p = pk",
        "(pk = :p)",
        "  pk=:p  ",
        "pk = :p AND begins_with(sk, :s)",
        "begins_with(#s, :s) and #p = :p",
        "pk = :p AND sk BETWEEN :s AND :s",
        "(sk between :s and :s) AND (:p = #p)",
        "pk = :p AND sk >= :s",
        "pk = :p AND :s < sk",
        "pk = :p AND begins_with ( sk , :s )",
    ],
)
def test_the_partition_is_found_however_it_is_written(expression: str) -> None:
    assert [value for name, value in equalities(query(expression)) if name == "pk"] == [OWN]


def test_an_equality_of_the_sort_key_is_one_too() -> None:
    assert equalities(query("sk = :s AND pk = :p")) == [("sk", SORT), ("pk", OWN)]


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "pk",
        "pk =",
        "pk = :other",
        "#none = :p",
        "pk = pk",
        ":p = :p",
        "pk = :p OR pk = :s",
        "NOT pk = :p",
        "pk <> :p",
        "pk = :p AND",
        "pk = :p)",
        "(pk = :p",
        "pk = :p sk = :s",
        "pk IN (:p, :s)",
        "contains(pk, :p)",
        "pk = 'TENANT#norte#x'",
        "pk = :p; sk = :s",
        "begins_with(pk :p)",
        "sk BETWEEN :s OR :s",
    ],
)
def test_what_is_no_key_condition_is_refused(expression: str) -> None:
    with pytest.raises(UnreadableError):
        equalities(query(expression))


def test_the_legacy_form_is_read() -> None:
    conditions = {
        "pk": {"ComparisonOperator": "EQ", "AttributeValueList": [OWN]},
        "sk": {"ComparisonOperator": "BEGINS_WITH", "AttributeValueList": [SORT]},
    }
    assert equalities({"KeyConditions": conditions}) == [("pk", OWN)]


def test_one_form_or_the_other() -> None:
    with pytest.raises(UnreadableError):
        equalities({})
    with pytest.raises(UnreadableError):
        equalities(query("pk = :p") | {"KeyConditions": {}})


@given(
    spaces=st.lists(st.sampled_from(["", " ", "\t", "\n "]), min_size=4, max_size=4),
    name=st.sampled_from(["pk", "#p"]),
    flipped=st.booleans(),
    parenthesised=st.booleans(),
    rest=st.sampled_from(["", "begins_with(sk,:s)", "sk between :s and :s", ":s>=#s"]),
    first=st.booleans(),
)
def test_spelling_changes_nothing(
    spaces: list[str], name: str, flipped: bool, parenthesised: bool, rest: str, first: bool
) -> None:
    left, right = (":p", name) if flipped else (name, ":p")
    equality = f"{left}{spaces[0]}={spaces[1]}{right}"
    if parenthesised:
        equality = f"({spaces[2]}{equality}{spaces[3]})"
    clauses = [clause for clause in ([equality, rest] if first else [rest, equality]) if clause]
    assert ("pk", OWN) in equalities(query(" AND ".join(clauses)))
