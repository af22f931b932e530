"""The deployed templates on an emulator of their own, whose policies can be changed and asked."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError

from luca_local.deployment import deploy
from luca_local.emulator_process import ACCOUNT_ID
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws.credentials import Credentials

Documents = dict[str, Any]
"""Policies by what they are on: a role's name, or the ARN of a role (its trust policy), key, queue or bucket."""

TENANT_ROLE: Final = f"arn:aws:iam::{ACCOUNT_ID}:role/luca-tenant"
SCHOOLS: Final = ("norte", "norte-2", "sur")

DENIED: Final = {"AccessDenied", "AccessDeniedException", "AuthorizationError"}
# What a request is answered that was let through and then could not be carried out.
LET_THROUGH: Final = {
    "ConditionalCheckFailedException",
    "DuplicateItemException",
    "InvalidCiphertextException",
    "TransactionCanceledException",
    "ValidationException",
}


@dataclass(frozen=True, slots=True)
class UserPool:
    """A user pool, and its app client."""

    pool_id: str
    client_id: str


class Unexpected(Exception):
    """A request of the table was answered neither as one that is let through nor as one that is refused."""


class Account:
    """The account in which requests are made and policies changed.

    Args:
        emulator: Where it is; empty.
        callers: Who makes the requests, by their names: their role and their session's tags.
    """

    def __init__(self, emulator: EmulatorAccount, callers: Mapping[str, Any]) -> None:
        self._emulator = emulator
        self._session = botocore.session.get_session()
        self._clients: dict[tuple[str, str], Any] = {}
        self._credentials = {"root": emulator.admin}
        deployment = asdict(asyncio.run(deploy(emulator.endpoint_url, emulator.admin, emulator.region)))
        self.pool = UserPool(deployment["user_pool_id"], deployment["user_pool_client_id"])
        # What the committed policies call by a name that stays the same from one deployment to the next.
        self._real_names = {
            f"key/{field.removesuffix('_arn').replace('_', '-')}": value.rpartition(":")[2]
            for field, value in deployment.items()
            if field.endswith("key_arn")
        }
        self._queue_urls = {url.rpartition("/")[2]: url for field, url in deployment.items() if field.endswith("_url")}
        self._bucket = deployment["payload_bucket_name"]
        self._furnish()
        self._wrapped = {f"wrapped for {school}": self._wrap(school) for school in SCHOOLS}
        self._log_in(callers)

    def policies(self) -> Documents:
        """What is on the roles, keys and queues now, in the committed names."""
        found: Documents = {}
        iam = self.client("root", "iam")
        for role in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
            found[role] = iam.get_role_policy(RoleName=role, PolicyName=self._policy_name(role))["PolicyDocument"]
        found[TENANT_ROLE] = iam.get_role(RoleName="luca-tenant")["Role"]["AssumeRolePolicyDocument"]
        for key in self._real_names.values():
            policy = self.client("root", "kms").get_key_policy(KeyId=key.removeprefix("key/"), PolicyName="default")
            found[f"arn:aws:kms:{self._emulator.region}:{ACCOUNT_ID}:{key}"] = json.loads(policy["Policy"])
        for name, url in self._queue_urls.items():
            attributes = self.client("root", "sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])
            arn = f"arn:aws:sqs:{self._emulator.region}:{ACCOUNT_ID}:{name}"
            found[arn] = json.loads(attributes["Attributes"]["Policy"])
        bucket_policy = self.client("root", "s3").get_bucket_policy(Bucket=self._bucket)["Policy"]
        found[f"arn:aws:s3:::{self._bucket}"] = json.loads(bucket_policy)
        text = json.dumps(found)
        for name, real in self._real_names.items():
            text = text.replace(real, name)
        documents: Documents = json.loads(text)
        return documents

    def install(self, documents: Documents) -> None:
        """Put policies, in the committed names, where they belong."""
        for place, document in documents.items():
            text = self._really(json.dumps(document))
            match place.split(":"):
                case [role]:
                    iam = self.client("root", "iam")
                    iam.put_role_policy(RoleName=role, PolicyName=self._policy_name(role), PolicyDocument=text)
                case [_, _, "iam", *_]:
                    role = place.rpartition("/")[2]
                    self.client("root", "iam").update_assume_role_policy(RoleName=role, PolicyDocument=text)
                case [_, _, "s3", *_, bucket]:
                    self.client("root", "s3").put_bucket_policy(Bucket=bucket, Policy=text)
                case [_, _, "kms", *_]:
                    self.client("root", "kms").put_key_policy(
                        KeyId=self._really(place), PolicyName="default", Policy=text
                    )
                case [_, _, "sqs", *_, name]:
                    self.client("root", "sqs").set_queue_attributes(
                        QueueUrl=self._queue_urls[name], Attributes={"Policy": text}
                    )

    def decide(self, request: Mapping[str, Any]) -> str:
        """Make a request of the table; say whether it was let through: "allow" or "deny".

        Raises:
            Unexpected: it was neither.
        """
        call = getattr(self.client(request["caller"], request["service"]), _snake_case(request["operation"]))
        parameters = json.loads(self._really(json.dumps(request["parameters"])))
        if "QueueUrl" in parameters:
            parameters["QueueUrl"] = self._queue_urls[parameters["QueueUrl"]]
        if "CiphertextBlob" in parameters:
            parameters["CiphertextBlob"] = self._wrapped[parameters["CiphertextBlob"]]
        try:
            answer = call(**parameters)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in DENIED | LET_THROUGH:
                raise Unexpected(f"{request['name']}: {error}") from error
            return "deny" if code in DENIED else "allow"
        if request["operation"] != "BatchExecuteStatement":
            return "allow"
        errors = [response.get("Error", {}).get("Code") for response in answer["Responses"]]
        return "deny" if "AccessDenied" in errors else "allow"

    def _furnish(self) -> None:
        """Make what the templates don't have yet, or never will."""
        self.client("root", "dynamodb").create_table(
            TableName="another",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        s3 = self.client("root", "s3")
        s3.create_bucket(Bucket="another-bucket")
        for bucket in (self._bucket, "another-bucket"):
            for key in ("batch", "_reports/run", *(f"{school}/batch" for school in SCHOOLS)):
                s3.put_object(Bucket=bucket, Key=key, Body=b"")

    def _wrap(self, school: str) -> bytes:
        key_id = self._real_names["key/kms-key"].removeprefix("key/")
        context = {"school_id": school}
        made = self.client("root", "kms").generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext=context)
        return bytes(made["CiphertextBlob"])

    def _log_in(self, callers: Mapping[str, Any]) -> None:
        """Give every caller a session of its role: of the tenant role as its trust policy has it, through a service."""
        of_a_school = {name for name, caller in callers.items() if caller["tags"]}
        services = [name for name, caller in callers.items() if caller["role"] != "luca-tenant"]
        for name in services:
            self._assume(name, "root", callers[name])
        for name in of_a_school:
            self._assume(name, "interactive", callers[name])
        # The one that can't be: a session of the tenant role without a school.
        trust = self.policies()[TENANT_ROLE]
        anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        self.install({TENANT_ROLE: {"Version": "2012-10-17", "Statement": [anybody]}})
        for name in callers.keys() - of_a_school - set(services):
            self._assume(name, "interactive", callers[name])
        self.install({TENANT_ROLE: trust})

    def _assume(self, name: str, by: str, caller: Mapping[str, Any]) -> None:
        found = self.client(by, "sts").assume_role(
            RoleArn=f"arn:aws:iam::{ACCOUNT_ID}:role/{caller['role']}",
            RoleSessionName="session",
            Tags=[{"Key": key, "Value": value} for key, value in caller["tags"].items()],
        )["Credentials"]
        self._credentials[name] = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"])

    def client(self, caller: str, service: str) -> Any:
        """Return botocore's client of a service, with a caller's credentials; "root" has all."""
        if (caller, service) not in self._clients:
            credentials = self._credentials[caller]
            self._clients[caller, service] = self._session.create_client(
                service,
                region_name=self._emulator.region,
                endpoint_url=self._emulator.endpoint_url,
                aws_access_key_id=credentials.access_key_id,
                aws_secret_access_key=credentials.secret_access_key,
                aws_session_token=credentials.session_token,
                config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            )
        return self._clients[caller, service]

    def _policy_name(self, role: str) -> str:
        (name,) = self.client("root", "iam").list_role_policies(RoleName=role)["PolicyNames"]
        return str(name)

    def _really(self, text: str) -> str:
        for name, real in self._real_names.items():
            text = text.replace(name, real)
        return text


def _snake_case(operation: str) -> str:
    return str(xform_name(operation))
