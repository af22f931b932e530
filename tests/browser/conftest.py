"""A real browser in front of the platform's pages: Chromium, without a window."""

import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright

from luca_local.platform_process import PlatformProcess

SCREENSHOTS = Path(__file__).parents[2] / "build" / "browser"
OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",  # it calls home, else
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # and a page that would reach out finds nobody
]  # fmt: skip


@dataclass(frozen=True)
class Visit:
    """A page, what it has asked for and what it has complained of since it was opened."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda said: self._complain(said.text) if said.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self._complain(str(error)))

    def _complain(self, text: str) -> None:
        self.complaints.append(text)


Opening = Callable[..., Awaitable[Visit]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, started once: each visit is of somebody who was never here."""
    async with async_playwright() as playwright:
        chromium = os.environ.get("LUCA_CHROMIUM", "/usr/bin/chromium")
        browser = await playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, platform: PlatformProcess, request: pytest.FixtureRequest) -> AsyncIterator[Opening]:
    """Opens a page of the edge as a browser with such a screen, language and taste; leaves a picture of it."""
    visits: list[Visit] = []

    async def open_page(path: str = "/", **options: Any) -> Visit:
        context = await browser.new_context(**options)
        visits.append(Visit(await context.new_page()))
        await visits[-1].page.goto(platform.record.edge + path)
        return visits[-1]

    yield open_page
    for number, each in enumerate(visits, 1):
        name = re.sub(r"\W+", "-", f"{request.node.name}-{number}")
        await each.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        await each.page.context.close()
