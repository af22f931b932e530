"""The workflow runs nothing that can change under it, may do nothing but read, and asks make for what there is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
CI = ROOT / ".github" / "workflows" / "ci.yaml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").iterdir())
ACTIONS = sorted((ROOT / ".github" / "actions").glob("*/action.yaml"))

PINNED = re.compile(r"uses: (?P<action>[\w.-]+/[\w./-]+)@(?P<commit>[0-9a-f]{40}) # (?P<version>v\d+\.\d+\.\d+)")
OURS = re.compile(r"uses: \./(?P<directory>[\w./-]+)")
MAKE = re.compile(r"\bmake((?: [a-z-]+| [A-Z_]+=\S+)+)")
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


def jobs(workflow: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(workflow.read_text())["jobs"]
    return found


def steps() -> Iterator[dict[str, Any]]:
    for workflow in WORKFLOWS:
        for job in jobs(workflow).values():
            yield from job["steps"]
    for action in ACTIONS:
        yield from yaml.safe_load(action.read_text())["runs"]["steps"]


def made_by(commands: str) -> set[str]:
    """Return what a shell script asks of make, options included."""
    return {
        wanted.strip() for line in commands.splitlines() if not line.startswith("#") for wanted in MAKE.findall(line)
    }


def made_by_the_workflows() -> set[str]:
    return set().union(*(made_by(step.get("run", "")) for step in steps()))


def made_by_the_script() -> set[str]:
    return made_by((ROOT / ".ci" / "run").read_text())


@pytest.mark.parametrize("file", [*WORKFLOWS, *ACTIONS], ids=lambda file: str(file.relative_to(ROOT)))
def test_every_action_is_one_commit_and_says_which_version_that_is(file: Path) -> None:
    uses = [line.strip().removeprefix("- ") for line in file.read_text().splitlines() if "uses:" in line]
    assert uses
    for line in uses:
        ours = OURS.fullmatch(line)
        assert PINNED.fullmatch(line) if ours is None else (ROOT / ours["directory"] / "action.yaml").is_file(), line


def test_an_action_is_the_same_commit_everywhere() -> None:
    text = "\n".join(file.read_text() for file in [*WORKFLOWS, *ACTIONS])
    pins = {(pin["action"], pin["commit"], pin["version"]) for pin in PINNED.finditer(text)}
    assert len(pins) == len({action for action, _, _ in pins})


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_reads_the_code_and_nothing_more(workflow: Path) -> None:
    assert yaml.safe_load(workflow.read_text())["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in jobs(workflow).values())
    text = workflow.read_text()
    # The first would run a stranger's branch as one of us; the second would have something to steal.
    assert "pull_request_target" not in text
    assert "secrets" not in text


def test_the_token_of_a_checkout_is_not_left_on_disk() -> None:
    checkouts = [step for step in steps() if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"] == {"persist-credentials": False} for step in checkouts)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda file: file.name)
def test_no_job_runs_for_ever(workflow: Path) -> None:
    assert all(job["timeout-minutes"] < 360 for job in jobs(workflow).values())


@pytest.mark.parametrize(
    "target",
    sorted(
        {
            word
            for wanted in made_by_the_workflows() | made_by_the_script()
            for word in wanted.split()
            if "=" not in word
        }
    ),
)
def test_make_knows_what_is_asked_of_it(target: str) -> None:
    assert target in TARGETS


def test_what_a_change_must_pass_here_it_must_pass_there() -> None:
    assert made_by_the_script() >= {"lint", "test"}
    assert made_by_the_script() - made_by_the_workflows() == set()
