"""Grading: the contract's examples, and what holds whatever the grades are."""

import math
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_interactive.grading import Mark, Result, Scale
from luca_shared.records.grade import GradeStatus
from luca_shared.records.rules import Category, Rounding, Rules
from luca_shared.runtime.exact_numbers import canonical_text
from luca_shared.tenancy.ids import Subject


def average(rules: Rules, marks: list[Mark]) -> Result:
    return Scale(rules).average(marks)


def result_of_mark(rules: Rules, mark: Mark) -> Result:
    return Scale(rules).of_mark(mark)


RULES = Rules(
    subject=Subject("math"),
    version=1,
    categories={"exam": Category(weight=Decimal(60)), "homework": Category(weight=Decimal(40), drop_lowest=1)},
    letters={"A": Decimal(90), "B": Decimal(80), "C": Decimal(60)},
    passing=Decimal(60),
    missing_as_zero=True,
    late_penalty_percent=Decimal(10),
    rounding=Rounding.HALF_UP,
    decimals=1,
)
HALF_EVEN = msgspec.structs.replace(RULES, rounding=Rounding.HALF_EVEN)
FLOOR = msgspec.structs.replace(RULES, rounding=Rounding.FLOOR, decimals=0)
MISSING_IGNORED = msgspec.structs.replace(RULES, missing_as_zero=False)


def mark(category: str, score: str | None, maximum: str = "10", status: str = "scored") -> Mark:
    return Mark(category, GradeStatus(status), None if score is None else Decimal(score), Decimal(maximum))


def exam(score: str | None, maximum: str = "10", status: str = "scored") -> Mark:
    return mark("exam", score, maximum, status)


def homework(score: str | None, maximum: str = "10", status: str = "scored") -> Mark:
    return mark("homework", score, maximum, status)


@pytest.mark.parametrize(
    ("rules", "marks", "expected"),
    [
        (RULES, [exam("8"), homework("9"), homework("5")], "84.0"),
        (RULES, [exam("8")], "80.0"),
        (RULES, [exam("7"), exam(None, status="missing"), homework("10")], "61.0"),
        (MISSING_IGNORED, [exam("7"), exam(None, status="missing"), homework("10")], "82.0"),
        (RULES, [exam("9", status="late"), homework(None, status="excused")], "81.0"),
        (RULES, [exam("85.25", "100"), homework("85.25", "100"), homework("85.25", "100")], "85.3"),
        (HALF_EVEN, [exam("85.25", "100"), homework("85.25", "100")], "85.2"),
        (FLOOR, [exam("59.9", "60")], "99"),
        (RULES, [homework("4"), homework("6"), homework("10", status="late")], "75.0"),
        (RULES, [exam(None, status="excused")], None),
    ],
)
def test_the_contracts_examples(rules: Rules, marks: list[Mark], expected: str | None) -> None:
    result = average(rules, marks)
    assert result.percent == (None if expected is None else Decimal(expected))


def test_a_percent_is_rounded_and_lettered_as_it_is_shown() -> None:
    assert result_of_mark(RULES, exam("8.995")) == Result(Decimal("90.0"), "A")
    assert result_of_mark(FLOOR, exam("8.995")) == Result(Decimal(89), "B")


@pytest.mark.parametrize(("score", "letter"), [("9", "A"), ("8.9949", "B"), ("6", "C"), ("5.9949", None), ("10", "A")])
def test_a_letter_is_reached_at_its_bound_as_rounded(score: str, letter: str | None) -> None:
    assert result_of_mark(RULES, exam(score)).letter == letter
    assert average(RULES, [exam(score)]).letter == letter


def test_rules_without_letters_give_none() -> None:
    assert average(msgspec.structs.replace(RULES, letters={}), [exam("9")]) == Result(Decimal("90.0"), None)


def test_a_missing_one_that_counts_as_zero_is_the_first_to_be_dropped() -> None:
    missing = homework(None, status="missing")
    assert average(RULES, [homework("8"), missing]).percent == Decimal("80.0")
    assert average(RULES, [missing]).percent == Decimal("0.0")
    assert average(MISSING_IGNORED, [missing]) == Result(None, None)


def test_dropping_comes_after_the_late_penalty() -> None:
    assert average(RULES, [homework("10", status="late"), homework("9.1")]).percent == Decimal("91.0")


def test_the_weight_of_a_category_that_has_nothing_goes_to_the_others() -> None:
    rules = msgspec.structs.replace(
        RULES,
        categories={
            name: Category(weight=Decimal(weight)) for name, weight in {"exam": 60, "homework": 30, "c": 10}.items()
        },
    )
    assert average(rules, [exam("9"), homework("6")]).percent == Decimal("80.0")  # (60 * 90 + 30 * 60) / 90


