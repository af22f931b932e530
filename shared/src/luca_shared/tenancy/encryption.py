"""Personal data in the table: each field encrypted under its student's own key, so that it can be erased everywhere.

    KMS key  --wraps-->  a school's key  --wraps-->  a student's key  --encrypts-->  fields

Erasing a student is destroying one small item: whatever copies of the ciphertext exist (the stream, the lake, backups,
dead letters) can't be read any more. It holds:

- in every process after `max_age` (5 minutes): until then a key may still be in memory. What is encrypted with it
  in that time is lost with it;
- against a restore of the key table once its point-in-time recovery window has passed.

It holds for good: a tombstone stands in the key's place, and no other key is made for the student.

Erasing a school is the same, one floor up: all that its key has wrapped goes with it. There it holds in every process
after twice `max_age`: until a school's key is too old, it still unwraps its students', which are then as young as ever.
"""

import dataclasses
import time
from collections.abc import Callable, Sequence

from luca_shared.aws.kms import Kms
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.school_keys import CorruptKey, SchoolKeys
from luca_shared.tenancy.secret_key import AnotherKey, CorruptCiphertext, SecretKey
from luca_shared.tenancy.student_keys import StudentKeys
from luca_shared.tenancy.table import Tables
from luca_shared.tenancy.writes import Write

__all__ = ["CorruptCiphertext", "CorruptKey", "FieldEncryption", "KeyDestroyed", "Sealed"]


class KeyDestroyed(Exception):
    """What a text was encrypted with is destroyed, and the text is gone for good."""


@dataclasses.dataclass(frozen=True, slots=True)
class Sealed:
    """A ciphertext, and where it belongs."""

    student_id: StudentId
    field: str
    ciphertext: bytes = dataclasses.field(repr=False)


class FieldEncryption:
    """Encrypts and decrypts texts, each bound to its school, its student and its field.

    A field is named by who calls, and always alike; where one student has the same field several times (a comment on
    each grade), the name should say which one, or they could be exchanged unnoticed.

    Every method also raises any `AwsError`, and CorruptKey when a stored key is not what it should be.

    Args:
        tables: Where the wrapped keys are.
        kms: What the schools' keys are wrapped by.
        key_id: The KMS key's id or ARN.
        max_age: Seconds for which a key in memory is believed to exist still.
        capacity: How many students' keys are in memory at most.
        clock: Seconds that never go back.
    """

    def __init__(
        self,
        tables: Tables,
        kms: Kms,
        *,
        key_id: str,
        max_age: float = 300.0,
        capacity: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_age = max_age
        self._school_keys = SchoolKeys(tables, kms, key_id=key_id, max_age=max_age, capacity=capacity, clock=clock)
        self._keys = StudentKeys(tables, self._school_keys, max_age=max_age, capacity=capacity, clock=clock)

    async def encrypt(self, context: TenantContext, student_id: StudentId, field: str, text: str) -> bytes:
        """Return the ciphertext of a field's text; a student without a key gets one, unless it was erased.

        Raises:
            KeyDestroyed: the student's key is destroyed, or the school's is.
        """
        key = await self._keys.find_or_create(context, student_id)
        if key is None:
            raise KeyDestroyed
        return key.encrypt(text.encode(), *_binding(context, student_id, field))

    async def decrypt(self, context: TenantContext, student_id: StudentId, field: str, ciphertext: bytes) -> str:
        """Return a field's text.

        Raises:
            KeyDestroyed: the key that it was encrypted with is not the student's any more.
            CorruptCiphertext: it is damaged, or of another field.
        """
        (text,) = await self.decrypt_many(context, [Sealed(student_id, field, ciphertext)])
        if text is None:
            raise KeyDestroyed
        return text

    async def decrypt_many(self, context: TenantContext, values: Sequence[Sealed]) -> list[str | None]:
        """Return the texts of many fields, in order; None where the key is destroyed. Keys are read in one batch.

        Raises:
            CorruptCiphertext: one of them is damaged, or of another field.
        """
        held = await self._keys.find_many(context, {value.student_id for value in values})
        texts = [_opened(context, value, held.get(value.student_id)) for value in values]
        # A key that does not fit may be an old one, destroyed and made anew elsewhere while it was in memory here.
        suspects = {value.student_id for value, text in zip(values, texts, strict=True) if text is None} & held.keys()
        if suspects:
            for student_id in suspects:
                self._keys.forget(context, student_id)
            fresh = await self._keys.find_many(context, suspects)
            texts = [
                _opened(context, value, fresh.get(value.student_id)) if text is None else text
                for value, text in zip(values, texts, strict=True)
            ]
        return texts

    async def encrypt_for_school(self, context: TenantContext, field: str, content: bytes) -> bytes:
        """Return the ciphertext, under the school's key, of what is about no single student.

        No erasure reaches it, so it must not be personal data that anybody with the school's key may read for long.

        Raises:
            KeyDestroyed: the key is destroyed.
        """
        key = await self._school_keys.find_or_create(context)
        if key is None:
            raise KeyDestroyed
        return key.encrypt(content, *_school_binding(context, field))

    async def decrypt_for_school(self, context: TenantContext, field: str, ciphertext: bytes) -> bytes:
        """Return what was encrypted for the school; raises as `decrypt`."""
        key = await self._school_keys.find(context)
        if key is None:
            raise KeyDestroyed
        try:
            return key.decrypt(ciphertext, *_school_binding(context, field))
        except AnotherKey:
            raise KeyDestroyed from None

    async def erase_student(self, context: TenantContext, student_id: StudentId, *, also: Sequence[Write] = ()) -> None:
        """Destroy a student's key, and with it all that was encrypted under it, for good.

        From when on that holds is at the head of this file. `also` are writes that happen with it or not at all: at
        most 99, of other items.

        Raises:
            TransactionCanceled: the key is what it was; the first reasons are those of `also`, in order.
        """
        await self._keys.destroy(context, student_id, also)

    async def erase_school(self, context: TenantContext) -> None:
        """Destroy a school's key, and with it all that was ever encrypted about its students, for good.

        From when on that holds is at the head of this file.
        """
        await self._school_keys.destroy(context)
        self._keys.forget_school(context)


def _opened(context: TenantContext, value: Sealed, key: SecretKey | None) -> str | None:
    if key is None:
        return None
    try:
        return key.decrypt(value.ciphertext, *_binding(context, value.student_id, value.field)).decode()
    except AnotherKey:
        return None


def _binding(context: TenantContext, student_id: StudentId, field_name: str) -> tuple[str, ...]:
    return ("field", context.school_id, student_id, field_name)


def _school_binding(context: TenantContext, field_name: str) -> tuple[str, ...]:
    return ("school-field", context.school_id, field_name)
