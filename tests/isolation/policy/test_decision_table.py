"""The table of decisions is whole: complete, checked by the oracle, and about what the emulator asks."""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from luca_local import emulator_process
from luca_local.isolation.policy_wall.decision_table import (
    MUTATIONS,
    REQUESTS,
    TABLE,
    changed_by,
    decisions_of_the_oracle,
    outdated,
)

HERE = Path(__file__).parent


def test_a_request_is_there_once() -> None:
    assert [name for name, count in Counter(request["name"] for request in REQUESTS).items() if count > 1] == []


@pytest.mark.parametrize("mutation", [mutation["name"] for mutation in MUTATIONS])
def test_each_mutation_changes_a_decision(mutation: str) -> None:
    """A mutation that changes nothing is a hole in the table: no request would tell the two policies apart."""
    assert changed_by(mutation)


def test_the_mutations_named_are_there() -> None:
    named = {mutation for request in REQUESTS for mutation in request["changed_by"]}
    assert named <= {mutation["name"] for mutation in MUTATIONS}


def test_every_caller_is_let_through_and_refused() -> None:
    decisions = {(request["caller"], request["decision"]) for request in REQUESTS}
    able = TABLE["callers"].keys() - {"untagged"}  # a session without a school may do nothing
    assert decisions >= {(caller, decision) for caller in able for decision in ("allow", "deny")}


def test_the_oracle_has_decided_this_very_table() -> None:
    assert not outdated(), "these changed: ask the oracle again"
    assert decisions_of_the_oracle() == len(REQUESTS) * (len(MUTATIONS) + 1)


def test_the_table_asks_what_the_emulator_asks() -> None:
    """The normalised checks of DynamoDB requests, which the oracle decides, are those that the emulator makes."""
    made = [
        request
        for request in REQUESTS
        if request["service"] == "dynamodb" and not _is_about_a_table(request["operation"])
    ]
    given = {
        "place": TABLE["place"],
        "partition_keys": TABLE["partition_keys"],
        "requests": [[request["operation"], request["parameters"]] for request in made],
    }
    translated = subprocess.run(  # noqa: S603 - our own program, by the emulator's interpreter
        [emulator_process.emulator_python(), str(HERE / "translate.py")],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(emulator_process.__file__).parents[1]), "PATH": os.environ["PATH"]},
    )
    asks = json.loads(translated.stdout)
    assert {request["name"]: ask for request, ask in zip(made, asks, strict=True)} == {
        request["name"]: request["asks"] for request in made
    }


def _is_about_a_table(operation: str) -> bool:
    return operation.endswith(("Table", "TimeToLive", "Backup"))
