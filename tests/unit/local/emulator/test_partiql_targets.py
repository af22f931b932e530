from typing import Any

import pytest

from luca_local.emulator.partiql_targets import target

# The trees that ministack's parser makes.
PK, SK = ("path", ["pk"], 0, 2), ("path", ["sk"], 0, 2)
A, B = {"S": "a"}, {"S": "b"}


def is_(attribute: Any, value: Any) -> tuple[Any, ...]:
    return ("cmp", "=", attribute, ("lit", value, "param"))


def select(where: Any, **other: Any) -> dict[str, Any]:
    return {"op": "SELECT", "table": "luca", "index": None, "where": where, **other}


@pytest.mark.parametrize(
    ("where", "bound"),
    [
        (None, None),
        (is_(PK, A), [A]),
        (("cmp", "=", ("lit", A, "param"), PK), [A]),
        (is_(SK, A), None),
        (("cmp", ">", PK, ("lit", A, "param")), None),
        (("cmp", "=", PK, SK), None),
        (("cmp", "=", ("path", ["pk", "a"], 0, 2), ("lit", A, "param")), None),
        (("and", is_(PK, A), is_(SK, B)), [A]),
        (("and", is_(SK, B), is_(PK, A)), [A]),
        (("and", is_(PK, A), is_(PK, B)), [A, B]),
        (("or", is_(PK, A), is_(PK, B)), [A, B]),
        (("or", is_(PK, A), is_(SK, B)), None),
        (("or", ("and", is_(PK, A), is_(SK, A)), is_(PK, B)), [A, B]),
        (("and", ("or", is_(SK, A), is_(SK, B)), is_(PK, A)), [A]),
        (("not", is_(PK, A)), None),
        (("in", PK, ("options", [("lit", A, "str"), ("lit", B, "str")])), [A, B]),
        (("in", PK, ("options", [("lit", A, "str"), SK])), None),
        (("in", PK, ("lit", {"L": [A, B]}, "param")), [A, B]),
        (("call", "begins_with", [PK, ("lit", A, "str")], None), None),
    ],
)
def test_what_a_condition_binds_the_partition_key_to(where: Any, bound: list[Any] | None) -> None:
    assert target(select(where)).partitions("pk") == bound


def test_an_index_has_a_partition_key_of_its_own() -> None:
    statement = target(select(is_(SK, A), index="by_sk"))
    assert (statement.index, statement.partitions("sk"), statement.partitions("pk")) == ("by_sk", [A], None)


@pytest.mark.parametrize("item", [{"pk": A, "sk": B}, {"M": {"pk": A, "sk": B}}])
def test_an_insert_names_its_items_key(item: dict[str, Any]) -> None:
    statement = target({"op": "INSERT", "table": "luca", "index": None, "item": item})
    assert statement.partitions("pk") == [A]
    assert statement.action == "dynamodb:PartiQLInsert"


def test_the_select_inside_an_exists_counts() -> None:
    statement = target({"op": "EXISTS", "table": "luca", "index": None, "select": select(is_(PK, A))})
    assert (statement.action, statement.reads, statement.partitions("pk")) == ("dynamodb:PartiQLSelect", True, [A])
