"""The schools' data keys: each wrapped by KMS under the encryption context `school_id`, and stored once.

The item is written on condition that there is none: of two who create a school's key at once, the second takes the
first one's. A key is used only when its item is written, so one that was made and never stored has encrypted nothing.
A destroyed key leaves a tombstone in its place, and by the same condition the school never gets another one.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from luca_shared.aws.errors import ConditionFailed, Rejected
from luca_shared.aws.expressions import absent
from luca_shared.aws.kms import Kms
from luca_shared.tenancy import keys
from luca_shared.tenancy.aged_cache import AgedCache
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.secret_key import SecretKey
from luca_shared.tenancy.single_flight import SingleFlight
from luca_shared.tenancy.table import Tables

_TOMBSTONE: Final = "destroyed-school-key"
_WRONG_WRAPPING = frozenset({"IncorrectKeyException", "InvalidCiphertextException"})  # KMS API reference, Decrypt


class CorruptKey(Exception):
    """A stored key was damaged, or is not the one of the school and the student that it is stored for."""


class SchoolKeys:
    """The data keys of all schools, each had and used as its school; see `FieldEncryption` for the arguments."""

    def __init__(
        self,
        tables: Tables,
        kms: Kms,
        *,
        key_id: str,
        max_age: float,
        capacity: int,
        clock: Callable[[], float],
    ) -> None:
        self._tables = tables
        self._kms = kms
        self._key_id = key_id
        self._clock = clock
        self._held: AgedCache[SchoolId, SecretKey] = AgedCache(capacity=capacity, max_age=max_age, clock=clock)
        self._reads: SingleFlight[SchoolId, SecretKey | None] = SingleFlight()
        self._creations: SingleFlight[SchoolId, SecretKey | None] = SingleFlight()

    async def find(self, context: TenantContext) -> SecretKey | None:
        """Return the school's key, None when there is none (any more)."""
        school_id = context.school_id
        return self._held.get(school_id) or await self._reads.run(school_id, lambda: self._read(context))

    async def find_or_create(self, context: TenantContext) -> SecretKey | None:
        """Return the school's key, made when there never was one; None when it is destroyed."""
        school_id = context.school_id
        return await self.find(context) or await self._creations.run(school_id, lambda: self._create(context))

    async def destroy(self, context: TenantContext) -> None:
        """Destroy the school's key for good, if there is one or not."""
        tombstone = {"entity": _TOMBSTONE, "school_id": context.school_id}
        await self._tables.of(context).put(keys.school_key(context), tombstone)
        self._held.forget(context.school_id)

    async def _read(self, context: TenantContext) -> SecretKey | None:
        as_of = self._clock()
        table = self._tables.of(context)
        item = await table.get(keys.school_key(context), consistent=True)
        if item is None or item.get("entity") == _TOMBSTONE:
            return None
        try:
            secret = await table.signed(
                partial(self._kms.decrypt, self._key_id, wrapped(item), _encryption_context(context))
            )
        except Rejected as error:
            if error.code in _WRONG_WRAPPING:
                raise CorruptKey("a school's key") from error
            raise
        return self._hold(context, secret, as_of)

    async def _create(self, context: TenantContext) -> SecretKey | None:
        as_of = self._clock()
        table = self._tables.of(context)
        made = await table.signed(partial(self._kms.generate_data_key, self._key_id, _encryption_context(context)))
        attributes = {"entity": "school-key", "wrapped": made.wrapped}
        try:
            await table.put(keys.school_key(context), attributes, condition=absent())
        except ConditionFailed:  # somebody was faster, or our own first attempt was and its answer got lost
            return await self._read(context)
        return self._hold(context, made.plaintext, as_of)

    def _hold(self, context: TenantContext, secret: bytes, as_of: float) -> SecretKey:
        key = SecretKey(secret)
        self._held.put(context.school_id, key, as_of=as_of)
        return key


def wrapped(item: Mapping[str, Any]) -> bytes:
    """Return the wrapped key that an item holds.

    Raises:
        CorruptKey: it holds none.
    """
    value = item.get("wrapped")
    if not isinstance(value, bytes):
        raise CorruptKey("a key's item")
    return value


def _encryption_context(context: TenantContext) -> dict[str, str]:
    return {"school_id": context.school_id}  # CloudTrail shows it, and the role's policy compares it with the tag