def test_a_percent_below_every_bound_has_no_letter() -> None:
    assert result_of_mark(RULES, exam("5.9")) == Result(Decimal("59.0"), None)


@pytest.mark.parametrize("status", ["missing", "incomplete", "excused"])
def test_a_grade_without_a_score_has_no_percent(status: str) -> None:
    assert result_of_mark(RULES, exam(None, status=status)) == Result(None, None)


def test_the_late_penalty_is_a_share_of_what_was_reached() -> None:
    assert result_of_mark(RULES, exam("5", status="late")).percent == Decimal("45.0")


def test_an_average_is_made_of_exact_percents_not_of_rounded_ones() -> None:
    thirds = [exam("1", "3"), exam("1", "3"), exam("1", "3")]
    rules = msgspec.structs.replace(RULES, decimals=0, rounding=Rounding.HALF_UP)
    assert average(rules, [*thirds, exam("1.0001", "3")]).percent == Decimal(33)
    assert average(msgspec.structs.replace(FLOOR, decimals=2), thirds * 3).percent == Decimal("33.33")


def test_a_category_that_the_rules_do_not_know_has_no_weight() -> None:
    assert average(RULES, [exam("8"), mark("bonus", "1")]) == average(RULES, [exam("8")])
    assert average(RULES, [mark("bonus", "1")]) == Result(None, None)


def test_a_category_without_weight_does_not_count_alone() -> None:
    rules = msgspec.structs.replace(RULES, categories={"exam": Category(weight=Decimal(0))})
    assert average(rules, [exam("8")]) == Result(None, None)


def test_no_more_is_dropped_than_leaves_something() -> None:
    rules = msgspec.structs.replace(RULES, categories={"homework": Category(weight=Decimal(1), drop_lowest=2)})
    assert average(rules, [homework("4"), homework("6")]).percent == Decimal("50.0")
    assert average(rules, [homework("4"), homework("6"), homework("9")]).percent == Decimal("90.0")


scores = st.decimals(min_value=0, max_value=20, places=4, allow_nan=False)
marks_of_scores = st.builds(
    lambda category, score, late: Mark(category, GradeStatus.LATE if late else GradeStatus.SCORED, score, Decimal(20)),
    st.sampled_from(["exam", "homework"]),
    scores,
    st.booleans(),
)
marks_of_all_kinds = marks_of_scores | st.builds(
    lambda category, status: Mark(category, status, None, Decimal(20)),
    st.sampled_from(["exam", "homework", "unknown"]),
    st.sampled_from([GradeStatus.MISSING, GradeStatus.INCOMPLETE, GradeStatus.EXCUSED]),
)
rules_of_all_kinds = st.builds(
    lambda rounding, decimals, missing, late, exam_weight, homework_weight, drop: msgspec.structs.replace(
        RULES,
        rounding=rounding,
        decimals=decimals,
        missing_as_zero=missing,
        late_penalty_percent=late,
        categories={
            "exam": Category(weight=exam_weight),
            "homework": Category(weight=homework_weight, drop_lowest=drop),
        },
    ),
    st.sampled_from(Rounding),
    st.integers(0, 2),
    st.booleans(),
    st.decimals(0, 100, places=2),
    st.decimals(1, 100, places=2),
    st.decimals(1, 100, places=2),
    st.integers(0, 3),
)


def percent_of(result: Result) -> Decimal:
    assert result.percent is not None
    return result.percent


def bound_of(rules: Rules, result: Result) -> Decimal:
    return Decimal(-1) if result.letter is None else rules.letters[result.letter]


@given(rules_of_all_kinds, st.lists(marks_of_all_kinds, max_size=12), st.randoms())
def test_the_order_of_the_grades_does_not_matter(rules: Rules, marks: list[Mark], chance: object) -> None:
    shuffled = list(marks)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis's own Random
    assert average(rules, shuffled) == average(rules, marks)


@given(rules_of_all_kinds, st.lists(marks_of_all_kinds, max_size=12))
def test_an_average_lies_between_0_and_100_with_the_decimals_of_the_rules(rules: Rules, marks: list[Mark]) -> None:
    percent = average(rules, marks).percent
    if percent is not None:
        assert 0 <= percent <= 100
        assert percent == round(percent, rules.decimals)


