"""The edge's root page as its readers meet it: on a telephone or a screen, by keyboard, in their language."""

import asyncio
import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import Page, expect

from luca_local.edge.root_page.texts import BY_LANGUAGE, ENGLISH, SPANISH

if TYPE_CHECKING:
    from tests.browser.conftest import Opening

pytestmark = pytest.mark.asyncio(loop_scope="session")

TELEPHONE, SCREEN = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex^='-'])"


def elsewhere(urls: list[str]) -> list[str]:
    """Return those of the addresses that are not on this machine."""
    return [url for url in urls if not url.startswith("data:") and not _is_loopback(urlsplit(url).hostname or "")]


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.mark.parametrize("locale", ["es-CL", "en-GB"])
async def test_the_page_complains_of_nothing_and_asks_only_this_machine(visit: "Opening", locale: str) -> None:
    opened = await visit(locale=locale)
    await opened.page.wait_for_load_state("networkidle")
    assert opened.complaints == []
    assert opened.requests
    assert elsewhere(opened.requests) == []


async def test_what_a_page_does_wrong_is_seen(visit: "Opening") -> None:
    opened = await visit(bypass_csp=True)
    await opened.page.evaluate("fetch('http://school.invalid/').catch(() => console.error('oh'))")
    await opened.page.evaluate("new Promise(done => setTimeout(() => { setTimeout(done); throw new Error('ah') }))")
    assert elsewhere(opened.requests) == ["http://school.invalid/"]
    assert {"oh", "ah"} <= set(opened.complaints)


@pytest.mark.parametrize(("locale", "texts"), [("es-CL", SPANISH), ("en-GB", ENGLISH), ("fr-FR", ENGLISH)])
async def test_a_reader_gets_the_browsers_language_and_may_choose_the_other(
    visit: "Opening", locale: str, texts: Any
) -> None:
    page = (await visit(locale=locale)).page
    await expect(page).to_have_title(texts.title)
    await expect(page.locator("html")).to_have_attribute("lang", texts.language)
    await page.get_by_role("link", name=texts.other_language).press("Enter")
    other = next(each for each in BY_LANGUAGE.values() if each != texts)
    await expect(page.get_by_role("heading", level=1)).to_have_text(other.title)


@pytest.mark.parametrize("screen", [TELEPHONE, SCREEN])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["es", "en"])
async def test_no_barrier_is_found(visit: "Opening", screen: dict[str, int], scheme: str, locale: str) -> None:
    page = (await visit(viewport=screen, color_scheme=scheme, locale=locale)).page
    found = await Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


async def test_barriers_are_found(visit: "Opening") -> None:
    page = (await visit()).page
    await page.evaluate("document.querySelector('.lead').style.color = '#ccc'")
    found = await Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    assert found.generate_snapshot() == "color-contrast (serious) : 1"


@pytest.mark.parametrize("screen", [{"width": 320, "height": 568}, TELEPHONE, SCREEN])
@pytest.mark.parametrize("locale", ["es", "en"])
async def test_nothing_is_too_wide_or_too_small_to_be_read(
    visit: "Opening", screen: dict[str, int], locale: str
) -> None:
    page = (await visit(viewport=screen, locale=locale)).page
    assert await page.evaluate("document.documentElement.scrollWidth") == screen["width"]
    # Commands may scroll in their own frame; everything else must fit.
    outside = await page.evaluate("""[...document.querySelectorAll("body :not(pre, pre *)")]
        .filter(element => element.getBoundingClientRect().right > innerWidth).map(element => element.outerHTML)""")
    assert outside == []
    smallest = await page.evaluate("""Math.min(...[...document.querySelectorAll("body *")]
        .filter(element => element.checkVisibility() && element.innerText?.trim())
        .map(element => parseFloat(getComputedStyle(element).fontSize)))""")
    assert smallest >= 13


