"""CSV (RFC 4180) that spreadsheets read as what it is: texts as texts, numbers as numbers, and nothing as a formula."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final, TypeAlias

from luca_shared.runtime.exact_numbers import canonical_text

CSV: Final = "text/csv"

Cell: TypeAlias = str | int | Decimal | None

# OWASP, "CSV Injection": a cell that begins so is a formula to Excel and others, and a name can be anything.
_FORMULA = re.compile(r"[=+\-@\t\r\n]")


def csv_text(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as CSV, lines ended by CR LF; None is an empty cell.

    Raises:
        ValueError: a number is infinite or none at all.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([_printed(cell) for cell in row] for row in rows)
    return text.getvalue()


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: before what could be one comes an apostrophe."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    """Return the text that was guarded, so that what was exported can be imported again."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text


def _printed(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case str():
            return guarded(cell)
        case int():
            return str(cell)
        case Decimal():
            return canonical_text(cell)
