"""The emulator decides the table's requests as the table says, under the deployed policies and under each mutation."""

import json
import os
from typing import Any

import pytest

from luca_local.isolation.policy_wall.account import Account
from luca_local.isolation.policy_wall.decision_table import (
    HERE,
    MUTATIONS,
    POLICIES,
    REQUESTS,
    changed_by,
    mutated,
    places,
)

OPPOSITE = {"allow": "deny", "deny": "allow"}


def test_the_tables_policies_are_the_deployed_ones(account: Account) -> None:
    deployed = account.policies()
    if os.environ.get("LUCA_WRITE_POLICIES"):  # after a change of the templates; then the oracle is asked again
        (HERE / "policies.json").write_text(json.dumps(deployed, indent=2, ensure_ascii=False) + "\n")
    assert deployed == json.loads((HERE / "policies.json").read_text()), "LUCA_WRITE_POLICIES=1 takes them over"


def test_the_deployed_policies_decide_as_the_table_says(account: Account) -> None:
    decided = {request["name"]: account.decide(request) for request in REQUESTS}
    assert decided == {request["name"]: request["decision"] for request in REQUESTS}


@pytest.mark.parametrize("mutation", MUTATIONS, ids=[mutation["name"] for mutation in MUTATIONS])
def test_mutated_policies_decide_as_the_table_says(account: Account, mutation: dict[str, Any]) -> None:
    documents = mutated(mutation["changes"])
    requests = [request for request in REQUESTS if documents.keys() & places(request)]
    account.install(documents)
    try:
        decided = {request["name"]: account.decide(request) for request in requests}
    finally:
        account.install({place: POLICIES[place] for place in documents})
    changed = changed_by(mutation["name"])
    assert changed <= decided.keys()
    assert decided == {
        request["name"]: OPPOSITE[request["decision"]] if request["name"] in changed else request["decision"]
        for request in requests
    }
