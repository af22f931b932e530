# `setting` declares a field, as `dataclasses.field` does; it makes no default
import io
import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.runtime.settings import Bytes, Port, Seconds, Secret, SettingsError, Url, load, setting, variables
from luca_shared.tenancy.ids import SchoolId


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True, slots=True)
class Everything:
    table: str = setting(doc="the single table's name")
    request_deadline: Seconds = setting(5.0, low=0.1, high=60, doc="a request's time in all")
    body_limit: Bytes = setting(1_048_576, low=1, doc="the largest body")
    port: Port = setting(8080, doc="the port")
    jwks_url: Url | None = setting(None, doc="where the keys are")
    client_secret: Secret = setting(Secret("none"), pattern=r"[a-z]{8}", doc="shared with the pool")
    colour: Colour = setting(Colour.RED, doc="a colour")
    log_level: Literal["info", "warning"] = setting("info", doc="the least severe line")
    tracing: bool = setting(False, doc="whether to trace")
    school: SchoolId | None = setting(None, doc="one school only")
    receivers: int = setting(2, low=2, high=16, doc="how many receive")
    name: str = setting("luca", low=2, high=8, doc="a short name")
    region: str = setting("us-east-1", variable="AWS_REGION", doc="where it runs")
    plain: int = 7


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def loaded(**environ: str) -> Everything:
    return load(Everything, {"LUCA_TABLE": "luca", **environ})


def problem(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        loaded(**environ)
    (only,) = caught.value.problems
    return only


def test_defaults_hold_where_nothing_is_set() -> None:
    settings = loaded()
    assert settings == Everything(table="luca")
    assert settings.request_deadline == 5.0
    assert settings.plain == 7


def test_each_type_is_read_from_its_text() -> None:
    settings = loaded(
        LUCA_REQUEST_DEADLINE="2.5",
        LUCA_BODY_LIMIT="2048",
        LUCA_PORT="0",
        LUCA_JWKS_URL="http://127.0.0.1:4566/pool/.well-known/jwks.json",
        LUCA_CLIENT_SECRET="abcdefgh",
        LUCA_COLOUR="blue",
        LUCA_LOG_LEVEL="warning",
        LUCA_TRACING="true",
        LUCA_SCHOOL="norte-2",
        LUCA_RECEIVERS="16",
        AWS_REGION="eu-west-1",
        LUCA_PLAIN="-1",
    )
    assert settings == Everything(
        table="luca",
        request_deadline=2.5,
        body_limit=2048,
        port=0,
        jwks_url="http://127.0.0.1:4566/pool/.well-known/jwks.json",
        client_secret=Secret("abcdefgh"),
        colour=Colour.BLUE,
        log_level="warning",
        tracing=True,
        school=SchoolId("norte-2"),
        receivers=16,
        region="eu-west-1",
        plain=-1,
    )
    assert settings.client_secret.reveal() == "abcdefgh"


def test_a_variable_set_to_nothing_is_not_set() -> None:
    assert loaded(LUCA_PORT="", LUCA_JWKS_URL="  ").port == 8080


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("LUCA_PORT", "eighty", "must be a whole number between 0 and 65535, not 'eighty'"),
        ("LUCA_PORT", "65536", "must be a whole number between 0 and 65535, not '65536'"),
        ("LUCA_REQUEST_DEADLINE", "5s", "must be a number of seconds between 0.1 and 60, not '5s'"),
        ("LUCA_REQUEST_DEADLINE", "nan", "must be a number of seconds between 0.1 and 60, not 'nan'"),
        ("LUCA_REQUEST_DEADLINE", "inf", "must be a number of seconds between 0.1 and 60, not 'inf'"),
        ("LUCA_REQUEST_DEADLINE", "0.05", "must be a number of seconds between 0.1 and 60, not '0.05'"),
        ("LUCA_BODY_LIMIT", "1MiB", "must be a whole number of bytes at least 1, not '1MiB'"),
        ("LUCA_COLOUR", "green", "must be red or blue, not 'green'"),
        ("LUCA_LOG_LEVEL", "INFO", "must be info or warning, not 'INFO'"),
        ("LUCA_TRACING", "yes", "must be true or false, not 'yes'"),
        ("LUCA_SCHOOL", "Norte", "must match [a-z0-9][a-z0-9-]{0,62}, not 'Norte'"),
        ("LUCA_NAME", "x", "must be a text of 2 to 8 characters, not 'x'"),
        ("LUCA_RECEIVERS", "1_0", "must be a whole number between 2 and 16, not '1_0'"),
    ],
)
def test_a_bad_value_names_the_variable_and_what_is_allowed(variable: str, value: str, said: str) -> None:
    assert problem(**{variable: value}) == f"{variable} {said}"


