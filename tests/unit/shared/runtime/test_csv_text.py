"""CSV that a spreadsheet reads as what it is, and that another program reads back."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.runtime.csv_answers import answer_csv
from luca_shared.runtime.csv_text import csv_text, guarded, unguarded

texts = st.text(st.characters(exclude_categories=["Cs"]))


def read(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(st.lists(st.lists(texts, min_size=1), min_size=1))
def test_any_text_comes_back_as_it_was_but_for_the_guard(rows: list[list[str]]) -> None:
    assert read(csv_text(rows)) == [[guarded(cell) for cell in row] for row in rows]


@given(texts)
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", '=HYPERLINK("http://x";"y")'])
def test_what_could_be_a_formula_gets_an_apostrophe_and_loses_it_again(text: str) -> None:
    ((cell,),) = read(csv_text([[text]]))
    assert cell == "'" + text
    assert unguarded(cell) == text


@pytest.mark.parametrize("text", ["", "Zoë", "O'Higgins", "'", "'til", "a=b", "s-1", "_x"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert guarded(text) == unguarded(text) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(Decimal("8.50"), "8.5"), (Decimal("1E+2"), "100"), (Decimal("-0.5"), "-0.5"), (Decimal(0), "0"), (-3, "-3")],
)
def test_numbers_stay_plain_numbers(number: Decimal | int, text: str) -> None:
    assert csv_text([["x", number]]) == f"x,{text}\r\n"


def test_lines_end_and_quotes_are_as_rfc_4180_says() -> None:
    assert csv_text([["a", None, 'say "hi"'], ["b,c", "d\ne", ""]]) == 'a,,"say ""hi"""\r\n"b,c","d\ne",\r\n'


def test_an_answer_is_a_file_that_nobody_keeps() -> None:
    answer = answer_csv([["name"], ["Zoë"]], filename="roster-7a.csv")
    assert answer.body == b"\xef\xbb\xbf" + "name\r\nZoë\r\n".encode()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="roster-7a.csv"'
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("filename", ["", 'a".csv', "a b.csv", "ä.csv", "a\r\nX: y"])
def test_a_files_name_cannot_break_out_of_its_header(filename: str) -> None:
    with pytest.raises(ValueError, match="goes into a header"):
        answer_csv([["name"]], filename=filename)
