"""The students' data keys: each wrapped by its school's, stored once, and destroyed to erase the student.

As with the schools' keys, the item is written on condition that there is none, and a key is used only when it is. A
destroyed key leaves a tombstone in its place: by that same condition no key is made for the student any more, whoever
still has something to encrypt - a task that believes an old roster, an administrator who uses the id again.
"""

import os
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from luca_shared.aws.errors import ConditionFailed
from luca_shared.aws.expressions import absent
from luca_shared.tenancy import keys
from luca_shared.tenancy.aged_cache import AgedCache
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId, StudentId
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.school_keys import CorruptKey, SchoolKeys, wrapped
from luca_shared.tenancy.secret_key import KEY_BYTES, AnotherKey, CorruptCiphertext, SecretKey
from luca_shared.tenancy.single_flight import SingleFlight
from luca_shared.tenancy.table import Tables
from luca_shared.tenancy.writes import Put, Write

_PURPOSE = "student-key"
_TOMBSTONE: Final = "destroyed-student-key"


class StudentKeys:
    """The data keys of all students, each had and used as its school; see `FieldEncryption` for the arguments."""

    def __init__(
        self,
        tables: Tables,
        school_keys: SchoolKeys,
        *,
        max_age: float,
        capacity: int,
        clock: Callable[[], float],
    ) -> None:
        self._tables = tables
        self._school_keys = school_keys
        self._clock = clock
        self._held: AgedCache[tuple[SchoolId, StudentId], SecretKey] = AgedCache(
            capacity=capacity, max_age=max_age, clock=clock
        )
        self._reads: SingleFlight[tuple[SchoolId, StudentId], SecretKey | None] = SingleFlight()
        self._creations: SingleFlight[tuple[SchoolId, StudentId], SecretKey | None] = SingleFlight()

    async def find(self, context: TenantContext, student_id: StudentId) -> SecretKey | None:
        """Return a student's key, None when there is none or it is destroyed."""
        name = (context.school_id, student_id)
        return self._held.get(name) or await self._reads.run(name, lambda: self._read(context, student_id))

    async def find_or_create(self, context: TenantContext, student_id: StudentId) -> SecretKey | None:
        """Return a student's key, made (with the school's, if need be) when there is none.

        None when the student's is destroyed, or when only the school's is and the student's is left behind.
        """
        name = (context.school_id, student_id)
        return await self.find(context, student_id) or await self._creations.run(
            name, lambda: self._create(context, student_id)
        )

    async def find_many(
        self, context: TenantContext, student_ids: Iterable[StudentId]
    ) -> Mapping[StudentId, SecretKey]:
        """Return the keys of those students who have one; those that are not in memory are read in one batch."""
        as_of = self._clock()
        found: dict[StudentId, SecretKey] = {}
        missing: dict[Key, StudentId] = {}
        for student_id in student_ids:
            key = self._held.get((context.school_id, student_id))
            if key is not None:
                found[student_id] = key
            else:
                missing[keys.student_key(context, student_id)] = student_id
        items = await self._tables.of(context).get_many(list(missing), consistent=True)
        for primary, item in items.items():
            key = await self._unwrapped(context, missing[primary], item, as_of)
            if key is not None:
                found[missing[primary]] = key
        return found

    def forget(self, context: TenantContext, student_id: StudentId) -> None:
        """Read a student's key anew when it is asked for next."""
        self._held.forget((context.school_id, student_id))

    def forget_school(self, context: TenantContext) -> None:
        """Read the keys of all its students anew when they are asked for next."""
        self._held.forget_all(lambda name: name[0] == context.school_id)

    async def destroy(self, context: TenantContext, student_id: StudentId, also: Sequence[Write]) -> None:
        """Destroy a student's key for good, if there is one or not, together with `also` or not at all."""
        tombstone = Put(keys.student_key(context, student_id), {"entity": _TOMBSTONE, "student_id": student_id})
        await self._tables.of(context).transact([*also, tombstone], token=secrets.token_hex(16))
        self.forget(context, student_id)

    async def _read(self, context: TenantContext, student_id: StudentId) -> SecretKey | None:
        as_of = self._clock()
        item = await self._tables.of(context).get(keys.student_key(context, student_id), consistent=True)
        return None if item is None else await self._unwrapped(context, student_id, item, as_of)

    async def _unwrapped(
        self, context: TenantContext, student_id: StudentId, item: Mapping[str, Any], as_of: float
    ) -> SecretKey | None:
        if item.get("entity") == _TOMBSTONE:
            return None
        school_key = await self._school_keys.find(context)
        if school_key is None:
            return None
        try:
            secret = school_key.decrypt(wrapped(item), _PURPOSE, context.school_id, student_id)
        except AnotherKey:
            return None  # wrapped by a key of the school that is destroyed
        except CorruptCiphertext:
            raise CorruptKey("a student's key") from None
        return self._hold(context, student_id, secret, as_of)

    async def _create(self, context: TenantContext, student_id: StudentId) -> SecretKey | None:
        as_of = self._clock()
        school_key = await self._school_keys.find_or_create(context)
        if school_key is None:
            return None
        secret = os.urandom(KEY_BYTES)
        attributes = {
            "entity": "student-key",
            "student_id": student_id,
            "wrapped": school_key.encrypt(secret, _PURPOSE, context.school_id, student_id),
        }
        try:
            await self._tables.of(context).put(keys.student_key(context, student_id), attributes, condition=absent())
        except ConditionFailed:  # somebody was faster, or our own first attempt was and its answer got lost
            return await self._read(context, student_id)
        return self._hold(context, student_id, secret, as_of)

    def _hold(self, context: TenantContext, student_id: StudentId, secret: bytes, as_of: float) -> SecretKey:
        key = SecretKey(secret)
        self._held.put((context.school_id, student_id), key, as_of=as_of)
        return key
