"""AWS as the services see it in a benchmark: one endpoint that answers for DynamoDB, STS, KMS and the user pool.

It looks at no signature. It does refuse one school's credentials another school's keys, as the tenant role's policy
does, so what is measured is a service that works with each school's own.

The bench itself asks it `GET /counts`, and sets everything back by `POST /reset`.
"""

import itertools
import time
import zlib
from base64 import b64decode, b64encode
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from tests.benchmarks.aws_stub.dynamodb import DynamoDB, Refused
from tests.benchmarks.aws_stub.http import Answer, Request
from tests.benchmarks.aws_stub.store import Store

_JSON: Final = b"application/json"
_AMZ_JSON: Final = b"application/x-amz-json-1.0"
_TOKEN_PREFIX: Final = "session-of-"  # no token of anybody


class AwsStub:
    """Answers requests, and counts them by operation."""

    def __init__(self, store: Store, *, jwks: bytes, credentials_last: float) -> None:
        self._store = store
        self._dynamodb = DynamoDB(store)
        self._jwks = jwks
        self._credentials_last = credentials_last
        self._counts: Counter[str] = Counter()
        self._numbers = itertools.count(1)

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        target = request.headers.get(b"x-amz-target")
        if target is not None:
            return self._of_target(target.decode(), request)
        if request.method == b"POST" and request.path == b"/":
            return self._assume_role(request.body)
        return self._of_path(request)

    def _of_path(self, request: Request) -> Answer:
        match request.method, request.path:
            case b"GET", b"/jwks.json":
                self._counts["jwks"] += 1
                return Answer(200, _JSON, self._jwks)
            case b"GET", b"/counts":
                return Answer(200, _JSON, orjson.dumps(self._counts), at_once=True)
            case b"POST", b"/reset":
                self._store.reset()
                self._dynamodb.forget_tokens()
                self._counts.clear()
                return Answer(200, _JSON, b"{}", at_once=True)
            case _:
                return Answer(404, _JSON, b"{}")

    def _of_target(self, target: str, request: Request) -> Answer:
        service, _, operation = target.partition(".")
        content = orjson.loads(request.body)
        self._counts[_counted_as(operation, content)] += 1
        try:
            if service == "TrentService":
                return self._amz(200, orjson.dumps(_kms(operation, content)))
            session = request.headers.get(b"x-amz-security-token", b"").decode()
            return self._amz(200, self._dynamodb.carry_out(operation, content, session.removeprefix(_TOKEN_PREFIX)))
        except Refused as refused:
            return self._amz(400, refused.body)

    def _amz(self, status: int, body: bytes) -> Answer:
        headers = b"x-amzn-requestid: %032d\r\nx-amz-crc32: %d\r\n" % (next(self._numbers), zlib.crc32(body))
        return Answer(status, _AMZ_JSON, body, headers)

    def _assume_role(self, body: bytes) -> Answer:
        """Answer with credentials whose session token names the school of the session tag."""
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form.get("Action") != "AssumeRole" or form.get("Tags.member.1.Key") != "school_id":
            return Answer(400, b"text/xml", b"<ErrorResponse/>")
        self._counts["AssumeRole"] += 1
        school_id = form["Tags.member.1.Value"]
        expires_at = datetime.now(UTC) + timedelta(seconds=self._credentials_last)
        content = (
            '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
            f"<AccessKeyId>ASIA{next(self._numbers):016d}</AccessKeyId><SecretAccessKey>{time.time_ns():040d}"
            f"</SecretAccessKey><SessionToken>{_TOKEN_PREFIX}{school_id}</SessionToken>"
            f"<Expiration>{expires_at:%Y-%m-%dT%H:%M:%SZ}</Expiration></Credentials>"
            "<AssumedRoleUser><Arn>arn:aws:sts::000000000000:assumed-role/tenant/s</Arn><AssumedRoleId>A:s"
            "</AssumedRoleId></AssumedRoleUser></AssumeRoleResult><ResponseMetadata><RequestId>"
            "00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></AssumeRoleResponse>"
        )
        return Answer(200, b"text/xml", content.encode())


def _counted_as(operation: str, request: dict[str, Any]) -> str:
    """Tell readings of grading rules from others: that they are refreshed is what a benchmark wants to see."""
    is_of_rules = operation == "GetItem" and "#RULES#" in request["Key"]["pk"]["S"]
    return "GetItem of rules" if is_of_rules else operation


def wrapped(key: bytes, context: dict[str, str]) -> bytes:
    """Return a data key as this KMS wraps it: in the clear, with its encryption context."""
    return orjson.dumps({"key": b64encode(key).decode(), "context": context})


def _kms(operation: str, request: dict[str, Any]) -> dict[str, Any]:
    context = request["EncryptionContext"]
    match operation:
        case "GenerateDataKey":
            key = time.time_ns().to_bytes(32, "big")
            blob = b64encode(wrapped(key, context)).decode()
            return {"KeyId": request["KeyId"], "Plaintext": b64encode(key).decode(), "CiphertextBlob": blob}
        case "Decrypt":
            held = orjson.loads(b64decode(request["CiphertextBlob"]))
            if held["context"] != context:
                raise Refused("InvalidCiphertextException")
            return {"KeyId": request["KeyId"], "Plaintext": held["key"]}
        case _:
            raise Refused("UnknownOperationException", operation)
