"""What a roster file says, line by line, as a spreadsheet may have written it.

The first line names the columns, of which `class_id` and `student_id` must be there. `name` may be, as the export has
it, and is not read. Cells are parted by commas, or by semicolons, as where a decimal comma is written.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from luca_shared.runtime.csv_text import unguarded
from luca_shared.runtime.problems import ErrorDetail, pointer
from luca_shared.tenancy.ids import ClassId, InvalidId, StudentId, parse_id

REQUIRED: Final = ("class_id", "student_id")
_IGNORED: Final = ("name",)

Id = TypeVar("Id", ClassId, StudentId)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """That a student takes a class; `number` is the line's in the file, from 1."""

    number: int
    class_id: ClassId
    student_id: StudentId


@dataclass(frozen=True, slots=True)
class RosterFile:
    """The lines that can be read, and what is wrong with the others."""

    lines: list[RosterLine]
    faults: list[ErrorDetail]


def read_roster(text: str) -> RosterFile:
    """Read a roster file; raises nothing, whatever it is."""
    lines: list[RosterLine] = []
    faults: list[ErrorDetail] = []
    columns: Mapping[str, int] | None = None
    try:
        for number, cells in _records(text):
            if columns is None:
                columns = {cell: index for index, cell in enumerate(cells)}
                faults += _faults_of_header(number, cells)
                if faults:
                    break
            else:
                _read_line(number, cells, columns, lines, faults)
    except _Unreadable as unreadable:
        faults.append(ErrorDetail(pointer("lines", unreadable.number), "is no CSV: its quotes don't match"))
    if columns is None and not faults:
        faults += _faults_of_header(1, ())
    return RosterFile(lines, faults)


class _Unreadable(Exception):
    """From this line on, nobody can tell where cells begin and end."""

    def __init__(self, number: int) -> None:
        self.number = number


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that hold anything, each with the number of the line that it begins in."""
    source = io.StringIO(text, newline="")  # line ends within quotes stay as they are
    header = next(iter(text.lstrip().splitlines()), "")
    reader = csv.reader(source, delimiter=";" if ";" in header else ",", strict=True)
    while True:
        number = reader.line_num + 1
        try:
            record = next(reader, None)
        except csv.Error:
            raise _Unreadable(number) from None
        if record is None:
            return
        cells = [unguarded(cell.strip()) for cell in record]
        while cells and not cells[-1]:  # spreadsheets fill lines up
            cells.pop()
        if cells:
            yield number, cells


def _faults_of_header(number: int, cells: Sequence[str]) -> list[ErrorDetail]:
    known = (*REQUIRED, *_IGNORED)
    faults = [
        ErrorDetail(pointer("lines", number, name), "is required as a column's name in the first line")
        for name in REQUIRED
        if name not in cells
    ]
    for index, cell in enumerate(cells):
        if cell not in known:
            faults.append(ErrorDetail(pointer("lines", number, cell), f"is no column; there are {', '.join(known)}"))
        elif cell in cells[:index]:
            faults.append(ErrorDetail(pointer("lines", number, cell), "must be given once only"))
    return faults


def _read_line(
    number: int,
    cells: Sequence[str],
    columns: Mapping[str, int],
    lines: list[RosterLine],
    faults: list[ErrorDetail],
) -> None:
    if len(cells) > len(columns):
        faults.append(ErrorDetail(pointer("lines", number), "has more cells than the first line"))
        return
    before = len(faults)

    def cell(kind: Callable[[str], Id], name: str) -> Id | None:
        index = columns[name]
        try:
            return parse_id(kind, cells[index] if index < len(cells) else "")
        except InvalidId:
            faults.append(ErrorDetail(pointer("lines", number, name), "must be 1 to 64 letters, digits, _ or -"))
            return None

    class_id, student_id = cell(ClassId, "class_id"), cell(StudentId, "student_id")
    if len(faults) == before and class_id is not None and student_id is not None:
        lines.append(RosterLine(number, class_id, student_id))