@given(rules_of_all_kinds, marks_of_scores, st.lists(marks_of_all_kinds, max_size=12), st.data())
def test_a_better_score_never_makes_a_worse_average(
    rules: Rules, old: Mark, others: list[Mark], data: st.DataObject
) -> None:
    assert old.score is not None
    better = Mark(old.category, old.status, data.draw(st.decimals(old.score, 20, places=4)), old.max_score)
    before, after = average(rules, [old, *others]), average(rules, [better, *others])
    assert before.percent is not None
    assert after.percent is not None
    assert after.percent >= before.percent
    assert bound_of(rules, after) >= bound_of(rules, before)


@given(rules_of_all_kinds, scores, st.lists(marks_of_all_kinds, max_size=12))
def test_being_in_time_never_makes_a_worse_average_than_being_late(
    rules: Rules, score: Decimal, others: list[Mark]
) -> None:
    late, in_time = exam(str(score), "20", "late"), exam(str(score), "20")
    assert percent_of(average(rules, [in_time, *others])) >= percent_of(average(rules, [late, *others]))


@given(rules_of_all_kinds, marks_of_scores, st.lists(marks_of_all_kinds, max_size=12))
def test_any_score_is_at_least_as_good_as_a_missing_one_that_counts(
    rules: Rules, scored: Mark, others: list[Mark]
) -> None:
    rules = msgspec.structs.replace(rules, missing_as_zero=True)
    missing = mark(scored.category, None, "20", "missing")
    assert percent_of(average(rules, [scored, *others])) >= percent_of(average(rules, [missing, *others]))


@given(rules_of_all_kinds, st.lists(marks_of_scores, min_size=1, max_size=12))
def test_an_average_lies_between_the_worst_and_the_best(rules: Rules, marks: list[Mark]) -> None:
    each = [percent_of(result_of_mark(rules, one)) for one in marks]
    assert min(each) <= percent_of(average(rules, marks)) <= max(each)


@given(rules_of_all_kinds, st.lists(marks_of_all_kinds, max_size=12))
def test_a_letter_is_that_of_the_highest_bound_reached(rules: Rules, marks: list[Mark]) -> None:
    result = average(rules, marks)
    if result.percent is None:
        assert result.letter is None
    else:
        reached = {bound for bound in rules.letters.values() if bound <= result.percent}
        assert bound_of(rules, result) == max(reached, default=Decimal(-1))


@given(rules_of_all_kinds, st.lists(marks_of_scores, min_size=1, max_size=8))
def test_rounding_down_never_gives_more_and_never_a_whole_step_less(rules: Rules, marks: list[Mark]) -> None:
    exact, floor = (
        percent_of(average(msgspec.structs.replace(rules, rounding=rounding), marks))
        for rounding in (Rounding.HALF_UP, Rounding.FLOOR)
    )
    assert 0 <= exact - floor <= Decimal(1).scaleb(-rules.decimals)


@given(rules_of_all_kinds, marks_of_all_kinds, st.sampled_from(["exam", "homework"]))
def test_the_average_of_one_is_what_is_stored_of_it(rules: Rules, one: Mark, category: str) -> None:
    one = Mark(category, one.status, one.score, one.max_score)
    if one.status.has_score:
        assert average(rules, [one]) == result_of_mark(rules, one)


@given(rules_of_all_kinds, st.lists(marks_of_all_kinds, max_size=12), st.integers(1, 50))
def test_only_the_proportion_of_the_weights_matters(rules: Rules, marks: list[Mark], factor: int) -> None:
    scaled = {
        name: Category(weight=each.weight * factor, drop_lowest=each.drop_lowest)
        for name, each in rules.categories.items()
    }
    assert average(msgspec.structs.replace(rules, categories=scaled), marks) == average(rules, marks)


@given(rules_of_all_kinds, st.lists(marks_of_all_kinds, max_size=12))
def test_what_does_not_count_changes_nothing(rules: Rules, marks: list[Mark]) -> None:
    extra = [exam(None, status="excused"), homework(None, status="incomplete")]
    assert average(rules, [*marks, *extra]) == average(rules, marks)


@given(rules_of_all_kinds, scores)
def test_one_grade_is_rounded_as_decimal_arithmetic_rounds(rules: Rules, score: Decimal) -> None:
    """A percent of a score out of 20 is a finite decimal, so `decimal` can check the fractions."""
    modes = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN, Rounding.FLOOR: ROUND_FLOOR}
    quantum = Decimal(1).scaleb(-rules.decimals)
    expected = (score * 5).quantize(quantum, modes[rules.rounding], Context(prec=50))
    assert result_of_mark(rules, exam(str(score), "20")).percent == expected


