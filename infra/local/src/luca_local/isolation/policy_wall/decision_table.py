"""The committed table: requests, what IAM decides about them, and which mutations of the policies change that."""

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

HERE: Final = Path(__file__).parent

POLICIES: Final[dict[str, Any]] = json.loads((HERE / "policies.json").read_text())
MUTATIONS: Final[list[dict[str, Any]]] = json.loads((HERE / "mutations.json").read_text())
TABLE: Final[dict[str, Any]] = json.loads((HERE / "decisions.json").read_text())
CALLERS: Final[dict[str, Any]] = TABLE["callers"]
REQUESTS: Final[list[dict[str, Any]]] = TABLE["requests"]


def mutated(changes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the policies that the changes touch, changed."""
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


def places(request: Mapping[str, Any]) -> set[str]:
    """What has a policy that judges a request: the caller's role, and the resources (of an object, its bucket)."""
    resources = {ask["resource"] for ask in request["asks"]}
    return {CALLERS[request["caller"]]["role"]} | resources | {resource.split("/")[0] for resource in resources}


def changed_by(mutation: str) -> set[str]:
    """Return the names of the requests that a mutation decides otherwise."""
    return {request["name"] for request in REQUESTS if mutation in request["changed_by"]}


def outdated() -> list[str]:
    """Return those files of the table that another implementation of IAM has not decided as they are now."""
    record = json.loads((HERE / "oracle.json").read_text())
    return [
        name
        for name, sha256 in record["sha256"].items()
        if hashlib.sha256((HERE / name).read_bytes()).hexdigest() != sha256
    ]


def decisions_of_the_oracle() -> int:
    """Return how many decisions the other implementation has made: of each request, under each mutation."""
    return int(json.loads((HERE / "oracle.json").read_text())["decisions"])
