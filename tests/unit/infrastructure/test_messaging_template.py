"""messaging.yaml: who may write to the queue is what the worker's belief in a message's school rests on."""

import re
from typing import Any

import pytest

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load

BODY = load(TEMPLATES / "messaging.yaml").body
RESOURCES: dict[str, dict[str, Any]] = dict(BODY["Resources"])
POLICIES = {
    "Queue": "QueuePolicy",
    "DeadLetterQueue": "DeadLetterQueuePolicy",
    "GovSyncDeadLetterQueue": "GovSyncDeadLetterQueuePolicy",
}


def statements(queue: str) -> list[Any]:
    policy = RESOURCES[POLICIES[queue]]["Properties"]
    assert policy["Queues"] == [{"Ref": queue}]
    return list(policy["PolicyDocument"]["Statement"])


def role(parameter: str) -> dict[str, str]:
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:role/${{{parameter}}}"}


@pytest.mark.parametrize(
    ("queue", "senders"),
    [
        ("Queue", ["EdgeRoleName", "RedriveRoleName"]),
        ("DeadLetterQueue", ["IngestWorkerRoleName"]),
        ("GovSyncDeadLetterQueue", ["GovSyncRoleName"]),
    ],
)
def test_everybody_but_the_senders_is_denied_sending(queue: str, senders: list[str]) -> None:
    only_the_senders = statements(queue)[0]
    assert only_the_senders["Effect"] == "Deny"
    assert only_the_senders["Principal"] == "*"
    assert only_the_senders["Action"] == "sqs:SendMessage"
    assert only_the_senders["Resource"] == {"Fn::GetAtt": [queue, "Arn"]}
    assert only_the_senders["Condition"] == {
        "ArnNotEquals": {"aws:PrincipalArn": [role(sender) for sender in senders]},
    }


@pytest.mark.parametrize("queue", POLICIES)
def test_requests_without_tls_are_denied_unless_that_is_switched_off(queue: str) -> None:
    assert BODY["Parameters"]["RequireTls"]["Default"] == "true"
    assert BODY["Conditions"]["TlsIsRequired"] == {"Fn::Equals": [{"Ref": "RequireTls"}, "true"]}
    condition, only_tls, otherwise = statements(queue)[1]["Fn::If"]
    assert condition == "TlsIsRequired"
    assert otherwise == {"Ref": "AWS::NoValue"}
    assert only_tls["Effect"] == "Deny"
    assert only_tls["Principal"] == "*"
    assert only_tls["Action"] == "sqs:*"
    assert only_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize("queue", POLICIES)
def test_no_queue_policy_allows_anything(queue: str) -> None:
    # Within an account the roles' own policies allow; an Allow here could only add senders.
    plain = [each for each in statements(queue) if "Fn::If" not in each]
    assert {each["Effect"] for each in plain} == {"Deny"}


def test_the_queue_outlives_an_outage_and_makes_no_dead_letters_of_it() -> None:
    queue = RESOURCES["Queue"]["Properties"]
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
    assert queue["VisibilityTimeout"] == 60
    assert queue["ReceiveMessageWaitTimeSeconds"] == 20
    assert queue["SqsManagedSseEnabled"] is True
    assert queue["RedrivePolicy"] == {
        "deadLetterTargetArn": {"Fn::GetAtt": ["DeadLetterQueue", "Arn"]},
        "maxReceiveCount": 1000,
    }


def test_dead_letters_are_encrypted_kept_and_of_this_queue_only() -> None:
    queue = RESOURCES["DeadLetterQueue"]["Properties"]
    assert queue["KmsMasterKeyId"] == {"Fn::GetAtt": ["DeadLetterKey", "Arn"]}
    assert queue["MessageRetentionPeriod"] == 14 * 24 * 60 * 60
    assert queue["RedriveAllowPolicy"]["redrivePermission"] == "byQueue"
    [source] = queue["RedriveAllowPolicy"]["sourceQueueArns"]
    assert source["Fn::Sub"].endswith(":" + RESOURCES["Queue"]["Properties"]["QueueName"])


def test_the_key_of_dead_letters_is_used_through_sqs_by_those_who_send_and_redrive() -> None:
    use = RESOURCES["DeadLetterKey"]["Properties"]["KeyPolicy"]["Statement"][1]
    assert use["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    assert use["Condition"] == {
        "StringEquals": {"kms:ViaService": {"Fn::Sub": "sqs.${AWS::Region}.amazonaws.com"}},
        "ArnEquals": {"aws:PrincipalArn": [role("IngestWorkerRoleName"), role("RedriveRoleName")]},
    }


def test_the_names_of_the_roles_are_the_same_in_identity() -> None:
    identity = load(TEMPLATES / "identity.yaml").body["Parameters"]
    for name in ("EdgeRoleName", "RedriveRoleName", "IngestWorkerRoleName", "GovSyncRoleName"):
        assert BODY["Parameters"][name]["Default"] == identity[name]["Default"]


@pytest.mark.parametrize("parameter", ["EdgeRoleName", "RedriveRoleName", "IngestWorkerRoleName", "GovSyncRoleName"])
def test_a_roles_name_is_no_pattern(parameter: str) -> None:
    pattern = re.compile(BODY["Parameters"][parameter]["AllowedPattern"])
    assert pattern.fullmatch(BODY["Parameters"][parameter]["Default"])
    assert not any(pattern.fullmatch(name) for name in ("*", "luca-*", "", "luca/edge", "a" * 65))


def test_operators_are_told_on_the_topic_that_they_know() -> None:
    assert RESOURCES["AlertsTopic"]["Properties"]["TopicName"] == "luca-ops-alerts"
