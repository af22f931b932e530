"""identity.yaml, policies: the fourth wall as text, and the slips that each of its rules is there to notice."""

import copy
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load

Body = dict[str, Any]
Statement = dict[str, Any]

BODY: Body = dict(load(TEMPLATES / "identity.yaml").body)
ITEMS_OF_THE_SCHOOL = "TENANT#${aws:PrincipalTag/school_id}#*"
SERVICES = ("Interactive", "IngestWorker", "GovSync")


def by_sid(body: Body, name: str) -> dict[str, Statement]:
    document = body["Resources"][name]["Properties"]["PolicyDocument"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def identity_statements(body: Body) -> Iterator[tuple[str, Statement]]:
    """Every statement of every policy on a role, with where it stands."""
    for name, resource in body["Resources"].items():
        properties = resource.get("Properties", {})
        documents = []
        if resource["Type"] == "AWS::IAM::Role":
            documents = [each["PolicyDocument"] for each in properties.get("Policies", [])]
        if resource["Type"] == "AWS::IAM::Policy":
            documents = [properties["PolicyDocument"]]
        for document in documents:
            for statement in document["Statement"]:
                yield f"{name}.{statement['Sid']}", statement


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def allows(body: Body, service: str) -> Iterator[tuple[str, Statement]]:
    for place, statement in identity_statements(body):
        actions = listed(statement["Action"])
        if statement["Effect"] == "Allow" and any(action.startswith((f"{service}:", "*")) for action in actions):
            yield place, statement


# --- The rules: each gives the places that break it.


def items_allowed_without_their_keys(body: Body) -> list[str]:
    """An Allow of DynamoDB needs LeadingKeys, and Null beside it: ForAllValues is true of an absent key."""
    faults = []
    for place, statement in allows(body, "dynamodb"):
        condition = statement.get("Condition", {})
        limited = [keys for operator, keys in condition.items() if operator.startswith("ForAllValues:")]
        if not any("dynamodb:LeadingKeys" in keys for keys in limited):
            faults.append(f"{place}: no leading keys")
        if condition.get("Null", {}).get("dynamodb:LeadingKeys") != "false":
            faults.append(f"{place}: an absent key is allowed")
    return faults


def scans_allowed(body: Body) -> list[str]:
    return [
        place
        for place, statement in allows(body, "dynamodb")
        for action in listed(statement["Action"])
        if fnmatchcase("dynamodb:Scan", action)
    ]


def wildcards_allowed(body: Body) -> list[str]:
    """No Allow has a wildcard for its actions, and of its resources only an index's and an object's name."""
    faults = []
    for place, statement in identity_statements(body):
        if statement["Effect"] != "Allow":
            continue
        faults += [f"{place}: {action}" for action in listed(statement["Action"]) if "*" in action]
        for resource in listed(statement["Resource"]):
            text = resource if isinstance(resource, str) else str(resource.get("Fn::Sub", ""))
            for known in ("/index/*", "/${!aws:PrincipalTag/school_id}/*", "/_reports/*"):
                text = text.removesuffix(known)
            if "*" in text:
                faults.append(f"{place}: {text}")
    return faults


def schools_items_not_denied(body: Body) -> list[str]:
    """A service's own role is denied the schools' items, be it one key among others; scans, as they have no key."""
    faults = []
    for service in SERVICES:
        denied = {sid: each for sid, each in by_sid(body, f"{service}Policy").items() if each["Effect"] == "Deny"}
        if denied.get("NeverASchoolsItem", {}).get("Condition") != {
            "ForAnyValue:StringLike": {"dynamodb:LeadingKeys": ["TENANT#*"]}
        }:
            faults.append(f"{service}: items")
        if denied.get("NeverASchoolsItem", {}).get("Action") != "dynamodb:*":
            faults.append(f"{service}: some actions")
    return faults


def scans_not_denied(body: Body) -> list[str]:
    faults = []
    for name in ("Tenant", *SERVICES):
        statements = by_sid(body, f"{name}Policy")
        if statements.get("NeverAScan") != {
            "Sid": "NeverAScan",
            "Effect": "Deny",
            "Action": "dynamodb:Scan",
            "Resource": "*",
        }:
            faults.append(f"{name}: scans")
        if statements.get("NeverAFullTableSelect") != {
            "Sid": "NeverAFullTableSelect",
            "Effect": "Deny",
            "Action": "dynamodb:PartiQLSelect",
            "Resource": "*",
            "Condition": {"Bool": {"dynamodb:FullTableScan": "true"}},
        }:
            faults.append(f"{name}: full-table selects")
    return faults


def tenant_items_beyond_the_school(body: Body) -> list[str]:
    """The school's items are those behind the terminated prefix, and nothing else of DynamoDB is allowed."""
    faults = []
    for sid, statement in by_sid(body, "TenantPolicy").items():
        if statement["Effect"] == "Allow" and any(each.startswith("dynamodb:") for each in listed(statement["Action"])):
            keys = statement.get("Condition", {}).get("ForAllValues:StringLike", {}).get("dynamodb:LeadingKeys")
            if keys != [ITEMS_OF_THE_SCHOOL]:
                faults.append(f"{sid}: {keys}")
    return faults


RULES: list[Callable[[Body], list[str]]] = [
    items_allowed_without_their_keys,
    scans_allowed,
    wildcards_allowed,
    schools_items_not_denied,
    scans_not_denied,
    tenant_items_beyond_the_school,
]


@pytest.mark.parametrize("rule", RULES)
def test_the_template_keeps_every_rule(rule: Callable[[Body], list[str]]) -> None:
    assert rule(BODY) == []


def tenant_condition(body: Body) -> dict[str, Any]:
    condition: dict[str, Any] = by_sid(body, "TenantPolicy")["ItemsOfTheSchool"]["Condition"]
    return condition


def without_null(body: Body) -> None:
    del tenant_condition(body)["Null"]


def without_leading_keys(body: Body) -> None:
    del tenant_condition(body)["ForAllValues:StringLike"]


def without_terminator(body: Body) -> None:
    tenant_condition(body)["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] = [
        "TENANT#${aws:PrincipalTag/school_id}*"
    ]


def with_scan(body: Body) -> None:
    by_sid(body, "TenantPolicy")["ItemsOfTheSchool"]["Action"].append("dynamodb:Scan")


def with_every_action(body: Body) -> None:
    by_sid(body, "TenantPolicy")["ItemsOfTheSchool"]["Action"].append("dynamodb:*")


def with_another_statement(body: Body) -> None:
    document = body["Resources"]["TenantPolicy"]["Properties"]["PolicyDocument"]
    document["Statement"].append({"Sid": "More", "Effect": "Allow", "Action": "dynamodb:Query", "Resource": "*"})


def without_a_denial(name: str, sid: str) -> Callable[[Body], None]:
    def remove(body: Body) -> None:
        document = body["Resources"][name]["Properties"]["PolicyDocument"]
        document["Statement"] = [each for each in document["Statement"] if each["Sid"] != sid]

    return remove


def with_all_keys_instead_of_any(body: Body) -> None:
    condition = by_sid(body, "GovSyncPolicy")["NeverASchoolsItem"]["Condition"]
    condition["ForAllValues:StringLike"] = condition.pop("ForAnyValue:StringLike")


def with_runs_of_absent_keys(body: Body) -> None:
    del by_sid(body, "GovSyncPolicy")["KeepTheRunsState"]["Condition"]["Null"]


def with_every_queue(body: Body) -> None:
    by_sid(body, "IngestWorkerPolicy")["TakeEvents"]["Resource"] = "*"


SLIPS: list[tuple[Callable[[Body], None], Callable[[Body], list[str]]]] = [
    (without_null, items_allowed_without_their_keys),
    (without_leading_keys, items_allowed_without_their_keys),
    (with_runs_of_absent_keys, items_allowed_without_their_keys),
    (without_terminator, tenant_items_beyond_the_school),
    (with_another_statement, tenant_items_beyond_the_school),
    (with_scan, scans_allowed),
    (with_every_action, scans_allowed),
    (with_every_queue, wildcards_allowed),
    (with_all_keys_instead_of_any, schools_items_not_denied),
    *((without_a_denial(f"{name}Policy", "NeverASchoolsItem"), schools_items_not_denied) for name in SERVICES),
    *((without_a_denial(f"{name}Policy", "NeverAScan"), scans_not_denied) for name in ("Tenant", *SERVICES)),
    *((without_a_denial(f"{name}Policy", "NeverAFullTableSelect"), scans_not_denied) for name in ("Tenant", *SERVICES)),
]


@pytest.mark.parametrize(("slip", "rule"), SLIPS)
def test_each_rule_notices_the_slip_that_it_is_for(
    slip: Callable[[Body], None], rule: Callable[[Body], list[str]]
) -> None:
    body = copy.deepcopy(BODY)
    slip(body)
    assert rule(body) != []
