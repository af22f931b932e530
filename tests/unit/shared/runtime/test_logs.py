import asyncio
import io
import json
import logging
import sys
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.runtime import correlation, logs
from luca_shared.runtime.health import State
from luca_shared.runtime.log_exceptions import describe_exception
from luca_shared.runtime.log_values import Pseudonym, Public, loggable
from luca_shared.runtime.problems import not_found

SECRET = "Ana-Perez-eyJhbGciOiJSUzI1NiJ9"

own = logging.getLogger("luca_shared.somewhere")
foreign = logging.getLogger("a_library")


class LucaError(Exception):
    """Stands for an exception of ours."""


LucaError.__module__ = "luca_somewhere.errors"


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def only(log: io.StringIO) -> dict[str, Any]:
    (line,) = lines(log)
    return line


def fail(error: BaseException) -> None:
    raise error


def test_a_line_is_json_with_the_fixed_fields(log: io.StringIO) -> None:
    with correlation.bind("abc"):
        own.info("a batch was written", extra={"items": 25, "seconds": 0.5, "operation": Public("PutItem")})
    line = only(log)
    assert datetime.fromisoformat(line.pop("time")).tzinfo is not None
    assert line == {
        "level": "info",
        "logger": "luca_shared.somewhere",
        "message": "a batch was written",
        "correlation_id": "abc",
        "service": "test",
        "items": 25,
        "seconds": 0.5,
        "operation": "PutItem",
    }


def test_the_time_is_utc_with_milliseconds(log: io.StringIO) -> None:
    own.warning("now")
    time = only(log)["time"]
    assert len(time) == len("2026-11-24T14:03:07.120Z")
    assert time.endswith("Z")


def test_a_plain_text_is_withheld_wherever_it_is_put(log: io.StringIO) -> None:
    own.info("of %s", SECRET, extra={"who": SECRET, "list": [SECRET], "map": {SECRET: SECRET}, "score": Decimal("8.5")})
    own.info("%(who)s", {"who": SECRET})
    first, second = lines(log)
    assert first["message"] == "of <str withheld>"
    assert first["score"] == "<Decimal withheld>"
    assert first["list"] == ["<str withheld>"]
    assert second["message"] == "<str withheld>"
    assert SECRET not in log.getvalue()


class Opaque:
    """Something whose text would tell."""

    def __repr__(self) -> str:
        return SECRET


@given(
    st.recursive(
        st.just(SECRET) | st.binary().map(lambda b: SECRET.encode() + b) | st.builds(Opaque) | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.just(SECRET), inner) | st.tuples(inner),
    )
)
def test_no_nesting_lets_a_text_through(value: Any) -> None:
    assert SECRET not in json.dumps(loggable(value))


def test_what_is_known_to_be_safe_is_shown() -> None:
    shown = {
        True: True,
        1.5: 1.5,
        Public("x"): "x",
        Pseudonym("0f"): "0f",
        State.SERVING: "serving",
        timedelta(seconds=2): 2.0,
        datetime(2026, 11, 24, tzinfo=UTC): "2026-11-24T00:00:00+00:00",
        float("inf"): "inf",
    }
    for value, expected in shown.items():
        assert loggable(value) == expected
    assert loggable({Public("a"): 1}) == {"a": 1}
    assert loggable(None) is None


@pytest.mark.parametrize("error", [KeyError(SECRET), ValueError(f"bad {SECRET}"), OSError(2, SECRET, SECRET)])
def test_a_foreign_exception_shows_its_type_and_place_but_nothing_of_what_it_was_given(
    log: io.StringIO, error: Exception
) -> None:
    error.add_note(SECRET)
    try:
        fail(error)
    except (KeyError, ValueError, OSError):
        own.exception("it failed")
    shown = only(log)["exception"]
    assert shown["type"] == f"builtins.{type(error).__name__}"
    assert shown["stack"][-1].endswith(" fail")
    assert "text" not in shown
    assert SECRET not in log.getvalue()


def test_the_operating_systems_error_is_told_by_its_number() -> None:
    assert describe_exception(OSError(98, "in use"))["errno"] == "EADDRINUSE"


def test_an_exception_of_ours_shows_its_text() -> None:
    assert describe_exception(LucaError("throttled"))["text"] == "throttled"


