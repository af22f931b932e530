"""Shows the root page: nothing from elsewhere, and nothing that runs but its own script."""

import asyncio
import base64
import hashlib
from importlib import resources
from pathlib import Path

import msgspec
from aiohttp import hdrs, web

from luca_local.edge.root_page import markup
from luca_local.edge.root_page.texts import BY_LANGUAGE, preferred
from luca_local.run_record import RunRecord
from luca_shared.runtime import problems

_FILES = resources.files(__package__)


def _source(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


class RootPage:
    """The page of one platform, made from its run file whenever somebody asks."""

    def __init__(self, run_file: Path) -> None:
        self._run_file = run_file
        self._style = _FILES.joinpath("page.css").read_text()
        self._script = _FILES.joinpath("page.js").read_text()
        policy = [
            "default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "img-src data:",
            f"style-src {_source(self._style)}", f"script-src {_source(self._script)}",
        ]  # fmt: skip
        self._headers = {
            "Content-Security-Policy": "; ".join(policy),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            hdrs.CACHE_CONTROL: "no-store",
            hdrs.VARY: hdrs.ACCEPT_LANGUAGE,
        }

    async def show(self, request: web.Request) -> web.Response:
        """Answer with the page in the language that `?lang=` names, else in the one that the browser prefers."""
        try:
            run = RunRecord.from_json(await asyncio.to_thread(self._run_file.read_bytes))
        except (FileNotFoundError, msgspec.DecodeError):
            raise problems.unavailable("the platform is still starting") from None
        texts = BY_LANGUAGE.get(request.query.get("lang", "")) or preferred(
            request.headers.get(hdrs.ACCEPT_LANGUAGE, "")
        )
        return web.Response(
            text=markup.document(run, texts, style=self._style, script=self._script),
            content_type="text/html",
            headers={**self._headers, hdrs.CONTENT_LANGUAGE: texts.language},
        )