async def test_the_page_is_dark_for_those_who_like_it_so(visit: "Opening") -> None:
    brightness = {}
    for scheme in ("light", "dark"):
        page = (await visit(color_scheme=scheme)).page
        brightness[scheme] = await page.evaluate("""(() => {
            const levels = element => getComputedStyle(element).backgroundColor.match(/\\d+/g).map(Number);
            return Math.max(...levels(document.body), ...levels(document.querySelector("pre")));
        })()""")
    assert brightness["light"] > 200
    assert brightness["dark"] < 60


async def test_the_tab_key_reaches_everything_in_order_and_shows_where_it_is(visit: "Opening") -> None:
    page = (await visit()).page
    controls = await page.evaluate(
        f"(controls = [...document.querySelectorAll(`{CONTROLS}`)].filter(each => each.checkVisibility())).length"
    )
    reached = []
    for _ in range(controls):
        await page.keyboard.press("Tab")
        reached.append(await page.evaluate("controls.indexOf(document.activeElement)"))
        outline, top, bottom, height = await page.evaluate("""(() => {
            const {outlineStyle, outlineWidth} = getComputedStyle(document.activeElement);
            const {top, bottom} = document.activeElement.getBoundingClientRect();
            return [outlineStyle == "solid" ? parseFloat(outlineWidth) : 0, top, bottom, innerHeight];
        })()""")
        assert outline >= 2, "nobody sees where the focus is"
        assert bottom > 0
        assert top < height
    assert controls > 10
    assert reached == list(range(controls))


async def test_the_way_past_the_header_is_the_first_stop(visit: "Opening") -> None:
    page = (await visit(locale="en")).page
    skip = page.get_by_role("link", name=ENGLISH.skip)
    await page.keyboard.press("Tab")
    await expect(skip).to_be_focused()
    await expect(skip).to_be_in_viewport()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("main")).to_be_focused()


async def test_a_long_command_can_be_read_to_its_end_by_keyboard(visit: "Opening") -> None:
    page = (await visit(viewport=TELEPHONE)).page
    await page.locator("pre").first.press("ArrowRight")
    await until(page, "document.querySelector('pre').scrollLeft > 0")


async def until(page: Page, condition: str) -> None:
    """Wait for a condition frame by frame; Playwright's own way evaluates text, which the page's policy forbids."""
    async with asyncio.timeout(10):
        while not await page.evaluate(condition):
            await page.evaluate("new Promise(requestAnimationFrame)")


async def commands(page: Page) -> list[str]:
    return await page.locator("pre code").all_text_contents()


async def test_each_button_copies_its_command_and_says_so_for_a_while(visit: "Opening") -> None:
    page = (await visit(locale="es", permissions=["clipboard-read", "clipboard-write"])).page
    await page.clock.install()
    for number, command in enumerate(await commands(page)):
        button = page.locator("button").nth(number)
        await expect(button).to_have_text(SPANISH.copy)
        await button.press("Enter")
        await expect(button).to_have_text(SPANISH.copied)
        await expect(page.get_by_role("status").nth(number)).to_have_text(SPANISH.copied)
        assert await page.evaluate("navigator.clipboard.readText()") == command
        await page.clock.fast_forward(2000)
        await expect(button).to_have_text(SPANISH.copy)


async def test_where_nothing_may_be_copied_the_command_is_selected(visit: "Opening") -> None:
    page = (await visit()).page
    await page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('no')))")
    await page.locator("button").nth(1).press("Enter")
    await until(page, "String(getSelection()) != ''")
    assert await page.evaluate("String(getSelection())") == (await commands(page))[1]


async def test_without_a_script_the_page_says_the_same_and_has_no_dead_button(visit: "Opening") -> None:
    with_script, without = (await visit()).page, (await visit(java_script_enabled=False)).page
    assert await commands(without) == await commands(with_script)
    await expect(with_script.locator("button:visible")).to_have_count(3)
    await expect(without.locator("button:visible")).to_have_count(0)
