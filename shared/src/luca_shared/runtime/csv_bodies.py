"""A request's body as the text of a CSV file."""

from aiohttp import web

from luca_shared.runtime import problems
from luca_shared.runtime.csv_text import CSV
from luca_shared.runtime.problems import ErrorDetail, pointer
from luca_shared.runtime.requests import read_body


async def parse_csv(request: web.Request) -> str:
    """The request's CSV body; a byte order mark, as Excel writes it, is not part of it.

    Raises:
        Problem: 415 another media type or charset, 413 too large, 422 no UTF-8 (naming the line, from 1).
    """
    body = await read_body(request, CSV)
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        raise problems.validation(
            [ErrorDetail(pointer("lines", line), "is not UTF-8; save the file as CSV UTF-8")]
        ) from None
