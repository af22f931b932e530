"""What is written down of a request: whose data it names, wherever in it that stands."""

from typing import Any

import orjson
import pytest

from luca_local.isolation.credential_wall.aws import Issued, fault_of
from luca_local.isolation.recording_aws import Recorded, recording_aws
from luca_shared.aws import AwsClient, Credentials, DynamoDB, Statement

PK = "TENANT#norte#STUDENT#s1"
CREDENTIALS = Credentials("ASIA1", "secret", "token")


def recorded(body: Any) -> Recorded:
    return Recorded("any", "ASIA1", {}, orjson.dumps(body))


@pytest.mark.parametrize(
    "body",
    [
        {"Key": {"pk": {"S": PK}, "sk": {"S": "PROFILE"}}},
        {"Item": {"pk": {"S": PK}, "sk": {"S": "PROFILE"}, "name": {"S": "TENANT#sur#no key"}}},
        {"Item": {"by_class_pk": {"S": PK}}},
        {"ExpressionAttributeValues": {":partition": {"S": PK}}},
        {"RequestItems": {"luca": {"Keys": [{"pk": {"S": PK}}]}}},
        {"TransactItems": [{"Put": {"Item": {"pk": {"S": PK}}}}]},
        {"Statements": [{"Statement": "x", "Parameters": [{"S": PK}, {"N": "1"}]}]},
        {"ExclusiveStartKey": {"pk": {"S": PK}, "pending_pk": {"S": PK}}},
        {"EncryptionContext": {"school_id": "norte"}},
    ],
)
def test_the_school_is_seen_wherever_a_request_names_it(body: Any) -> None:
    assert recorded(body).schools == {"norte"}


def test_two_schools_are_two() -> None:
    keys = [{"pk": {"S": PK}}, {"pk": {"S": "TENANT#norte-2#STUDENT#s1"}}]
    assert recorded({"RequestItems": {"luca": {"Keys": keys}}}).schools == {"norte", "norte-2"}


async def test_a_request_that_is_signed_as_another_is_found_out() -> None:
    async with recording_aws() as aws, AwsClient(region="us-east-1", endpoint_url=aws.url) as client:
        await DynamoDB(client).batch_execute([Statement("SELECT", (PK,))], credentials=CREDENTIALS)
    (sent,) = aws.recorded
    assert fault_of(sent, 0.0, {"ASIA1": Issued("norte", CREDENTIALS)}) == ""
    assert fault_of(sent, 0.0, {}) == "signed by nobody whom STS knows"
    assert fault_of(sent, 0.0, {"ASIA1": Issued("sur", CREDENTIALS)}) == "sur's credentials for norte"
    stale = Credentials("ASIA1", "secret", "another token")
    assert fault_of(sent, 0.0, {"ASIA1": Issued("norte", stale)}) == "another session's token"
    forged = Credentials("ASIA1", "another secret", "token")
    assert fault_of(sent, 0.0, {"ASIA1": Issued("norte", forged)}) == "another school's signature"
