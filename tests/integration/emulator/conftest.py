"""Calls to an emulator by botocore, as its root or in a role's session, and an emulator that lacks one shim.

A module here shows one fault: it names the shim in `FAULT`, and each test sees the fault with `faulty` and its mend
with `emulator`.
"""

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from luca_local.emulator_process import Emulator
from luca_shared.aws.credentials import Credentials

Statements = Sequence[Mapping[str, Any]]

_session = botocore.session.get_session()  # one for all: it reads the services' models once
_numbers = itertools.count()


class Caller:
    """Clients of one caller, a client a service: `caller("dynamodb").get_item(...)`."""

    def __init__(self, emulator: Emulator, credentials: Credentials) -> None:
        self._emulator = emulator
        self._credentials = credentials
        self._clients: dict[str, Any] = {}

    def __call__(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = _session.create_client(
                service,
                region_name=self._emulator.region,
                endpoint_url=self._emulator.endpoint_url,
                aws_access_key_id=self._credentials.access_key_id,
                aws_secret_access_key=self._credentials.secret_access_key,
                aws_session_token=self._credentials.session_token,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )
        return self._clients[service]

    def with_role(
        self, statements: Statements, *, tags: Mapping[str, str] | None = None, version: str | None = "2012-10-17"
    ) -> "Caller":
        """A session of a new role that has these statements, and these session tags."""
        name = unique("role")
        trust = [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}]
        policy = {"Statement": list(statements)} | ({"Version": version} if version else {})
        iam = self("iam")
        created = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": trust}))
        iam.put_role_policy(RoleName=name, PolicyName="policy", PolicyDocument=json.dumps(policy))
        return self.assume(created["Role"]["Arn"], tags or {})

    def assume(self, role_arn: str, tags: Mapping[str, str]) -> "Caller":
        """This caller's session of a role."""
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        found = self("sts").assume_role(RoleArn=role_arn, RoleSessionName="session", Tags=pairs)["Credentials"]
        credentials = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])
        return Caller(self._emulator, credentials)


def unique(kind: str) -> str:
    """A name that no other test has: the emulator is shared."""
    return f"{kind}-{next(_numbers)}"


def code(call: Callable[..., Any], **request: Any) -> str:
    """What a call is answered: "ok" or the code of the error."""
    try:
        call(**request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


@pytest.fixture(scope="module")
def faulty(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """An emulator without the shim of this module."""
    with Emulator(without=[request.module.FAULT]) as running:
        yield running


@pytest.fixture(scope="session")
def root() -> Callable[[Emulator], Caller]:
    """Gives an emulator's root."""
    return lambda emulator: Caller(emulator, emulator.admin)


@pytest.fixture(scope="session")
def answer() -> Callable[..., str]:
    """Gives what a call is answered: "ok" or the code of the error."""
    return code


@pytest.fixture
def name() -> str:
    """A name that no other test has."""
    return unique("name")


@pytest.fixture
def create_table(name: str) -> Callable[[Caller], str]:
    """Makes a table with keys pk and sk, an index by_other (other, sk), and a stream; gives its name."""

    def create(caller: Caller) -> str:
        caller("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk", "other")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_other",
                    "KeySchema": [
                        {"AttributeName": "other", "KeyType": "HASH"},
                        {"AttributeName": "sk", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
        )
        return name

    return create
