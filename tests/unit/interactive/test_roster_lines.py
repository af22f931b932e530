"""A roster file: as a spreadsheet may have written it, and with every wrong line named by its number in the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_interactive.roster_lines import read_roster
from luca_shared.runtime.csv_text import csv_text

ids = st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True)


def lines(text: str) -> list[tuple[int, str, str]]:
    file = read_roster(text)
    assert file.faults == []
    return [(line.number, line.class_id, line.student_id) for line in file.lines]


def faults(text: str) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.detail) for fault in read_roster(text).faults]


@given(st.lists(st.tuples(ids, ids, st.text(st.characters(exclude_categories=["Cs"])))))
def test_what_is_exported_can_be_imported(rows: list[tuple[str, str, str]]) -> None:
    exported = csv_text([("class_id", "student_id", "name"), *rows])
    assert [line[1:] for line in lines(exported)] == [row[:2] for row in rows]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    file = read_roster(text)
    assert file.faults or "class_id" in text
    file = read_roster("class_id,student_id\n" + text)
    assert all(fault.pointer.split("/")[2].isdigit() for fault in file.faults)


@pytest.mark.parametrize(
    "text",
    [
        "class_id,student_id\nc1,s1\nc2,s2\n",
        "class_id,student_id\r\nc1,s1\r\nc2,s2",
        "class_id,student_id\rc1,s1\rc2,s2\r",
        'class_id,student_id,name\rc1,s1,"a;b"\rc2,s2,\r',
        "class_id;student_id\r\nc1;s1\r\nc2;s2\r\n",
        ' class_id , student_id\r\n"c1",s1\r\n c2 ,"s2"\r\n',
        "class_id,student_id,,\r\nc1,s1,,\r\nc2,s2,,\r\n,,,\r\n",
    ],
)
def test_a_file_is_read_as_spreadsheets_and_editors_write_it(text: str) -> None:
    assert lines(text) == [(2, "c1", "s1"), (3, "c2", "s2")]


def test_columns_are_found_by_their_names_and_lines_counted_as_an_editor_does() -> None:
    text = '\nstudent_id,name,class_id\r\n\r\ns1,"Zoe\r\nMaria",c1\r\ns2,,c2\r\n'
    assert lines(text) == [(4, "c1", "s1"), (6, "c2", "s2")]


@pytest.mark.parametrize("text", ["", "\r\n", "\n\n  \n"])
def test_the_first_line_has_to_be_there(text: str) -> None:
    assert [pointer for pointer, _ in faults(text)] == ["/lines/1/class_id", "/lines/1/student_id"]


def test_a_header_alone_is_a_file_of_nothing() -> None:
    assert lines("class_id,student_id\r\n") == []


@pytest.mark.parametrize(
    ("header", "pointers"),
    [
        ("class_id,name", ["/lines/1/student_id"]),
        ("class_id,student_id,grade", ["/lines/1/grade"]),
        ("class_id,student_id,class_id", ["/lines/1/class_id"]),
        ("class_id,,student_id", ["/lines/1/"]),
        ("c1,s1", ["/lines/1/class_id", "/lines/1/student_id", "/lines/1/c1", "/lines/1/s1"]),
        ("class_id\tstudent_id", ["/lines/1/class_id", "/lines/1/student_id", "/lines/1/class_id\tstudent_id"]),
    ],
)
def test_a_wrong_first_line_is_all_that_is_said(header: str, pointers: list[str]) -> None:
    assert [pointer for pointer, _ in faults(header + "\nc#,s 1\n")] == pointers


def test_every_wrong_line_is_named() -> None:
    text = "class_id,student_id\nc1,s1\nc 1,s1\nc1\n,s 1\nc1,s2,Zoe\nc1,s3\n"
    assert [pointer for pointer, _ in faults(text)] == [
        "/lines/3/class_id",
        "/lines/4/student_id",
        "/lines/5/class_id",
        "/lines/5/student_id",
        "/lines/6",
    ]
    assert [line.number for line in read_roster(text).lines] == [2, 7]


@pytest.mark.parametrize("bad", ['c1,"s2', 'c1,"s2"x', "c1," + "x" * 200_000])
def test_a_line_that_is_no_csv_ends_the_reading_and_is_named(bad: str) -> None:
    file = read_roster(f"class_id,student_id\nc1,s1\nc1,s 1\n{bad}\nc1,s3\n")
    assert [fault.pointer for fault in file.faults] == ["/lines/3/student_id", "/lines/4"]
    assert [line.number for line in file.lines] == [2]
