"""What needs no token: the API's description and its page, to the letter; and what is in them."""

import gzip
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import pytest
from aiohttp import ClientResponse

from luca_interactive.access import Endpoint
from luca_interactive.description.document import document
from luca_interactive.public import PublicFile, public_files
from luca_interactive.routes import ENDPOINTS

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

PUBLIC: Final = {"/openapi.json", "/docs", "/docs/page.css", "/docs/page.js"}


async def ask(school: "School", path: str, method: str = "GET", **headers: str) -> ClientResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = await school.client.request(method, path, headers=named, skip_auto_headers=["Accept-Encoding"])
    await response.read()
    return response


async def test_these_paths_and_no_others_need_no_token(school: "School") -> None:
    routes = list(school.client.app.router.routes()) if school.client.app else []
    found = {route.resource.canonical for route in routes if route.resource and _owner(route.handler) is PublicFile}
    assert found == PUBLIC
    assert {_owner(route.handler) for route in routes} == {PublicFile, Endpoint}
    for path in PUBLIC:
        assert (await ask(school, path)).status == 200


def _owner(handler: object) -> type:
    return type(getattr(handler, "__self__", None))


@pytest.mark.parametrize(
    "path",
    ["/", "/docs/", "/docs/x", "/docs/page.html", "/docs/../v1/me", "/openapi.json/", "/v1/openapi.json", "/v1/me"],
)
async def test_what_is_merely_near_needs_one(school: "School", path: str) -> None:
    assert (await ask(school, path)).status == 401


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_there_is_nothing_to_do_with_them_but_read(school: "School", method: str) -> None:
    assert (await ask(school, "/openapi.json", method)).status == 401
    assert (await school.ask("norte/p1/teacher", "POST", "/openapi.json")).status == 405


async def test_they_read_nothing_and_cost_no_school_anything(school: "School") -> None:
    for path in PUBLIC:
        response = await ask(school, path)
        assert "RateLimit" not in response.headers
        assert response.headers["X-Correlation-Id"]
    assert school.dynamodb.calls == []


async def test_the_description_is_that_of_the_endpoints(school: "School") -> None:
    response = await ask(school, "/openapi.json")
    assert response.content_type == "application/json"
    assert await response.json() == document(ENDPOINTS)


@pytest.mark.parametrize("path", sorted(PUBLIC))
async def test_who_has_it_is_told_so(school: "School", path: str) -> None:
    first = await ask(school, path)
    tag = first.headers["ETag"]
    assert re.fullmatch(r'"[A-Za-z0-9_-]{16}"', tag)
    assert first.headers["Cache-Control"] == "public, no-cache"
    again = await ask(school, path, If_None_Match=f'"other", {tag}')
    assert (again.status, await again.read(), again.headers["ETag"]) == (304, b"", tag)
    assert (await ask(school, path, If_None_Match="*")).status == 304
    assert (await ask(school, path, If_None_Match='"other"')).status == 200


async def test_compressed_it_has_another_tag(school: "School") -> None:
    plain = await ask(school, "/openapi.json")
    packed = await ask(school, "/openapi.json", Accept_Encoding="gzip, br")
    assert (packed.headers["Content-Encoding"], packed.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert await packed.json() == await plain.json()
    assert int(packed.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 4
    assert packed.headers["ETag"] == plain.headers["ETag"][:-1] + '-gzip"'
    assert (
        await ask(school, "/openapi.json", If_None_Match=plain.headers["ETag"], Accept_Encoding="gzip")
    ).status == 200


async def test_head_tells_the_length(school: "School") -> None:
    got, head = await ask(school, "/docs"), await ask(school, "/docs", "HEAD")
    assert (head.status, await head.read()) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]


def test_the_same_content_has_the_same_bytes() -> None:
    one, other = PublicFile("/", "text/plain", b"text"), PublicFile("/", "text/plain", b"text")
    assert (one.compressed, one.tag) == (other.compressed, other.tag)
    assert gzip.decompress(one.compressed) == b"text"
    assert PublicFile("/", "text/plain", b"texts").tag != one.tag


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: set[str] = set()
        self.inline: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses |= {value for name in ("src", "href") if (value := given.get(name))}
        self.inline += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "style" or (tag == "script" and "src" not in given):
            self.inline.append(tag)


async def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing_but_its_script(school: "School") -> None:
    response = await ask(school, "/docs")
    policy = response.headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert not [rule for rule in policy if "unsafe" in rule or "http" in rule]
    page = Page()
    page.feed(await response.text())
    assert page.inline == []
    assert page.addresses == {"data:,", "#content", *PUBLIC}
    for path in ("/docs/page.css", "/docs/page.js"):
        text = await (await ask(school, path)).text()
        assert re.findall(r"https?:|\burl\(|@import|innerHTML", text) == []


async def test_the_page_has_each_word_in_both_languages(school: "School") -> None:
    script = await (await ask(school, "/docs/page.js")).text()
    english, spanish = re.findall(r"^  e[ns]: \{\n(.*?)^  \},\n", script, flags=re.DOTALL | re.MULTILINE)
    names = re.compile(r"^\s*([a-zA-Z]+|\"[a-z-]+\"):|(?<=[,{]) ([a-zA-Z]+|\"[a-z-]+\"):", flags=re.MULTILINE)
    found = [[first or second for first, second in names.findall(words)] for words in (english, spanish)]
    assert found[0] == found[1]
    assert len(found[0]) > 30
    page = await (await ask(school, "/docs")).text()
    assert set(re.findall(r'data-(?:text|label|placeholder)="(\w+)"', page)) <= set(found[0])


def test_no_personal_data_and_no_address_is_in_it() -> None:
    (description, *_) = public_files(document(ENDPOINTS))
    assert "http" not in json.dumps(json.loads(description.body)["servers"])
