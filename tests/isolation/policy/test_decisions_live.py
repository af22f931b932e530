"""The emulator decides the table's requests as the table says, under the deployed policies and under each mutation."""

import copy
import json
import os
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
POLICIES: dict[str, Any] = json.loads((HERE / "policies.json").read_text())
MUTATIONS: list[dict[str, Any]] = json.loads((HERE / "mutations.json").read_text())
TABLE: dict[str, Any] = json.loads((HERE / "decisions.json").read_text())
CALLERS, REQUESTS = TABLE["callers"], TABLE["requests"]
OPPOSITE = {"allow": "deny", "deny": "allow"}


def mutated(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """The policies that the changes touch, changed."""
    documents: dict[str, Any] = {change["policy"]: copy.deepcopy(POLICIES[change["policy"]]) for change in changes}
    for change in changes:
        statements = documents[change["policy"]]["Statement"]
        if "add" in change:
            statements.append(change["add"])
            continue
        (statement,) = (each for each in statements if each["Sid"] == change["statement"])
        if change.get("remove"):
            statements.remove(statement)
        statement.update(change.get("set", {}))
        for field in change.get("unset", []):
            del statement[field]
    return documents


def test_the_tables_policies_are_the_deployed_ones(world: Any) -> None:
    deployed = world.policies()
    if os.environ.get("LUCA_WRITE_POLICIES"):  # after a change of the templates; then the oracle is asked again
        (HERE / "policies.json").write_text(json.dumps(deployed, indent=2, ensure_ascii=False) + "\n")
    assert deployed == json.loads((HERE / "policies.json").read_text()), "LUCA_WRITE_POLICIES=1 takes them over"


def test_the_deployed_policies_decide_as_the_table_says(world: Any) -> None:
    decided = {request["name"]: world.decide(request) for request in REQUESTS}
    assert decided == {request["name"]: request["decision"] for request in REQUESTS}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation["name"] for mutation in MUTATIONS])
def test_mutated_policies_decide_as_the_table_says(world: Any, mutation: dict[str, Any]) -> None:
    documents = mutated(mutation["changes"])
    requests = [request for request in REQUESTS if documents.keys() & places(request)]
    world.install(documents)
    try:
        decided = {request["name"]: world.decide(request) for request in requests}
    finally:
        world.install({place: POLICIES[place] for place in documents})
    changed = {request["name"] for request in REQUESTS if mutation["name"] in request["changed_by"]}
    assert changed <= decided.keys()
    assert decided == {
        request["name"]: OPPOSITE[request["decision"]] if request["name"] in changed else request["decision"]
        for request in requests
    }


def places(request: dict[str, Any]) -> set[str]:
    """What has a policy that judges a request: the caller's role, and the resources (of an object, its bucket)."""
    resources = {ask["resource"] for ask in request["asks"]}
    return {CALLERS[request["caller"]]["role"]} | resources | {resource.split("/")[0] for resource in resources}
