import json
from typing import Any

import pytest

from luca_local.chaos.outgoing import AWS, GOVERNMENT, Headers, Outgoing, kind_of


def aws_json(target: str, **body: Any) -> Outgoing:
    return Outgoing(AWS, 1, "POST", "/", (("X-Amz-Target", target),), json.dumps(body).encode())


def dynamodb(operation: str, **body: Any) -> Outgoing:
    return aws_json(f"DynamoDB_20120810.{operation}", **body)


def s3(method: str, target: str) -> Outgoing:
    scope = "AWS4-HMAC-SHA256 Credential=ASIA/20261124/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0"
    return Outgoing(AWS, 1, method, target, (("Authorization", scope),), b"")


def batch(batch_id: str, state: str) -> dict[str, Any]:
    return {"pk": {"S": "TENANT#norte#RUN#T1"}, "sk": {"S": f"BATCH#{batch_id}"}, "state": {"S": state}}


@pytest.mark.parametrize(
    ("request_", "kind"),
    [
        (dynamodb("PutItem", Item=batch("8f7b", "Synced")), "dynamodb PutItem BATCH Synced"),
        (dynamodb("GetItem", Key={"pk": {"S": "RUN#T1"}, "sk": {"S": "RUN"}}), "dynamodb GetItem RUN"),
        (
            dynamodb("TransactWriteItems", TransactItems=[{"Put": {"Item": batch("1", "Split")}}] * 2),
            "dynamodb TransactWriteItems BATCH Split + BATCH Split",
        ),
        (
            dynamodb("BatchExecuteStatement", Statements=[{"Statement": "INSERT INTO luca VALUE ?"}]),
            "dynamodb BatchExecuteStatement INSERT",
        ),
        (
            dynamodb("BatchGetItem", RequestItems={"luca": {"Keys": [{"sk": {"S": "EVENT#2026-11-24#e1"}}]}}),
            "dynamodb BatchGetItem EVENT",
        ),
        (
            dynamodb("Query", TableName="luca", IndexName="pending", ExpressionAttributeValues={}),
            "dynamodb Query pending",
        ),
        (
            dynamodb("Query", ExpressionAttributeValues={":p": {"S": "TENANT#a#RUN#T"}, ":s": {"S": "BATCH#"}}),
            "dynamodb Query BATCH",
        ),
        (aws_json("AmazonSQS.ReceiveMessage", QueueUrl="http://h/0/luca-events"), "sqs ReceiveMessage luca-events"),
        (aws_json("TrentService.Decrypt", CiphertextBlob="x"), "kms Decrypt"),
        (s3("PUT", "/bucket-0/norte-2/T1/8f7be1a6.json"), "s3 PUT *.json"),
        (s3("PUT", "/bucket-0/_reports/T1/report.html"), "s3 PUT _reports/report.html"),
        (Outgoing(GOVERNMENT, 1, "GET", "/v1/submissions/8f7b", (), b""), "government GET /v1/submissions/*"),
        (Outgoing(GOVERNMENT, 1, "GET", "/v1/records?period=T1&school_id=a", (), b""), "government GET /v1/records"),
    ],
)
def test_a_kind_says_what_is_asked_and_nothing_of_this_run(request_: Outgoing, kind: str) -> None:
    assert kind_of(request_) == kind


def test_a_form_is_known_by_its_action() -> None:
    headers: Headers = (
        ("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"),
        ("Authorization", "AWS4-HMAC-SHA256 Credential=ASIA/20261124/us-east-1/sts/aws4_request, SignedHeaders=host"),
    )
    body = b"Action=AssumeRole&Version=2011-06-15&RoleArn=arn"
    assert kind_of(Outgoing(AWS, 1, "POST", "/", headers, body)) == "sts AssumeRole"


def test_two_requests_that_differ_by_ids_alone_are_of_one_kind() -> None:
    assert kind_of(dynamodb("PutItem", Item=batch("1", "DLQ"))) == kind_of(dynamodb("PutItem", Item=batch("2", "DLQ")))
    assert kind_of(s3("GET", "/bucket/norte/T1/1.json")) == kind_of(s3("GET", "/bucket/norte-2/T2/2.json"))
