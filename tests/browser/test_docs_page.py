"""The page that shows the API as its readers meet it: every endpoint, found by keyboard, on a telephone or a screen."""

import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect
from tests.browser.test_root_page import SCREEN, TELEPHONE, WCAG, elsewhere

from luca_interactive.access import ADMINISTRATORS
from luca_interactive.routes import ENDPOINTS

if TYPE_CHECKING:
    from tests.browser.conftest import Opening

pytestmark = pytest.mark.asyncio(loop_scope="session")

DOCS = "/docs"
NARROW = {"width": 320, "height": 568}
OPEN_ALL = """document.querySelectorAll(".endpoint").forEach(each => each.open = true)"""


async def shown(page: Page) -> None:
    """Wait until the description has been read."""
    await expect(page.locator("#endpoints")).to_have_attribute("aria-busy", "false")


@pytest.mark.parametrize("locale", ["es-CL", "en-GB"])
async def test_every_endpoint_is_there_and_nothing_comes_from_elsewhere(visit: "Opening", locale: str) -> None:
    opened = await visit(DOCS, locale=locale)
    await shown(opened.page)
    assert await opened.page.locator(".endpoint").count() == len(ENDPOINTS)
    await opened.page.evaluate(OPEN_ALL)
    await expect(opened.page.locator(".detail").last).not_to_be_empty()
    assert opened.complaints == []
    assert elsewhere(opened.requests) == []


@pytest.mark.parametrize("screen", [TELEPHONE, SCREEN])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["es", "en"])
async def test_no_barrier_is_found(visit: "Opening", screen: dict[str, int], scheme: str, locale: str) -> None:
    page = (await visit(f"{DOCS}#put_grade", viewport=screen, color_scheme=scheme, locale=locale)).page
    await shown(page)
    await expect(page.locator("#put_grade")).to_have_attribute("open", "")
    found = await Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("screen", [NARROW, TELEPHONE, SCREEN])
async def test_nothing_is_too_wide(visit: "Opening", screen: dict[str, int]) -> None:
    page = (await visit(DOCS, viewport=screen)).page
    await shown(page)
    await page.evaluate(OPEN_ALL)
    await expect(page.locator(".detail").last).not_to_be_empty()
    assert await page.evaluate("document.documentElement.scrollWidth") == screen["width"]


async def test_an_endpoint_is_found_and_opened_by_keyboard(visit: "Opening") -> None:
    page = (await visit(DOCS, locale="en")).page
    await shown(page)
    await page.keyboard.press("/")
    await expect(page.get_by_role("searchbox")).to_be_focused()
    await page.keyboard.type("freeze")
    await expect(page.get_by_role("status").first).to_have_text("1 endpoint")
    await expect(page.locator(".endpoint:visible")).to_have_count(1)
    summary = page.locator("#freeze_term > summary")
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await summary.evaluate("each => each === document.activeElement"):
            break
    await page.keyboard.press("Enter")
    await expect(page.locator("#freeze_term")).to_contain_text("School administrator")
    await expect(page.locator("#freeze_term")).to_contain_text('-H "Authorization: Bearer $TOKEN"')


async def test_what_nobody_looks_for_is_said_to_be_nothing(visit: "Opening") -> None:
    page = (await visit(DOCS, locale="es")).page
    await shown(page)
    await page.get_by_role("searchbox").fill("there is no such thing")
    await expect(page.get_by_text("Nada coincide con su búsqueda.")).to_be_visible()
    await expect(page.locator(".endpoint:visible")).to_have_count(0)


async def test_a_reader_sees_what_a_role_may(visit: "Opening") -> None:
    page = (await visit(DOCS, locale="en")).page
    await shown(page)
    await page.get_by_role("combobox").select_option("student")
    of_students = [each for each in ENDPOINTS if "student" in each.may]
    await expect(page.locator(".endpoint:visible")).to_have_count(len(of_students))
    assert 0 < len(of_students) < len([each for each in ENDPOINTS if each.may & ADMINISTRATORS])


async def test_a_link_to_an_endpoint_opens_it_though_a_search_has_left_it_out(visit: "Opening") -> None:
    page = (await visit(f"{DOCS}#get_me")).page
    await shown(page)
    await expect(page.locator("#get_me")).to_have_attribute("open", "")
    await page.get_by_role("searchbox").fill("freeze")
    await page.evaluate("void (location.hash = '#put_grade')")
    await expect(page.locator("#put_grade > summary")).to_be_focused()
    await expect(page.locator("#put_grade")).to_be_in_viewport()


async def test_a_description_that_does_not_come_is_said_to_be_missing(visit: "Opening") -> None:
    page = (await visit(DOCS, locale="en")).page
    await shown(page)
    await page.route(re.compile("openapi.json"), lambda route: route.abort())
    await page.reload()
    await expect(page.get_by_role("alert")).to_have_text(
        "The description could not be read. Reload the page to try again."
    )
