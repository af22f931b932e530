"""STS and AWS in a storm: the one gives out credentials and remembers whose, the other checks who has signed what."""

import asyncio
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from random import Random
from typing import Final

from aiohttp import web

from luca_local.isolation.credential_wall.storms import Storm
from luca_local.isolation.recording_aws import Recorded, as_json
from luca_shared.aws import Credentials

_FAULTS: Final = ("AccessDenied", "InvalidClientTokenId", "RegionDisabledException")  # none that botocore waits for
_REFUSAL: Final = "<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
_GIVEN: Final = (
    '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
    "<AccessKeyId>ASIA{number:08d}</AccessKeyId><SecretAccessKey>secret-{number}</SecretAccessKey>"
    "<SessionToken>token-{number}</SessionToken><Expiration>{expires_at}</Expiration>"
    "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
)
_START: Final = 1_790_000_000.0


@dataclass(slots=True)
class Clock:
    """A time that passes by being looked at: so credentials expire in the middle of everything."""

    step: float
    now: float = _START

    def __call__(self) -> float:
        """Look at it."""
        self.now += self.step
        return self.now


@dataclass(frozen=True, slots=True)
class Issued:
    """Credentials, and the school that they were given for."""

    school_id: str
    credentials: Credentials


@dataclass(slots=True)
class Sts:
    """Gives every school what it asks for, when it doesn't fail; it speaks as STS does, over the wire."""

    storm: Storm
    clock: Clock
    chance: Random
    issued: dict[str, Issued] = field(default_factory=dict)
    failures: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        """Answer AssumeRole."""
        form = await request.post()
        school_id = str(form["Tags.member.1.Value"])
        await asyncio.sleep(self.chance.random() / 500)
        if self.chance.random() < self.storm.sts_fails:
            self.failures += 1
            return web.Response(
                status=403, text=_REFUSAL.format(code=self.chance.choice(_FAULTS)), content_type="text/xml"
            )
        number = len(self.issued)
        # STS tells whole seconds.
        expires_at = datetime.fromtimestamp(int(self.clock.now + self.chance.uniform(*self.storm.lifetime)), UTC)
        credentials = Credentials(f"ASIA{number:08d}", f"secret-{number}", f"token-{number}", expires_at)
        self.issued[credentials.access_key_id] = Issued(school_id, credentials)
        return web.Response(
            text=_GIVEN.format(number=number, expires_at=f"{expires_at:%Y-%m-%dT%H:%M:%SZ}"), content_type="text/xml"
        )


@dataclass(slots=True)
class Weather:
    """What AWS answers in a storm, and when each request arrived.

    Each answer says what was asked for: so an answer that has come to somebody else is known.
    """

    storm: Storm
    clock: Clock
    chance: Random
    arrived: list[tuple[Recorded, float]] = field(default_factory=list)
    rejections: int = 0
    losses: int = 0

    async def __call__(self, recorded: Recorded) -> web.Response | None:
        """Note when a request came; reject it, lose its answer, or echo what it asks for."""
        self.arrived.append((recorded, self.clock.now))
        await asyncio.sleep(self.chance.random() / 500)
        if self.chance.random() < self.storm.rejected:
            self.rejections += 1
            return _failed(recorded, 400, "ExpiredToken")
        if self.chance.random() < self.storm.lost:
            self.losses += 1
            return _failed(recorded, 500, "InternalServerError")
        return _echo(recorded)


def _failed(recorded: Recorded, status: int, code: str) -> web.Response:
    if recorded.is_of_an_object:
        return web.Response(status=status, text=f"<Error><Code>{code}</Code></Error>")
    return as_json({"__type": code}, status)


def _echo(recorded: Recorded) -> web.Response | None:
    """Answer a read with what it asks for."""
    if recorded.is_of_an_object:
        return web.Response(text=recorded.path)
    body = recorded.body
    match recorded.operation:
        case "GetItem":
            return as_json({"Item": body["Key"]})
        case "BatchGetItem":
            return as_json({"Responses": {table: each["Keys"] for table, each in body["RequestItems"].items()}})
        case "Query":
            return as_json({"Items": [{"pk": body["ExpressionAttributeValues"][":partition"]}]})
        case "Decrypt":
            said = b64encode(body["EncryptionContext"]["school_id"].encode()).decode()
            return as_json({"Plaintext": said, "KeyId": "k"})
    return None


def fault_of(recorded: Recorded, at: float, issued: Mapping[str, Issued]) -> str:
    """Return what is wrong with who signed a request, nothing when it is right; `at` is when it came."""
    of = issued.get(recorded.access_key_id)
    if of is None:
        return "signed by nobody whom STS knows"
    if recorded.schools != {of.school_id}:
        return f"{of.school_id}'s credentials for {', '.join(sorted(recorded.schools))}"
    if recorded.headers.get("x-amz-security-token") != of.credentials.session_token:
        return "another session's token"
    if not hmac.compare_digest(_signature(recorded, of.credentials.secret_access_key), _given_signature(recorded)):
        return "another school's signature"
    if of.credentials.expires_at is not None and at >= of.credentials.expires_at.timestamp():
        return "expired credentials"
    return ""


def _given_signature(recorded: Recorded) -> str:
    return recorded.headers["authorization"].rpartition("Signature=")[2]


def _signature(recorded: Recorded, secret: str) -> str:
    """Sign a request once more, by the letter of AWS's "Create a signed AWS API request"."""
    authorization = recorded.headers["authorization"]
    scope = authorization.partition("Credential=")[2].partition(",")[0].partition("/")[2]
    names = authorization.partition("SignedHeaders=")[2].partition(",")[0]
    lines = "".join(f"{name}:{recorded.headers[name]}\n" for name in names.split(";"))
    digest = recorded.headers.get("x-amz-content-sha256", sha256(recorded.raw).hexdigest())
    canonical = f"{recorded.method}\n{recorded.path}\n\n{lines}\n{names}\n{digest}"
    digest = sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{recorded.headers['x-amz-date']}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
