"""Who answers, without a version: aiohttp would tell its own and Python's to whoever looks for a known hole."""

from typing import Final

from aiohttp import hdrs, web

SERVER: Final = "luca"


async def send_server_name(_: web.Request, response: web.StreamResponse) -> None:
    """Set the header; an `on_response_prepare` signal, so that nothing is left out."""
    response.headers[hdrs.SERVER] = SERVER
