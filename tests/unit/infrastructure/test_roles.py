"""identity.yaml, roles: each reaches what it is for."""

from typing import Any

import pytest

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load

RESOURCES: dict[str, dict[str, Any]] = dict(load(TEMPLATES / "identity.yaml").body["Resources"])
SERVICES = ("Interactive", "IngestWorker", "GovSync")


def by_sid(policy: str) -> dict[str, dict[str, Any]]:
    document = RESOURCES[policy]["Properties"]["PolicyDocument"]
    return {statement["Sid"]: statement for statement in document["Statement"]}


def test_a_school_reaches_its_three_tables_and_no_index_of_the_platform() -> None:
    assert by_sid("TenantPolicy")["ItemsOfTheSchool"]["Resource"] == [
        {"Ref": "TableArn"},
        {"Fn::Sub": "${TableArn}/index/*"},
        {"Ref": "KeysTableArn"},
        {"Ref": "GovSyncTableArn"},
    ]


def test_a_school_decrypts_with_its_own_context_alone() -> None:
    statement = by_sid("TenantPolicy")["DataKeyOfTheSchool"]
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert statement["Resource"] == {"Fn::GetAtt": ["SchoolKey", "Arn"]}
    assert statement["Condition"] == {
        "StringEquals": {"kms:EncryptionContext:school_id": "${aws:PrincipalTag/school_id}"}
    }


def test_a_school_reads_and_writes_objects_under_its_own_prefix_in_our_bucket() -> None:
    statement = by_sid("TenantPolicy")["PayloadsOfTheSchool"]
    assert statement["Action"] == ["s3:GetObject", "s3:PutObject"]
    assert statement["Resource"]["Fn::Sub"].endswith("/${!aws:PrincipalTag/school_id}/*")
    assert statement["Condition"] == {"StringEquals": {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_edge_can_send_events_and_nothing_else() -> None:
    [document] = RESOURCES["EdgeRole"]["Properties"]["Policies"]
    [statement] = document["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("sqs:SendMessage", {"Ref": "QueueArn"})


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_becomes_a_school_through_the_tenant_role_alone(service: str) -> None:
    statement = by_sid(f"{service}Policy")["BecomeASchool"]
    assert statement["Resource"] == {"Fn::GetAtt": ["TenantRole", "Arn"]}
    allowing_sts = [sid for sid, each in by_sid(f"{service}Policy").items() if "sts:" in str(each["Action"])]
    assert allowing_sts == ["BecomeASchool"]


@pytest.mark.parametrize(
    ("service", "statements"),
    [("Interactive", []), ("IngestWorker", []), ("GovSync", ["ReadTheListOfSchools", "KeepTheRunsState"])],
)
def test_only_the_sync_reads_items_as_itself(service: str, statements: list[str]) -> None:
    allowing = {sid: each for sid, each in by_sid(f"{service}Policy").items() if each["Effect"] == "Allow"}
    assert [sid for sid, each in allowing.items() if "dynamodb:" in str(each["Action"])] == statements


@pytest.mark.parametrize(
    ("statement", "keys"), [("ReadTheListOfSchools", "PLATFORM#SCHOOLS"), ("KeepTheRunsState", "RUN#*")]
)
def test_the_syncs_own_items_are_no_schools(statement: str, keys: str) -> None:
    condition = by_sid("GovSyncPolicy")[statement]["Condition"]
    [limited] = [each for operator, each in condition.items() if operator.startswith("ForAllValues")]
    assert limited == {"dynamodb:LeadingKeys": [keys]}
