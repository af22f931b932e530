"""How answers become CSV: a file to save, as spreadsheets open it."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from aiohttp import web

from luca_shared.runtime.csv_text import CSV, Cell, csv_text

_BOM: Final = "\ufeff"  # without it, Excel takes UTF-8 for the machine's own code page
_FILE_NAME: Final = re.compile(r"[A-Za-z0-9_.-]+")


def answer_csv(rows: Iterable[Sequence[Cell]], *, filename: str) -> web.Response:
    """An answer with personal data as a CSV file: no cache may keep it. The first row names the columns.

    Raises:
        ValueError: the file's name isn't made of letters, digits, `_`, `.` and `-`, or a number is none.
    """
    if not _FILE_NAME.fullmatch(filename):
        raise ValueError("a file's name goes into a header: it has letters, digits, _, . and - only")
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{filename}"'}
    return web.Response(text=_BOM + csv_text(rows), headers=headers, content_type=CSV, charset="utf-8")
