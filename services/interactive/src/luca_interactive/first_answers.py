"""First answers, kept for a day under the `Idempotency-Key` of their request, so that a repeat is given the same.

    request                            record                            the same request again
    ---------------------------------  --------------------------------  ---------------------------------
    claim: put if there is none ---->  in-work, as long as it has time
                                       in-work <-----------------------  claim: 409, come back
    its work
    keep: put if it is still ours -->  answered, for 24 hours
                                       answered <----------------------  claim: the first answer

Killed in between, its record is over when its time is, and the next to claim it does the work again. That is harmless:
every write names what it replaces, so it is carried out once, and whoever finds it done answers like the first time. A
straggler who comes back then finds that the record isn't its own any more, and keeps nothing.

What is kept is encrypted twice: under the school's key, and inside of that under one made of the `Idempotency-Key`,
which is stored nowhere. So copies of the record that outlive it (the stream's, a backup's) can't be read by anybody,
whatever has become of the students whom the answer is about.
"""

import hmac
import secrets
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from luca_shared.aws.errors import ConditionFailed
from luca_shared.aws.expressions import Condition, equals
from luca_shared.records import timestamps
from luca_shared.records.idempotency import LIFETIME_SECONDS, IdempotencyRecord, IdempotencyState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.secret_key import SecretKey
from luca_shared.tenancy.table import Tables

LARGEST: Final = 380_000
"""Bytes of an answer, compressed and encrypted; DynamoDB's items end at 400 KB, names included."""

_FIELD: Final = "first answer"


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request with an `Idempotency-Key`.

    Attributes:
        digest: Hashes person, route and key: what makes two requests one.
        sha256: Hashes all that the request asks for.
        key: The key itself.
    """

    digest: str
    sha256: str
    key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, as it is kept and given again."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Claim:
    """The request is ours to work at; `attempt` tells us from others who were or will be."""

    attempt: str


@dataclass(frozen=True, slots=True)
class InWork:
    """Somebody works at it."""


@dataclass(frozen=True, slots=True)
class OtherRequest:
    """The key came with another request."""


Found: TypeAlias = Claim | Answer | InWork | OtherRequest


class FirstAnswers:
    """The records of requests and their answers. Every method may raise any `AwsError`.

    Args:
        tables: Where they are.
        encryption: Of the answers.
        now: The present, as it is stored.
    """

    def __init__(
        self, tables: Tables, encryption: FieldEncryption, *, now: Callable[[], Timestamp] = timestamps.now
    ) -> None:
        self._tables = tables
        self._encryption = encryption
        self._now = now

    async def claim(self, context: TenantContext, request: KeyedRequest, *, within: float) -> Found:
        """Claim a request, of which nobody is to think for `within` seconds that it was given up."""
        attempt, now = secrets.token_hex(16), self._seconds()
        record = IdempotencyRecord(
            digest=request.digest,
            request_sha256=request.sha256,
            state=IdempotencyState.IN_WORK,
            attempt=attempt,
            expires_at=now + int(within) + 2,  # both are cut off
        )
        try:
            await self._tables.of(context).put(record.key(context), record.to_item(), condition=_absent_or_over(now))
        except ConditionFailed as failed:
            if failed.item is None:
                raise
            found = IdempotencyRecord.from_item(failed.item)
        else:
            return Claim(attempt)
        if found.attempt == attempt:  # we met our own put, whose answer was lost
            return Claim(attempt)
        if found.request_sha256 != request.sha256:
            return OtherRequest()
        return await self._kept(context, request, found)

    async def keep(self, context: TenantContext, request: KeyedRequest, claim: Claim, answer: Answer) -> None:
        """Keep the answer, unless the claim is over; one that is too large is not kept, and the claim given up."""
        sealed = await self._encryption.encrypt_for_school(context, _FIELD, _locked(request, answer.body))
        if len(sealed) > LARGEST:
            await self.give_up(context, request, claim)
            return
        record = IdempotencyRecord(
            digest=request.digest,
            request_sha256=request.sha256,
            state=IdempotencyState.ANSWERED,
            attempt=claim.attempt,
            status=answer.status,
            headers=dict(answer.headers),
            body=sealed,
            expires_at=self._seconds() + LIFETIME_SECONDS,
        )
        try:
            await self._tables.of(context).put(record.key(context), record.to_item(), condition=_still(claim))
        except ConditionFailed:
            return

    async def give_up(self, context: TenantContext, request: KeyedRequest, claim: Claim) -> None:
        """Leave the request to whoever sends it again."""
        try:
            await self._tables.of(context).delete(keys.idempotency(context, request.digest), condition=_still(claim))
        except ConditionFailed:
            return

    def _seconds(self) -> int:
        """The present, as time to live is stored."""
        return int(timestamps.moment(self._now()).timestamp())

    async def _kept(self, context: TenantContext, request: KeyedRequest, found: IdempotencyRecord) -> Answer | InWork:
        if found.status is None or found.body is None:
            return InWork()
        opened = await self._encryption.decrypt_for_school(context, _FIELD, found.body)
        return Answer(found.status, found.headers, _unlocked(request, opened))


def _absent_or_over(now: int) -> Condition:
    """No such record, or one whose time is over: DynamoDB deletes those days late."""
    return Condition(
        "attribute_not_exists(#pk) OR #expires_at <= :now", {"#pk": "pk", "#expires_at": "expires_at"}, {":now": now}
    )


def _still(claim: Claim) -> Condition:
    return equals("attempt", claim.attempt)


def _locked(request: KeyedRequest, body: bytes) -> bytes:
    return _key_of(request).encrypt(zlib.compress(body), request.digest)


def _unlocked(request: KeyedRequest, locked: bytes) -> bytes:
    return zlib.decompress(_key_of(request).decrypt(locked, request.digest))


def _key_of(request: KeyedRequest) -> SecretKey:
    """The key that only who knows the `Idempotency-Key` can make."""
    return SecretKey(hmac.digest(request.key.encode(), b"luca: first answer\0" + request.digest.encode(), "sha256"))
