import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.emulator.iam_patterns import filled, is_like, without_variables

plain = st.text(st.characters(exclude_characters="*?$", exclude_categories=["Cs"]))
TAGS = {"aws:PrincipalTag/school_id": "norte", "aws:TagKeys": ["a", "b"]}


def tagged(key: str) -> object:
    return TAGS.get(key)


@pytest.mark.parametrize(
    ("value", "pattern", "matches"),
    [
        ("TENANT#norte#STUDENT#s1", "TENANT#${aws:PrincipalTag/school_id}#*", True),
        ("TENANT#norte-2#STUDENT#s1", "TENANT#${aws:PrincipalTag/school_id}#*", False),
        ("TENANT#norte-2#STUDENT#s1", "TENANT#${aws:PrincipalTag/school_id}*", True),
        ("TENANT#norte#\nx", "TENANT#${aws:PrincipalTag/school_id}#*", True),
        ("TENANT#norte#", "TENANT#${ aws:PrincipalTag/school_id }#*", True),
        ("TENANT#NORTE#x", "TENANT#${aws:PrincipalTag/school_id}#*", False),
        ("a", "?", True),
        ("ab", "?", False),
        ("", "*", True),
        ("a.c", "a.c", True),
        ("abc", "a.c", False),
    ],
)
def test_wildcards_and_variables(value: str, pattern: str, matches: bool) -> None:
    assert is_like(value, pattern, tagged) is matches


@pytest.mark.parametrize("variable", ["aws:PrincipalTag/other", "aws:TagKeys"])
def test_a_variable_without_one_value_matches_nothing(variable: str) -> None:
    assert not is_like("TENANT##x", f"TENANT#${{{variable}}}#*", tagged)
    assert filled(f"x${{{variable}}}", tagged) is None


def test_a_default_stands_in_for_a_missing_value() -> None:
    assert is_like("none/x", "${aws:PrincipalTag/other, 'none'}/*", tagged)
    assert is_like("norte/x", "${aws:PrincipalTag/school_id, 'none'}/*", tagged)
    assert not is_like("none/x", "${aws:PrincipalTag/school_id, 'none'}/*", tagged)


@pytest.mark.parametrize("character", ["*", "?", "$"])
def test_a_wildcard_in_braces_is_the_character(character: str) -> None:
    assert is_like(f"a{character}b", f"a${{{character}}}b", tagged)
    assert not is_like("axb", f"a${{{character}}}b", tagged)
    assert filled(f"${{{character}}}", tagged) == character


def test_equality_takes_wildcards_for_characters() -> None:
    assert filled("a*-${aws:PrincipalTag/school_id}?", tagged) == "a*-norte?"


def test_the_wildcards_of_an_arn_stay_within_its_parts() -> None:
    role = "arn:aws:iam::111122223333:role/edge"
    assert is_like(role, "arn:aws:iam::*:role/edge", tagged, arn=True)
    assert is_like(role, "arn:*:iam::111122223333:role/*", tagged, arn=True)
    assert not is_like(role, "arn:*:role/edge", tagged, arn=True)
    assert is_like(role, "arn:*:role/edge", tagged)


@given(before=plain, value=st.text(), after=plain)
def test_a_variable_is_exactly_its_value(before: str, value: str, after: str) -> None:
    pattern = f"{before}${{key}}{after}"
    assert is_like(before + value + after, pattern, lambda _key: value)
    assert not is_like(before + value + "x" + after, pattern, lambda _key: value)


@given(text=st.text(st.sampled_from("ab${}*?,' ")))
def test_a_document_without_variables_means_its_text(text: str) -> None:
    assert filled(without_variables(text), lambda _key: "a value") == text
