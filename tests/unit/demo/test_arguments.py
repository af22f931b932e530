"""The demo's options."""

import argparse

import pytest

from luca_local.demo import arguments
from luca_local.demo.size import SHORT, WHOLE


def parsed(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    arguments.add_to(parser)
    return parser.parse_args(given)


def test_a_whole_day_with_a_new_seed_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECESS", raising=False)
    assert arguments.size_of(parsed()) == WHOLE
    assert len({arguments.seed_of(parsed()) for _ in range(20)}) > 1


def test_the_day_can_be_short_and_its_seed_given() -> None:
    assert arguments.size_of(parsed("--short")).grades == SHORT.grades
    assert arguments.seed_of(parsed("--seed", "0")) == 0


def test_recess_can_be_scaled_by_option_and_by_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    assert arguments.size_of(parsed("--recess", "7")).events == 7
    monkeypatch.setenv("RECESS", "50000")
    assert arguments.size_of(parsed()).events == 50_000
    monkeypatch.setenv("RECESS", "")
    assert arguments.size_of(parsed()) == WHOLE


@pytest.mark.parametrize("wrong", ["0", "-1", "many", "1e3"])
def test_a_recess_that_is_no_number_is_refused(wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        parsed("--recess", wrong)
    monkeypatch.setenv("RECESS", wrong)
    with pytest.raises(SystemExit):
        parsed()
