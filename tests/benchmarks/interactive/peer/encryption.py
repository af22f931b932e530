"""Texts about a student, encrypted under the student's own key; keys are kept in memory for five minutes."""

import asyncio
import hmac
import os
from collections.abc import Iterable, Sequence

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from peer.aws import Aws
from peer.cache import TimedCache
from peer.settings import Settings

_KEYS_LAST_S = 300
_HEADER, _NONCE = 9, 12


class SecretKey:
    """A key for AES-256-GCM."""

    __slots__ = ("_aead", "_header")

    def __init__(self, secret: bytes) -> None:
        self._aead = AESGCM(secret)
        self._header = b"\x01" + hmac.digest(secret, b"luca: id of a data key", "sha256")[:8]

    def encrypt(self, plaintext: bytes, *binding: str) -> bytes:
        """Return the ciphertext, bound to its place."""
        nonce = os.urandom(_NONCE)
        return self._header + nonce + self._aead.encrypt(nonce, plaintext, self._bound(binding))

    def decrypt(self, ciphertext: bytes, *binding: str) -> bytes:
        """Return the plaintext."""
        end = _HEADER + _NONCE
        return self._aead.decrypt(ciphertext[_HEADER:end], ciphertext[end:], self._bound(binding))

    def _bound(self, binding: tuple[str, ...]) -> bytes:
        parts = [part.encode() for part in binding]
        return self._header + b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class Encryption:
    """Encrypts and decrypts fields."""

    def __init__(self, aws: Aws, settings: Settings) -> None:
        self._aws = aws
        self._table = settings.keys_table
        self._schools: TimedCache[str, SecretKey] = TimedCache(_KEYS_LAST_S)
        self._students: TimedCache[tuple[str, str], SecretKey] = TimedCache(_KEYS_LAST_S)

    async def encrypt(self, school_id: str, student_id: str, field: str, text: str | None) -> bytes | None:
        """Return the ciphertext of a field's text; a student without a key gets one."""
        if text is None:
            return None
        keys = await self._keys(school_id, [student_id])
        key = keys.get(student_id) or await self._new_key(school_id, student_id)
        return key.encrypt(text.encode(), "field", school_id, student_id, field)

    async def decrypt_many(self, school_id: str, values: Sequence[tuple[str, str, bytes | None]]) -> list[str | None]:
        """Return the texts of (student, field, ciphertext); None where there is none."""
        sealed = {student_id for student_id, _, ciphertext in values if ciphertext is not None}
        keys = await self._keys(school_id, sealed) if sealed else {}
        return [
            None
            if ciphertext is None or (key := keys.get(student_id)) is None
            else key.decrypt(ciphertext, "field", school_id, student_id, field).decode()
            for student_id, field, ciphertext in values
        ]

    async def _keys(self, school_id: str, student_ids: Iterable[str]) -> dict[str, SecretKey]:
        found: dict[str, SecretKey] = {}
        missing = []
        for student_id in student_ids:
            key = self._students.get((school_id, student_id))
            if key is None:
                missing.append(student_id)
            else:
                found[student_id] = key
        if missing:
            pk = f"TENANT#{school_id}#KEYS"
            items, school_key = await asyncio.gather(
                self._aws.get_many(self._table, [(pk, f"STUDENT#{student_id}") for student_id in missing]),
                self._schools.get_or_read(school_id, lambda: self._school_key(school_id)),
            )
            for item in items:
                if "wrapped" in item:
                    student_id = item["student_id"]
                    secret = school_key.decrypt(item["wrapped"], "student-key", school_id, student_id)
                    found[student_id] = SecretKey(secret)
                    self._students.put((school_id, student_id), found[student_id])
        return found

    async def _school_key(self, school_id: str) -> SecretKey:
        item = await self._aws.get(self._table, f"TENANT#{school_id}#KEYS", "SCHOOL", consistent=True)
        if item is None:
            raise LookupError("the school has no key")
        return SecretKey(await self._aws.decrypt(item["wrapped"], school_id))

    async def _new_key(self, school_id: str, student_id: str) -> SecretKey:
        school_key = await self._schools.get_or_read(school_id, lambda: self._school_key(school_id))
        secret = os.urandom(32)
        item = {
            "pk": f"TENANT#{school_id}#KEYS",
            "sk": f"STUDENT#{student_id}",
            "entity": "student-key",
            "student_id": student_id,
            "wrapped": school_key.encrypt(secret, "student-key", school_id, student_id),
        }
        await self._aws.put(self._table, item)
        key = SecretKey(secret)
        self._students.put((school_id, student_id), key)
        return key
