import pytest

from luca_local.emulator.iam_conditions import decide

OWN = "TENANT#norte#x"
FOREIGN = "TENANT#sur#x"
PATTERN = "TENANT#${aws:PrincipalTag/school_id}#*"


def tagged(key: str) -> object:
    return {"aws:PrincipalTag/school_id": "norte"}.get(key)


@pytest.mark.parametrize(
    ("operator", "actual", "holds"),
    [
        ("StringLike", OWN, True),
        ("StringLike", FOREIGN, False),
        ("StringLike", None, False),
        ("StringLikeIfExists", None, True),
        ("StringNotLike", OWN, False),
        ("StringNotLike", FOREIGN, True),
        ("StringNotLike", None, True),
        ("ForAllValues:StringLike", [OWN, OWN], True),
        ("ForAllValues:StringLike", [OWN, FOREIGN], False),
        ("ForAllValues:StringLike", None, True),  # the trap that Null is there for
        ("ForAllValues:StringLike", [], True),
        ("ForAnyValue:StringLike", [OWN, FOREIGN], True),
        ("ForAnyValue:StringLike", [FOREIGN], False),
        ("ForAnyValue:StringLike", None, False),
        ("forallvalues:stringlike", [FOREIGN], False),
        ("ForAnyValue:StringNotLike", [OWN, FOREIGN], True),
        ("ForAllValues:StringNotLike", [OWN, FOREIGN], False),
        ("StringLike", [OWN], True),
        ("StringLike", [OWN, OWN], False),  # several values need a set operator
    ],
)
def test_operators_on_patterns(operator: str, actual: object, holds: bool) -> None:
    assert decide(operator, actual, [PATTERN], tagged) is holds


@pytest.mark.parametrize(
    ("operator", "expected", "holds"),
    [
        ("StringEquals", ["sur", "norte"], True),
        ("StringEquals", ["nort*"], False),
        ("StringEquals", ["${aws:PrincipalTag/school_id}"], True),
        ("StringEquals", ["${aws:PrincipalTag/none}"], False),
        ("StringNotEquals", ["${aws:PrincipalTag/none}"], True),
        ("StringNotEquals", ["sur", "norte"], False),
        ("StringEqualsIgnoreCase", ["NORTE"], True),
        ("StringEqualsIgnoreCase", ["${aws:PrincipalTag/school_id}"], True),
        ("StringNotEqualsIgnoreCase", ["NORTE"], False),
    ],
)
def test_operators_on_values(operator: str, expected: list[str], holds: bool) -> None:
    assert decide(operator, "norte", expected, tagged) is holds


@pytest.mark.parametrize("operator", ["ArnEquals", "ArnLike"])
def test_arn_operators_take_wildcards(operator: str) -> None:
    role = "arn:aws:iam::111122223333:role/edge"
    assert decide(operator, role, ["arn:aws:iam::*:role/edge"], tagged)
    assert not decide(operator, role, ["arn:aws:iam::*:role/other"], tagged)


@pytest.mark.parametrize("operator", ["Null", "Bool", "NumericEquals", "IpAddress", "DateLessThan", "NoSuchOperator"])
def test_other_operators_are_left_to_the_emulator(operator: str) -> None:
    assert decide(operator, "x", ["x"], tagged) is None
