"""The third wall: each school's own AWS credentials, which can reach nothing but that school's data.

One role serves all schools. Who assumes it names the school in the session tag `school_id`, and the role's policy
allows only keys that begin with that tag's value. A tag can only come from a `TenantContext`.
"""

import random
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol, TypeVar

from prometheus_client import Counter

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import AwsError, CredentialsRejected
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId, parse_id
from luca_shared.tenancy.single_flight import SingleFlight
from luca_shared.tenancy.sts import StsAssumeRole

__all__ = ["AssumeRole", "StsAssumeRole", "TenantCredentials", "session_name"]

_REQUESTS = Counter("luca_tenant_credentials", "Requests for a school's credentials by what they took", ["outcome"])
_CACHED, _ASSUMED, _KEPT_OLD, _FAILED = map(_REQUESTS.labels, ("cached", "assumed", "kept_old", "failed"))

# What is signed now may be sent, and sent again, for some seconds.
_LAST_USE_BEFORE_EXPIRY: Final = 10.0
_SESSION_NAME_LENGTH: Final = 64

Answer = TypeVar("Answer")


class AssumeRole(Protocol):
    """STS's AssumeRole."""

    async def __call__(self, role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
        """Return credentials of a new session of the role that carries the tags; raises an `AwsError`."""
        ...


@dataclass(slots=True)
class _Held:
    """A school's credentials, and the times (seconds since the epoch) that matter about them."""

    credentials: Credentials
    refresh_at: float
    unusable_at: float


class TenantCredentials:
    """A bounded cache of the schools' credentials; at most one AssumeRole at a time for each school.

    Who finds credentials due for renewal renews them; the others go on with the old ones meanwhile, and all do when
    the renewal fails, until shortly before they expire.

    Args:
        assume_role: Usually `StsAssumeRole`.
        role_arn: The role that is assumed for every school.
        capacity: How many schools' credentials are held; those of the least recently used go first.
        refresh_before: Seconds before their expiry from when on they are due (sooner by up to a fifth, by chance, so
            that schools that began together don't renew together; at most half of their lifetime).
        retry_after: Seconds after a failed renewal until the next, while the old ones still serve.
        clock: Seconds since the epoch.
        chance: A random number in [0, 1).
    """

    def __init__(
        self,
        assume_role: AssumeRole,
        *,
        role_arn: str,
        capacity: int = 2000,
        refresh_before: float = 300.0,
        retry_after: float = 15.0,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._assume_role = assume_role
        self._role_arn = role_arn
        self._capacity = capacity
        self._refresh_before = refresh_before
        self._retry_after = retry_after
        self._clock = clock
        self._chance = chance
        self._held: OrderedDict[SchoolId, _Held] = OrderedDict()
        self._flights: SingleFlight[SchoolId, Credentials] = SingleFlight()

    async def get(self, context: TenantContext) -> Credentials:
        """Return credentials of the context's school that last for a call made now.

        Raises:
            TypeError: there is no context.
            AwsError: they can't be had.
        """
        if not isinstance(context, TenantContext):
            raise TypeError("no tenant in context")
        school_id = context.school_id
        now = self._clock()
        held = self._held.get(school_id)
        if held is None or now >= held.unusable_at:
            return await self._flights.run(school_id, lambda: self._renew(context))
        self._held.move_to_end(school_id)
        if now < held.refresh_at or school_id in self._flights:
            _CACHED.inc()
            return held.credentials
        try:
            return await self._flights.run(school_id, lambda: self._renew(context))
        except AwsError:
            held.refresh_at = self._clock() + self._retry_after * (1 + self._chance())
            _KEPT_OLD.inc()
            return held.credentials

    def drop(self, context: TenantContext, credentials: Credentials) -> None:
        """Forget credentials that AWS has rejected; if others have taken their place meanwhile, those stay."""
        held = self._held.get(context.school_id)
        if held is not None and held.credentials == credentials:
            del self._held[context.school_id]

    async def signed(self, context: TenantContext, call: Callable[[Credentials], Awaitable[Answer]]) -> Answer:
        """Make a call with the school's credentials, and once more with new ones should AWS reject them.

        Raises:
            AwsError: of `call`; its `attempts` and `lost_answers` count both.
        """
        credentials = await self.get(context)
        try:
            return await call(credentials)
        except CredentialsRejected as rejected:
            self.drop(context, credentials)
            renewed = await self.get(context)
            try:
                return await call(renewed)
            except AwsError as error:
                # A condition that fails now may have met what an earlier attempt wrote.
                error.attempts += rejected.attempts
                error.lost_answers += rejected.lost_answers
                raise

    async def _renew(self, context: TenantContext) -> Credentials:
        school_id = parse_id(SchoolId, context.school_id)  # once more: from here on it decides what may be reached
        try:
            credentials = await self._assume_role(self._role_arn, {"school_id": school_id}, session_name(school_id))
        except AwsError:
            _FAILED.inc()
            raise
        _ASSUMED.inc()
        self._held[school_id] = self._to_hold(credentials)
        self._held.move_to_end(school_id)
        if len(self._held) > self._capacity:
            self._held.popitem(last=False)
        return credentials

    def _to_hold(self, credentials: Credentials) -> _Held:
        if credentials.expires_at is None:
            return _Held(credentials, float("inf"), float("inf"))
        now = self._clock()
        expires_at = credentials.expires_at.timestamp()
        early = min(self._refresh_before * (1 + self._chance() / 5), (expires_at - now) / 2)
        return _Held(credentials, expires_at - early, expires_at - _LAST_USE_BEFORE_EXPIRY)


def session_name(school_id: SchoolId) -> str:
    """Return the name by which CloudTrail shows a school's session: 2 to 64 characters, the school's id if it fits."""
    name = f"luca-{school_id}"
    if len(name) <= _SESSION_NAME_LENGTH:
        return name
    digest = sha256(school_id.encode()).hexdigest()[:16]
    return f"{name[: _SESSION_NAME_LENGTH - 17]}-{digest}"
