import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from multidict import CIMultiDict

from luca_shared.runtime.preconditions import (
    Create,
    Replace,
    parse_idempotency_key,
    parse_if_match,
    parse_precondition,
)
from luca_shared.runtime.problems import Problem


def request(*headers: tuple[str, str]) -> web.Request:
    return make_mocked_request("PUT", "/x", headers=CIMultiDict(headers))


def problem(*headers: tuple[str, str]) -> Problem:
    with pytest.raises(Problem) as caught:
        parse_precondition(request(*headers))
    return caught.value


def test_a_star_creates_and_a_version_replaces() -> None:
    assert parse_precondition(request(("If-None-Match", "*"))) == Create()
    assert parse_precondition(request(("If-Match", '"3"'))) == Replace(3)


def test_a_write_without_a_precondition_is_told_how_to_make_one() -> None:
    found = problem()
    assert found.status == 428
    assert 'If-Match: "3"' in found.detail


@pytest.mark.parametrize(
    "value", ["3", 'W/"3"', "*", '"3", "4"', '"abc"', '"0"', '"-1"', '"03"', "", '"٣"', f'"{10**20}"']
)
def test_anything_but_one_strong_version_is_refused(value: str) -> None:
    found = problem(("If-Match", value))
    assert found.status == 422
    assert "If-Match" in found.errors[0].detail


@pytest.mark.parametrize("value", ['"3"', "", "*, *"])
def test_only_a_star_creates(value: str) -> None:
    assert problem(("If-None-Match", value)).status == 422


def test_contradicting_or_repeated_headers_are_refused() -> None:
    assert problem(("If-Match", '"3"'), ("If-None-Match", "*")).status == 422
    assert problem(("If-Match", '"3"'), ("If-Match", '"4"')).status == 422


def test_a_delete_names_a_version() -> None:
    assert parse_if_match(request(("if-match", '"7"'))) == 7
    with pytest.raises(Problem) as none:
        parse_if_match(request())
    with pytest.raises(Problem) as star:
        parse_if_match(request(("If-None-Match", "*")))
    assert (none.value.status, star.value.status) == (428, 422)
    assert "create" not in none.value.detail


def test_an_idempotency_key_is_read_quoted_or_not() -> None:
    assert parse_idempotency_key(request()) is None
    assert parse_idempotency_key(request(("Idempotency-Key", "0198-ab_C"))) == "0198-ab_C"
    assert parse_idempotency_key(request(("Idempotency-Key", '"0198-ab_C"'))) == "0198-ab_C"


@pytest.mark.parametrize("value", ["", "a#b", "a" * 65, '"', "ñ", '"a', 'a"'])
def test_a_key_that_could_not_be_stored_is_refused(value: str) -> None:
    with pytest.raises(Problem) as caught:
        parse_idempotency_key(request(("Idempotency-Key", value)))
    assert caught.value.status == 422