@given(rules_of_all_kinds, st.lists(marks_of_all_kinds, max_size=12))
def test_a_percent_is_in_the_form_in_which_it_is_printed(rules: Rules, marks: list[Mark]) -> None:
    percent = average(rules, marks).percent
    assert percent is None or str(percent) == canonical_text(percent)


def plain_percent(rules: Rules, mark: Mark) -> Fraction | None:
    if mark.score is None:
        return Fraction(0) if mark.status is GradeStatus.MISSING and rules.missing_as_zero else None
    percent = Fraction(mark.score) / Fraction(mark.max_score) * 100
    return percent * (100 - Fraction(rules.late_penalty_percent)) / 100 if mark.status is GradeStatus.LATE else percent


def plain_result(rules: Rules, exact: Fraction | None) -> Result:
    if exact is None:
        return Result(None, None)
    steps = exact * 10**rules.decimals
    whole = {
        Rounding.HALF_UP: math.floor(steps + Fraction(1, 2)),
        Rounding.HALF_EVEN: round(steps),  # a Fraction rounds exactly, and half to even
        Rounding.FLOOR: math.floor(steps),
    }[rules.rounding]
    percent = Decimal(whole) / 10**rules.decimals
    reached = [letter for letter, bound in rules.letters.items() if bound <= percent]
    return Result(percent, max(reached, key=lambda letter: rules.letters[letter], default=None))


def plain_average(rules: Rules, marks: list[Mark]) -> Result:
    weighted, weights = Fraction(0), Fraction(0)
    for name, category in rules.categories.items():
        found = [plain_percent(rules, mark) for mark in marks if mark.category == name]
        percents = sorted(percent for percent in found if percent is not None)
        if percents:
            kept = percents[category.drop_lowest :] or percents
            weighted += Fraction(category.weight) * sum(kept) / len(kept)
            weights += Fraction(category.weight)
    return plain_result(rules, weighted / weights if weights else None)


def scored_marks(category: str, numbers: tuple[Decimal, Decimal], late: bool) -> Mark:
    return Mark(category, GradeStatus.LATE if late else GradeStatus.SCORED, min(numbers), max(numbers))


# Few decimals as well as all of them: numbers that are simple meet in halves, and on the bounds of letters.
reachable = st.integers(1, 40).map(Decimal) | st.decimals("0.0001", 10_000, places=4)
weights_of_all_kinds = st.sampled_from([Decimal(0), Decimal(50)]) | st.decimals(0, 100, places=4)
marks_of_all_sizes = (
    st.builds(
        scored_marks, st.sampled_from(["exam", "homework", "unknown"]), st.tuples(reachable, reachable), st.booleans()
    )
    | marks_of_all_kinds
)
rules_of_all_weights = st.builds(
    lambda rules, late, weights, drops, letters: msgspec.structs.replace(
        rules,
        late_penalty_percent=late,
        categories={
            name: Category(weight=weight, drop_lowest=drop)
            for name, weight, drop in zip(["exam", "homework"], weights, drops, strict=True)
        },
        letters=letters,
    ),
    rules_of_all_kinds,
    st.sampled_from([Decimal(0), Decimal(50), Decimal(100)]) | st.decimals(0, 100, places=4),
    st.tuples(weights_of_all_kinds, weights_of_all_kinds),
    st.tuples(st.integers(0, 3), st.integers(0, 3)),
    st.lists(st.integers(0, 100).map(Decimal), unique=True, max_size=6).map(
        lambda bounds: dict(zip("FCADBE", bounds, strict=False))
    ),
)


@given(rules_of_all_weights, st.lists(marks_of_all_sizes, max_size=8))
def test_an_average_is_that_of_its_plain_definition(rules: Rules, marks: list[Mark]) -> None:
    assert average(rules, marks) == plain_average(rules, marks)


@given(rules_of_all_weights, marks_of_all_sizes)
def test_what_is_stored_of_a_grade_is_that_of_its_plain_definition(rules: Rules, one: Mark) -> None:
    exact = plain_percent(rules, one) if one.status.has_score else None
    assert result_of_mark(rules, one) == plain_result(rules, exact)


@pytest.mark.parametrize("rounding", Rounding)
@given(twice=st.integers(0, 20_000), decimals=st.integers(0, 2))
def test_halves_are_rounded_as_the_plain_definition_rounds_them(rounding: Rounding, twice: int, decimals: int) -> None:
    rules = msgspec.structs.replace(RULES, rounding=rounding, decimals=decimals)
    one = exam(str(twice), str(200 * 10**decimals))  # each half of the last decimal, and what lies between
    assert average(rules, [one]) == plain_result(rules, Fraction(twice, 2 * 10**decimals))
