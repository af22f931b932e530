"""Another school's ciphertexts, and its wrapped keys put where one's own should be, at a KMS that unwraps anything.

IAM and KMS are away: whoever asks is given the key. What a ciphertext is bound to is all that is left.
"""

import os
from base64 import b64encode
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

from aiohttp import web

from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.recording_aws import Recorded, as_json
from luca_local.isolation.type_wall.rig import PAIRS, Rig, school
from luca_shared.tenancy import keys
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.key_types import Key

KIND: Final = "a ciphertext from elsewhere"
_ANA, _BEN, _FIELD, _TEXT = StudentId("ana"), StudentId("ben"), "comment of c1 a1", "Ana has passed"


class _Shelf:
    """A table of wrapped keys, and a KMS that asks for no context."""

    def __init__(self) -> None:
        self._items: dict[tuple[str, str], Any] = {}

    async def __call__(self, recorded: Recorded) -> web.Response | None:
        body = recorded.body
        match recorded.operation:
            case "GetItem":
                item = self._items.get(_place(body["Key"]))
                return as_json({"Item": item} if item else {})
            case "BatchGetItem":
                ((table, wanted),) = body["RequestItems"].items()
                found = [self._items.get(_place(key)) for key in wanted["Keys"]]
                return as_json({"Responses": {table: [item for item in found if item]}})
            case "PutItem":
                self._items[_place(body["Item"])] = body["Item"]
                return as_json({})
            case "GenerateDataKey":
                key = b64encode(os.urandom(32)).decode()
                return as_json({"Plaintext": key, "CiphertextBlob": key, "KeyId": "k"})
            case "Decrypt":
                return as_json({"Plaintext": body["CiphertextBlob"], "KeyId": "k"})
        return None

    def copy(self, source: Key, target: Key) -> None:
        """Put an item in another one's place, as somebody can who writes past all our code."""
        item = self._items[source.pk, source.sk]
        self._items[target.pk, target.sk] = {**item, "pk": {"S": target.pk}, "sk": {"S": target.sk}}


async def tried_ciphertexts(rig: Rig) -> list[Tried]:
    """Read another school's texts as one's own: with warm and cold memories, and with keys that were put there."""
    found: list[Tried] = []
    before = rig.aws.before
    try:
        for mine, theirs in PAIRS:
            found += await _between(rig, mine, theirs)
    finally:
        rig.aws.before = before
    return found


async def _between(rig: Rig, mine: str, theirs: str) -> list[Tried]:
    shelf = rig.aws.before = _Shelf()
    me, they = school(mine), school(theirs)
    warm = _encryption(rig)
    sealed = await warm.encrypt(they, _ANA, _FIELD, _TEXT)
    whole = await warm.encrypt_for_school(they, "first answer", _TEXT.encode())
    for student_id in (_ANA, _BEN):
        await warm.encrypt(me, student_id, _FIELD, "another text")
    await warm.encrypt(they, _BEN, _FIELD, "another text")
    found: list[Tried] = [
        await _control(mine, theirs, "its own field", partial(warm.decrypt, they, _ANA, _FIELD, sealed)),
        await _control(mine, theirs, "its own whole", partial(warm.decrypt_for_school, they, "first answer", whole)),
    ]
    copies: tuple[tuple[str, list[tuple[Key, Key]]], ...] = (
        ("with one's own keys", []),
        ("with its student's key", [(keys.student_key(they, _ANA), keys.student_key(me, _ANA))]),
        ("with its school's key too", [(keys.school_key(they), keys.school_key(me))]),
    )
    for what, copied in copies:
        for source, target in copied:
            shelf.copy(source, target)
        for memory, encryption in (("warm", warm), ("cold", _encryption(rig))):
            field = partial(encryption.decrypt, me, _ANA, _FIELD, sealed)
            found.append(await _attempt(mine, f"{theirs}'s field {what}, {memory}", field))
            content = partial(encryption.decrypt_for_school, me, "first answer", whole)
            found.append(await _attempt(mine, f"{theirs}'s whole {what}, {memory}", content))
    cold = _encryption(rig)
    moved: tuple[tuple[str, Callable[[], Awaitable[Any]]], ...] = (
        ("as another field", partial(cold.decrypt, they, _ANA, "another field", sealed)),
        ("as the school's whole", partial(cold.decrypt_for_school, they, "first answer", sealed)),
        ("as another student's", partial(cold.decrypt, they, _BEN, _FIELD, sealed)),
    )
    for what, call in moved:
        found.append(await _attempt(theirs, f"its own field {what}", call))
    shelf.copy(keys.student_key(they, _ANA), keys.student_key(they, _BEN))
    call = partial(_encryption(rig).decrypt, they, _BEN, _FIELD, sealed)
    found.append(await _attempt(theirs, "its own field as another student's, with the student's key", call))
    return found


def _encryption(rig: Rig) -> FieldEncryption:
    return FieldEncryption(rig.tables, rig.kms, key_id="k")


def _place(key: Any) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]


async def _attempt(mine: str, what: str, call: Callable[[], Awaitable[Any]]) -> Attempt:
    outcome = await _outcome(call)
    refused = outcome in {"KeyDestroyed", "CorruptCiphertext", "CorruptKey"}
    return Attempt(KIND, f"{mine}: {what}", outcome, ending(leaked=outcome == "read", refused=refused))


async def _control(mine: str, theirs: str, what: str, call: Callable[[], Awaitable[Any]]) -> Control:
    outcome = await _outcome(call)
    return Control(KIND, f"{theirs} beside {mine}: {what}", outcome, outcome == "read")


async def _outcome(call: Callable[[], Awaitable[Any]]) -> str:
    try:
        return "read" if await call() else "nothing"
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told
        return type(error).__name__
