"""identity.yaml, trust: who may become whom, and with which tag."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load

BODY = load(TEMPLATES / "identity.yaml").body
ROLES: dict[str, dict[str, Any]] = {
    name: resource["Properties"] for name, resource in BODY["Resources"].items() if resource["Type"] == "AWS::IAM::Role"
}
SERVICES = ("InteractiveRole", "IngestWorkerRole", "GovSyncRole")
SCHOOL_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
ALLOWED_IN_A_TAG = "abcz019AZ _.:/=+-@"  # of the characters that STS takes, one of each kind


def trust(role: str) -> list[Any]:
    return list(ROLES[role]["AssumeRolePolicyDocument"]["Statement"])


def for_one_school() -> dict[str, Any]:
    [statement] = trust("TenantRole")
    return dict(statement)


def test_only_the_services_become_a_school() -> None:
    assert for_one_school()["Principal"] == {"AWS": [{"Fn::GetAtt": [service, "Arn"]} for service in SERVICES]}
    assert for_one_school()["Action"] == ["sts:AssumeRole", "sts:TagSession"]


def test_a_session_has_a_school_and_no_other_tag() -> None:
    condition = for_one_school()["Condition"]
    assert condition["Null"] == {"aws:RequestTag/school_id": "false"}  # the next line is true of no tags at all
    assert condition["ForAllValues:StringEquals"] == {"aws:TagKeys": ["school_id"]}


def is_accepted(school: str) -> bool:
    """What the two pattern conditions say of a tag."""
    condition = for_one_school()["Condition"]
    like = condition["StringLike"]["aws:RequestTag/school_id"]
    unlike = condition["StringNotLike"]["aws:RequestTag/school_id"]
    return fnmatchcase(school, like) and not any(fnmatchcase(school, pattern) for pattern in unlike)


@given(st.from_regex(SCHOOL_ID, fullmatch=True))
def test_every_school_id_is_accepted(school: str) -> None:
    assert is_accepted(school)


@given(st.text(ALLOWED_IN_A_TAG, max_size=63))
@example("")
@example("norte/sur")
@example("-norte")
def test_no_tag_that_is_no_school_id_is_accepted_but_for_upper_case(tag: str) -> None:
    # A pattern has no classes of characters, so letters can't be told apart. Such a tag reaches nothing: no key and no
    # object has it in that place.
    if not SCHOOL_ID.fullmatch(tag.lower()):
        assert not is_accepted(tag)


def test_a_tenant_session_ends_after_the_hour_that_role_chaining_allows() -> None:
    assert ROLES["TenantRole"]["MaxSessionDuration"] == 3600


@pytest.mark.parametrize("service", SERVICES)
def test_a_services_role_is_for_tasks_of_this_account(service: str) -> None:
    tasks, stand_in = trust(service)
    assert tasks["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert tasks["Action"] == "sts:AssumeRole"
    assert tasks["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "aws:SourceArn" in tasks["Condition"]["ArnLike"]
    assert "Fn::If" in stand_in


@pytest.mark.parametrize("role", [*SERVICES, "EdgeRole"])
def test_the_local_stand_in_exists_only_when_it_is_named(role: str) -> None:
    assert BODY["Parameters"]["StandInArn"]["Default"] == ""
    assert BODY["Conditions"]["HasStandIn"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "StandInArn"}, ""]}]}
    condition, statement, otherwise = trust(role)[1]["Fn::If"]
    assert (condition, otherwise) == ("HasStandIn", {"Ref": "AWS::NoValue"})
    assert statement["Condition"] == {"ArnEquals": {"aws:PrincipalArn": {"Ref": "StandInArn"}}}


def test_the_stand_in_is_one_principal_of_one_account() -> None:
    pattern = re.compile(BODY["Parameters"]["StandInArn"]["AllowedPattern"])
    for arn in ("", "arn:aws:iam::000000000000:root", "arn:aws:iam::000000000000:user/dev"):
        assert pattern.fullmatch(arn)
    for arn in ("*", "arn:aws:iam::*:root", "arn:aws:iam::000000000000:role/*", "000000000000"):
        assert not pattern.fullmatch(arn)


def test_a_school_can_become_nobody_else() -> None:
    policy = BODY["Resources"]["TenantPolicy"]["Properties"]["PolicyDocument"]
    allowed = [action for each in policy["Statement"] if each["Effect"] == "Allow" for action in each["Action"]]
    assert not any(action.startswith(("sts:", "iam:", "*")) for action in allowed)
    assert "TenantRole" not in str([trust(role) for role in ROLES])


def principals(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        if "Principal" in value and value.get("Effect") == "Allow":
            yield value["Principal"]
        for each in value.values():
            yield from principals(each)
    elif isinstance(value, list):
        for each in value:
            yield from principals(each)


@pytest.mark.parametrize("template", ["data", "messaging", "identity"])
def test_nothing_is_allowed_to_everybody(template: str) -> None:
    body = load(TEMPLATES / f"{template}.yaml").body
    for principal in principals(body["Resources"]):
        assert isinstance(principal, dict)
        assert "*" not in str(principal)
    assert "NotPrincipal" not in str(body)
