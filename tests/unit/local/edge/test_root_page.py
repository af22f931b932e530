import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from luca_local.edge.root_page import commands, markup
from luca_local.edge.root_page.page import RootPage
from luca_local.edge.root_page.texts import ENGLISH, SPANISH, Texts, preferred
from luca_local.run_record import Account, Admin, Example, RunRecord
from luca_shared.runtime.problems import Problem

RUN = RunRecord(
    edge="http://127.0.0.1:1001",
    interactive="http://127.0.0.1:1002",
    aws_endpoint="http://127.0.0.1:1003",
    metrics=("http://127.0.0.1:1004/metrics",),
    region="us-east-1",
    table="luca",
    queue_url="http://127.0.0.1:1003/queue",
    dead_letter_url="http://127.0.0.1:1003/dead",
    user_pool_id="pool",
    client_id="client",
    jwks_url="http://127.0.0.1:1003/jwks",
    admin=Admin(access_key_id="ADMIN-KEY", secret_access_key="ADMIN-SECRET"),
    accounts=(
        Account(school_id="norte", role="teacher", username="teacher.norte", password="p<w&1"),
        Account(school_id="sur", role="guardian", username="guardian.sur", password="p<w&2"),
    ),
    example=Example(username="teacher.norte", class_id="c1", assessment_id="a1", student_id="s1"),
    pid=1,
    logs="/logs/<run>",
)


class Outline(HTMLParser):
    """The text of a page, its links and what it loads."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.text = ""
        self.open: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attributes)))
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "a tag is closed that is not the last one opened"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"style", "script"}:
            self.text += data


def document(texts: Texts = ENGLISH) -> str:
    return markup.document(RUN, texts, style="", script="")


@pytest.mark.parametrize("texts", [ENGLISH, SPANISH])
def test_the_page_says_where_everything_is_and_who_can_log_in(texts: Texts) -> None:
    outline = Outline(document(texts))
    assert not outline.open
    for account in RUN.accounts:
        assert account.username in outline.text
        assert account.password in outline.text
    links = {attributes["href"] for tag, attributes in outline.attributes if tag == "a"}
    assert {RUN.edge, RUN.interactive, RUN.aws_endpoint, *RUN.metrics} <= links
    assert outline.text.count(texts.absent) == 2  # the console and the government
    assert "/logs/<run>" in outline.text


@pytest.mark.parametrize("texts", [ENGLISH, SPANISH])
def test_the_page_leads_to_the_apis_description(texts: Texts) -> None:
    assert '<a href="/docs">' in markup.document(RUN, texts, style="", script="")


def test_the_administrators_keys_are_nowhere_on_the_page() -> None:
    assert "ADMIN" not in document()


def test_the_page_loads_nothing() -> None:
    loading = {"src", "srcset", "action", "poster"}
    for tag, attributes in Outline(document()).attributes:
        assert not loading & attributes.keys(), tag
        assert tag != "link" or attributes["href"] == "data:,"


def test_every_id_is_unique_and_every_reference_to_one_holds() -> None:
    elements = [attributes for _, attributes in Outline(document()).attributes]
    ids = [attributes["id"] for attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in elements:
        for name in ("aria-labelledby", "aria-describedby", "data-copies"):
            if name in attributes:
                assert attributes[name] in ids


def test_both_languages_say_everything() -> None:
    for field in dataclasses.fields(Texts):
        assert getattr(ENGLISH, field.name)
        assert getattr(SPANISH, field.name)
    assert ENGLISH.roles.keys() == SPANISH.roles.keys()


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("", "en"), ("es", "es"), ("es-CL,es;q=0.9,en;q=0.8", "es"), ("en;q=0.5, es;q=0.6", "es"), ("ES", "es"),
        ("fr, es;q=0.1", "es"), ("es;q=0, en;q=0.1", "en"), ("fr", "en"), ("*", "en"), ("es;q=x", "en"), (";;,", "en"),
        ("es;level=1", "en"),
    ],
)  # fmt: skip
def test_a_browser_gets_the_language_that_it_prefers(accept: str, language: str) -> None:
    assert preferred(accept).language == language


async def test_the_policy_lets_only_the_pages_own_style_and_script_run(tmp_path: Path) -> None:
    run_file = tmp_path / "run.json"
    run_file.write_bytes(RUN.to_json())
    response = await RootPage(run_file).show(make_mocked_request("GET", "/?lang=es"))
    assert response.headers["Content-Language"] == "es"
    policy = dict(part.split(" ", 1) for part in response.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/]{43}='", policy["script-src"])
    assert "unsafe" not in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("contents", [None, b"", b"{}"])
async def test_before_the_platform_is_ready_the_page_says_so(tmp_path: Path, contents: bytes | None) -> None:
    run_file = tmp_path / "run.json"
    if contents is not None:
        run_file.write_bytes(contents)
    with pytest.raises(Problem) as caught:
        await RootPage(run_file).show(make_mocked_request("GET", "/"))
    assert caught.value.status == 503


def test_the_commands_are_about_the_example() -> None:
    assert "/v1/classes/c1/assessments/a1/grades/s1" in commands.record(RUN)
    assert "/v1/classes/c1/assessments/a1/grades/s1" in commands.read(RUN)
    assert '"USERNAME": "teacher.norte"' in commands.log_in(RUN, RUN.accounts[0])
