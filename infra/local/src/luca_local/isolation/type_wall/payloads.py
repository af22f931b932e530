"""Another school's payloads in S3: their names are texts, so each is looked at once more before it is asked for."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from luca_gov_sync.object_store import ObjectStore
from luca_gov_sync.payload_store import SchoolPayloads
from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.type_wall.rig import PAIRS, Rig, school


class _Store:
    """A bucket that gives everybody everything, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def put(self, key: str, _payload: bytes, **_: Any) -> None:
        self.asked.append(key)

    async def get(self, key: str, **_: Any) -> bytes:
        self.asked.append(key)
        return b""


async def tried_payloads(rig: Rig) -> list[Tried]:
    """Read and write them as another school."""
    store, found, kind = _Store(), list[Tried](), "a foreign payload"
    payloads = SchoolPayloads(cast("ObjectStore", store), rig.tables)
    for mine, theirs in PAIRS:
        for key in (
            f"{theirs}/2026-Q4/b1", f"{theirs}/", f"/{mine}/b1", mine, "", "_reports/run", f"{mine.upper()}/b1",
            f"{mine}-3/b1", f"{mine}#/b1", f"{mine}\x00/b1", f"../{mine}/b1", f"{theirs}/../{mine}/b1",
            f" {mine}/b1", f"{mine}%2fb1",
        ):  # fmt: skip
            for what, call in _calls(payloads, mine, key):
                store.asked.clear()
                refused = await _is_refused(call)
                outcome = "refused" if refused else "done"
                found.append(
                    Attempt(kind, f"{mine}: {what} {key!r}", outcome, ending(leaked=bool(store.asked), refused=refused))
                )
        for what, call in _calls(payloads, mine, f"{mine}/2026-Q4/b1"):
            store.asked.clear()
            refused = await _is_refused(call)
            found.append(
                Control(kind, f"{mine}'s own, {what}", str(len(store.asked)), not refused and bool(store.asked))
            )
    return found


def _calls(payloads: SchoolPayloads, mine: str, key: str) -> list[tuple[str, Callable[[], Awaitable[Any]]]]:
    return [
        ("put", partial(payloads.put, school(mine), key, b"{}")),
        ("get", partial(payloads.get, school(mine), key)),
    ]


async def _is_refused(call: Callable[[], Awaitable[Any]]) -> bool:
    try:
        await call()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told
        return type(error).__name__ == "ForeignKey"
    return False
