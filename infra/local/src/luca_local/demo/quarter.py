"""The quarter's end: every grade to a government that does everything wrong, by a task that is killed again and again.

What is done to the task and by the government follows how much the government holds by its own log: so that it happens
in the middle of the work, however fast the machine is. Where exactly, chance decides.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from luca_local.demo.collecting.government_log import JournalTail
from luca_local.demo.evidence.grades import Cell
from luca_local.demo.government_moods import BLACK_OUT, EVERY_FAULT, UNAUTHORIZED, Government
from luca_local.demo.gradebook_work import GradebookWork, Seen
from luca_local.demo.lesson import Desk, random_comment, random_mark
from luca_local.demo.people import Person
from luca_local.demo.progress import Act
from luca_local.demo.sync_task import SyncTask

# Everything that takes minutes on a real night takes seconds here; and the day is short.
_FAST: Final = {
    "LUCA_RATE_MARGIN": "0.3",  # on a machine that is shared, requests bunch
    "LUCA_RETRY_FIRST": "0.3",
    "LUCA_RETRY_SECOND": "0.6",
    "LUCA_RETRY_THIRD": "1.2",
    "LUCA_BREAKER_FAILURES": "8",
    "LUCA_PROBE_INTERVAL": "0.5",
    "LUCA_HTTP_TIMEOUT": "1.5",
    "LUCA_LEASE": "2",
    "LUCA_LEASE_RENEWAL": "0.4",
    "LUCA_LEASE_SKEW": "0.2",
    "LUCA_AWS_RETRY": "0.5",
    "LUCA_QUIET": "1",
    "LUCA_HEARTBEAT": "60",
}

_LOOK_EVERY_S: Final = 0.1
_WORSE_S: Final = 0.5  # for which it goes on once a request has met it
_WORST_S: Final = 3.0  # for which one waits for such a request
_CORRECT_EVERY_S: Final = 0.3
_CORRECTED_UNTIL: Final = 0.85  # of the grades are there


@dataclass(frozen=True, slots=True)
class Correcting:
    """A teacher who has mistaken some grades: the cells, and the versions that they are believed to have."""

    teacher: Person
    known: dict[Cell, int]


def settings(*, per_second: int, batch_records: int) -> dict[str, str]:
    """Return what the sync is told: the government's limit, and small figures for everything that takes long."""
    return {**_FAST, "LUCA_GOVERNMENT_RATE": str(per_second), "LUCA_BATCH_RECORDS": str(batch_records)}


def correcting(desk: Desk, seen: Seen) -> Correcting:
    """Return the teacher of a desk, with the versions that the lesson has left there."""
    known: dict[Cell, int] = {}
    for entry in seen.entries:
        if entry.cell in desk.cells and entry.version is not None:
            known[entry.cell] = max(entry.version, known.get(entry.cell, 0))
    return Correcting(desk.teacher, known)


class Quarter:
    """The play.

    Args:
        task: The sync.
        government: Its moods.
        log: How far the government is.
        grades: How many it is to hold.
        kills: How often the task is killed.
    """

    def __init__(
        self, task: SyncTask, government: Government, log: JournalTail, chance: Random, *, grades: int, kills: int
    ) -> None:
        self._task = task
        self._government = government
        self._log = log
        self._chance = chance
        self._grades = grades
        self._kills = kills

    async def play(self, correcting: Correcting, work: GradebookWork, act: Act) -> None:
        """Go on until the sync has come to its end.

        Raises:
            SyncDidNotEnd: it does not.
        """
        await self._government.as_usual()
        async with asyncio.TaskGroup() as group:
            others = [
                group.create_task(self._at_the_sync(act)),
                group.create_task(self._at_the_government()),
                group.create_task(self._correct(correcting, work)),
            ]
            await self._task.run_to_the_end(self._government.as_usual)
            for other in others:
                other.cancel()
        act.reached(self._log.read())

    async def _at_the_sync(self, act: Act) -> None:
        """Kill the task when so much is done, as often as wanted."""
        for share in sorted(self._chance.uniform(0.05, 0.9) for _ in range(self._kills)):
            await self._until(share, act)
            await asyncio.sleep(self._chance.uniform(0, 0.5))
            await self._task.kill()
            act.note = f"killed {self._task.kills} times"
        await self._until(2, act)

    async def _at_the_government(self) -> None:
        """Have it do nothing but one thing wrong, each in its turn, until a request has met that."""
        faults = sorted(EVERY_FAULT)
        self._chance.shuffle(faults)
        for number, fault in enumerate(faults, start=1):
            await self._until(0.75 * number / len(faults))
            halts = self._task.halts
            while True:
                await self._government.nothing_but(fault)
                if await self._is_met(fault, halts):
                    break  # else nobody was sending: the task had just been killed
            await asyncio.sleep(_WORSE_S)
            if fault not in {BLACK_OUT, UNAUTHORIZED}:  # these end by themselves, and by the operator's help
                await self._government.as_usual()

    async def _is_met(self, fault: str, halts: int) -> bool:
        """Wait until a request has met a fault (a 401 until it has halted the run); return False after a while."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WORST_S):
                while fault not in self._log.met or (fault == UNAUTHORIZED and self._task.halts == halts):
                    await asyncio.sleep(_LOOK_EVERY_S)
                    self._log.read()
                return True
        return False

    async def _correct(self, correcting: Correcting, work: GradebookWork) -> None:
        """Correct grades, one after the other, while they are being sent."""
        cells: Sequence[Cell] = list(correcting.known)
        while self._log.read() < _CORRECTED_UNTIL * self._grades:
            cell = self._chance.choice(cells)
            mark, comment = random_mark(self._chance), random_comment(self._chance)
            version = await work.write(correcting.teacher, cell, mark, comment, known=correcting.known[cell])
            correcting.known[cell] = version or correcting.known[cell]
            await asyncio.sleep(_CORRECT_EVERY_S)

    async def _until(self, share: float, act: Act | None = None) -> None:
        """Wait until the government holds this share of the grades."""
        while (rows := self._log.read()) < share * self._grades:
            if act is not None:
                act.reached(rows, act.note)
            await asyncio.sleep(_LOOK_EVERY_S)
