"""How the government behaves in the course of the night: badly all the time, and now and then worse."""

from dataclasses import dataclass
from typing import Final

import aiohttp
import msgspec

from luca_local.government.faults import Faults, Misbehaviour

BLACK_OUT: Final = "black-out"
UNAUTHORIZED: Final = Misbehaviour.UNAUTHORIZED.value
EVERY_FAULT: Final = frozenset({*(each.value for each in Misbehaviour if each is not Misbehaviour.NONE), BLACK_OUT})

_BLACK_OUT_S: Final = 2.0
_STALL_S: Final = 2.5  # longer than the sync waits for an answer
_USUAL: Final = {
    Misbehaviour.SERVER_ERROR: 0.04,
    Misbehaviour.TOO_MANY: 0.03,
    Misbehaviour.TOO_MANY_SILENT: 0.03,
    Misbehaviour.TIME_OUT: 0.02,
    Misbehaviour.KEPT_BUT_DROPPED: 0.05,
    Misbehaviour.KEPT_THEN_500: 0.05,
    Misbehaviour.MALFORMED: 0.04,
    Misbehaviour.SLOW_DRIP: 0.04,
}


@dataclass(frozen=True, slots=True)
class Unacceptable:
    """Students whose grades the government does not want.

    Attributes:
        refused: Their records are rejected one by one.
        poisonous: A submission with one of their records is refused whole, without saying for which.
    """

    refused: frozenset[str]
    poisonous: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Both."""
        return self.refused | self.poisonous


class Government:
    """The switches that only the government's operator has.

    Args:
        url: Where it is.
        unacceptable: The students whose grades it does not want, whatever else it does.
        seed: Makes what happens to the requests repeatable, as far as their order is.
    """

    def __init__(self, url: str, unacceptable: Unacceptable, seed: int) -> None:
        self._url = url
        self._unacceptable = unacceptable
        self._seed: int | None = seed

    async def as_usual(self) -> None:
        """Be slow and unreliable in every way, but get most things done."""
        await self._become(self._usual)

    async def nothing_but(self, fault: str) -> None:
        """Do one thing wrong with every request; a black-out ends by itself."""
        if fault == BLACK_OUT:
            await self._become(msgspec.structs.replace(self._usual, black_out_s=_BLACK_OUT_S))
        else:
            await self._become(msgspec.structs.replace(self._usual, shares={Misbehaviour(fault): 1.0}))

    @property
    def _usual(self) -> Faults:
        return Faults(
            shares=_USUAL,
            latency_s=(0.0, 0.2),
            stall_s=_STALL_S,
            drip_s=0.4,
            refused_students=self._unacceptable.refused,
            poisonous_students=self._unacceptable.poisonous,
        )

    async def _become(self, faults: Faults) -> None:
        first = msgspec.structs.replace(faults, seed=self._seed)
        self._seed = None  # drawn from once: from here on, the same row goes on
        async with (
            aiohttp.ClientSession() as session,
            session.put(f"{self._url}/control/faults", data=msgspec.json.encode(first), raise_for_status=True),
        ):
            pass
