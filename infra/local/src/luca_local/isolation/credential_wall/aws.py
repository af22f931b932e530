"""STS and AWS in a storm: the one gives out credentials and remembers whose, the other checks who has signed what."""

import asyncio
import hmac
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
from luca_shared.aws.errors import AccessDenied, Throttled, Unavailable

_FAULTS: Final = (Throttled, Unavailable, AccessDenied)
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
    """Gives every school what it asks for, when it doesn't fail."""

    storm: Storm
    clock: Clock
    chance: Random
    issued: dict[str, Issued] = field(default_factory=dict)
    failures: int = 0

    async def __call__(self, role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:  # noqa: ARG002
        """Give credentials, or fail."""
        await asyncio.sleep(self.chance.random() / 500)
        if self.chance.random() < self.storm.sts_fails:
            self.failures += 1
            raise self.chance.choice(_FAULTS)("AssumeRole", "Storm")
        number = len(self.issued)
        expires_at = datetime.fromtimestamp(self.clock.now + self.chance.uniform(*self.storm.lifetime), UTC)
        credentials = Credentials(f"ASIA{number:08d}", f"secret-{number}", f"token-{number}", expires_at)
        self.issued[credentials.access_key_id] = Issued(tags["school_id"], credentials)
        return credentials


@dataclass(slots=True)
class Weather:
    """What AWS answers in a storm, and when each request arrived."""

    storm: Storm
    clock: Clock
    chance: Random
    arrived: list[tuple[Recorded, float]] = field(default_factory=list)
    rejections: int = 0
    losses: int = 0

    async def __call__(self, recorded: Recorded) -> web.Response | None:
        """Note when a request came; reject it, lose its answer, or let it be."""
        self.arrived.append((recorded, self.clock.now))
        await asyncio.sleep(self.chance.random() / 500)
        if self.chance.random() < self.storm.rejected:
            self.rejections += 1
            return as_json({"__type": "ExpiredTokenException"}, 400)
        if self.chance.random() < self.storm.lost:
            self.losses += 1
            return as_json({"__type": "InternalServerError"}, 500)
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
    canonical = f"POST\n/\n\n{lines}\n{names}\n{sha256(recorded.raw).hexdigest()}"
    digest = sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{recorded.headers['x-amz-date']}\n{scope}\n{digest}"
    key = f"AWS4{secret}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()