def test_a_problems_text_is_its_type_alone_since_its_detail_is_for_the_client() -> None:
    assert describe_exception(not_found(SECRET))["text"] == "not-found"


def test_causes_and_groups_are_shown_by_the_same_rule(log: io.StringIO) -> None:
    try:
        try:
            fail(KeyError(SECRET))
        except KeyError as cause:
            raise ExceptionGroup("both", [LucaError("one"), ValueError(SECRET)]) from cause
    except ExceptionGroup:
        own.exception("it failed")
    shown = only(log)["exception"]
    assert shown["cause"]["type"] == "builtins.KeyError"
    assert [member.get("text") for member in shown["members"]] == ["one", None]
    assert SECRET not in log.getvalue()


def test_an_endless_chain_of_causes_is_cut() -> None:
    error: Exception = LucaError("0")
    for _ in range(100):
        outer = LucaError("n")
        outer.__cause__ = error
        error = outer
    assert json.dumps(describe_exception(error)).count("cause") == 5


def test_a_foreign_logger_shows_its_template_and_not_what_it_put_in(log: io.StringIO) -> None:
    foreign.warning("cannot reach %s", SECRET)
    foreign.warning(f"cannot reach {SECRET}")
    first, second = lines(log)
    assert first["message"] == "cannot reach %s"
    assert second["message"].startswith("<withheld> at test_logs:")
    assert SECRET not in log.getvalue()


async def test_a_task_that_fails_unseen_leaks_nothing(log: io.StringIO) -> None:
    async def doomed() -> None:
        fail(KeyError(SECRET))

    task = asyncio.create_task(doomed())
    await asyncio.wait([task])
    del task  # asyncio now complains that nobody asked
    assert "KeyError" in log.getvalue()
    assert SECRET not in log.getvalue()


def test_uncaught_exceptions_become_lines_too(log: io.StringIO) -> None:
    error = KeyError(SECRET)
    sys.excepthook(KeyError, error, None)
    threading.excepthook(threading.ExceptHookArgs((KeyError, error, None, None)))
    assert [line["exception"]["type"] for line in lines(log)] == ["builtins.KeyError"] * 2
    assert SECRET not in log.getvalue()


def test_a_number_placeholder_that_meets_a_withheld_text_does_not_lose_the_line(log: io.StringIO) -> None:
    own.info("after %d retries", SECRET)
    assert only(log)["message"] == "after %d retries"


def test_line_breaks_in_a_public_text_cannot_forge_a_line(log: io.StringIO) -> None:
    own.info("x", extra={"header": Public('a\n{"level":"info"}')})
    assert log.getvalue().count("\n") == 1


def test_the_fixed_fields_cannot_be_overwritten(log: io.StringIO) -> None:
    own.info("x", extra={"service": Public("another"), "level": Public("none")})
    assert only(log)["service"] == "test"
    assert only(log)["level"] == "info"


def test_only_lines_of_the_level_asked_for_are_written(log: io.StringIO) -> None:
    logs.configure("test", "error", stream=log)
    own.warning("no")
    own.error("yes")
    assert only(log)["message"] == "yes"


def test_libraries_keep_their_debug_lines_to_themselves(log: io.StringIO) -> None:
    logs.configure("test", "debug", stream=log)
    logging.getLogger("botocore.auth").debug("signature %s", SECRET)
    own.debug("ours")
    assert only(log)["message"] == "ours"


def test_an_exception_that_cannot_be_printed_loses_no_line(log: io.StringIO) -> None:
    class Broken(LucaError):
        def __str__(self) -> str:
            raise KeyError(SECRET)

    Broken.__module__ = LucaError.__module__
    own.error("it failed", exc_info=Broken())
    assert only(log)["exception"]["text"] == "<unprintable>"


def test_any_stream_can_take_a_line(log: io.StringIO) -> None:
    own.info("x", extra={"header": Public("ñ \ud800")})
    assert log.getvalue().isascii()
    assert only(log)["header"] == "ñ \ud800"


def test_a_message_that_is_no_text_is_withheld(log: io.StringIO) -> None:
    own.error(KeyError(SECRET))
    assert only(log)["message"] == "<KeyError withheld>"