@pytest.mark.parametrize(
    "url", ["localhost:4566", "ftp://host/x", "http://", "https://user:hunter2@host/", "http://h:99999/"]
)
def test_a_bad_address_is_refused_and_not_repeated(url: str) -> None:
    said = problem(LUCA_JWKS_URL=url)
    assert said.startswith("LUCA_JWKS_URL must be an address like https://host:port/path")
    assert url not in said
    assert "hunter2" not in said


def test_a_secret_is_never_shown() -> None:
    said = problem(LUCA_CLIENT_SECRET="Hunter2!")
    assert said == "LUCA_CLIENT_SECRET must match [a-z]{8}"
    assert "abcdefgh" not in repr(loaded(LUCA_CLIENT_SECRET="abcdefgh"))


def test_a_long_value_is_cut_where_it_is_repeated() -> None:
    assert len(problem(LUCA_PORT="9" * 5000)) < 200


def test_every_problem_is_said_at_once_and_a_missing_one_by_what_it_is_for() -> None:
    with pytest.raises(SettingsError) as caught:
        load(Everything, {"LUCA_PORT": "x", "LUCA_TRACING": "maybe"})
    assert str(caught.value).splitlines() == [
        "3 settings are wrong:",
        "  LUCA_TABLE is required (the single table's name): it must be a text",
        "  LUCA_PORT must be a whole number between 0 and 65535, not 'x'",
        "  LUCA_TRACING must be true or false, not 'maybe'",
    ]


def test_a_mistyped_required_variable_is_recognised() -> None:
    with pytest.raises(SettingsError, match=r"LUCA_TABLE is required .*; did you mean it by LUCA_TABEL\?"):
        load(Everything, {"LUCA_TABEL": "luca"})


def test_an_unknown_variable_is_warned_of_with_the_nearest_name(log: io.StringIO) -> None:
    loaded(LUCA_REQUEST_DEADLIN="3", LUCA_GOVERNMENT_URL="http://x", LUCA_ELSEWHERE="1", HOME="/root")
    assert [(line["level"], line["message"]) for line in lines(log)] == [
        ("warning", "there is no setting LUCA_ELSEWHERE"),
        ("warning", "there is no setting LUCA_GOVERNMENT_URL"),
        ("warning", "there is no setting LUCA_REQUEST_DEADLIN; did you mean LUCA_REQUEST_DEADLINE?"),
    ]


def test_what_is_meant_for_somebody_else_is_not_warned_of(log: io.StringIO) -> None:
    load(Everything, {"LUCA_TABLE": "luca", "LUCA_GOVERNMENT_URL": "x"}, also_known={"LUCA_GOVERNMENT_URL"})
    assert lines(log) == []


@given(st.dictionaries(st.sampled_from([v.name for v in variables(Everything)]), st.text(max_size=20)))
def test_whatever_the_environment_holds_the_answer_is_settings_or_the_problems(environ: dict[str, str]) -> None:
    try:
        assert isinstance(load(Everything, environ), Everything)
    except SettingsError as error:
        wrong = error.problems
    else:
        wrong = ("none",)
    assert wrong


def test_a_class_that_cannot_be_read_is_a_mistake_of_the_developer() -> None:
    @dataclass(frozen=True)
    class Odd:
        things: Any = setting(None, doc="what?")

    class Bare:
        """No dataclass."""

    with pytest.raises(TypeError, match="can't be of the type"):
        variables(Odd)
    with pytest.raises(TypeError, match="must be a dataclass"):
        variables(Bare)


def test_secrets_compare_by_their_text() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
