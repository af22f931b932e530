"""The command: it tries what it is asked for, writes the report, and its exit code says what came of it."""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from luca_local.isolation import __main__ as command
from luca_local.isolation.attempts import Attempt, Control, Ending, Tried
from luca_local.isolation.every_wall import WALLS, every_wall
from luca_local.isolation.guards import Guard
from luca_local.isolation.walls import Plan, Wall


class Fence(Wall):
    alone = "no dog"

    def __init__(self, name: str, came_of_it: Ending) -> None:
        self.name = name
        self._ending = came_of_it

    @property
    def guards(self) -> Sequence[Guard]:
        return ()

    async def tried(self, plan: Plan) -> list[Tried]:
        chance = str(plan.chance.random())
        return [Attempt("climbing", plan.extent, chance, self._ending), Control("climbing", "the gate", "in", True)]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setattr(os, "environ", dict(os.environ))  # which the command takes AWS out of
    report = tmp_path / "build" / "isolation.json"

    def run_at(came_of_it: Ending, *arguments: str) -> tuple[int, dict[str, Any]]:
        walls = [Fence("token", came_of_it), Fence("types", Ending.REFUSED)]
        monkeypatch.setattr(command, "every_wall", lambda _logs: iter(walls))
        code = command.main([*arguments, "--output", str(report)])
        return code, json.loads(report.read_bytes())

    return run_at


def test_a_run_that_holds_is_0_and_written_down(run: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = run(Ending.REFUSED, "--short", "--seed", "7")
    assert (code, report["ok"], report["attempts"], report["seed"], report["extent"]) == (0, True, 2, 7, "short")
    assert report["by_wall"].keys() == {"token", "types"}
    assert report["versions"].keys() > {"python", "python-jose"}
    assert "isolation: 2 attempts, 2 walls, 0 leaked" in capsys.readouterr().out


@pytest.mark.parametrize("bad", [Ending.LEAKED, Ending.UNPROVEN])
def test_a_run_that_does_not_is_1(run: Any, bad: Ending) -> None:
    code, report = run(bad)
    assert (code, report["ok"], report["extent"]) == (1, False, "long")
    assert run(bad, "--only", "types")[0] == 0


def test_a_seed_repeats_what_is_left_to_chance(run: Any) -> None:
    def chances(*arguments: str) -> Any:
        return run(Ending.REFUSED, *arguments)[1]["by_wall"]

    assert chances("--seed", "7") == chances("--seed", "7") != chances("--seed", "8")
    assert chances() != chances()


def test_a_wall_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["--only", "garden"])
    assert "garden" in capsys.readouterr().err


def test_the_walls_that_can_be_chosen_are_those_that_there_are(tmp_path: Path) -> None:
    assert tuple(wall.name for wall in every_wall(tmp_path)) == WALLS
