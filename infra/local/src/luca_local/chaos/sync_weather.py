"""What becomes of the sync's submissions on their way, so that all that it has for bad days is put to work.

It goes by the batch and by how often it was sent, never by chance: a batch that is killed and sent again comes through
in the end, whatever the order. An outage goes by the number of submissions, whichever they are. A teacher corrects
grades when the first submission is about to arrive.
"""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

from luca_local.chaos.outgoing import GOVERNMENT, Outgoing
from luca_local.chaos.quarter import UNLUCKY
from luca_local.chaos.wire import Answer, Fate

FAIR: Final = "fair"
TROUBLED: Final = "troubled"  # answers are lost, submissions refused, a student unknown, a batch among the dead letters
OUTAGE: Final = "outage"  # the first submissions of all find nobody there

_UNAVAILABLE: Final = Answer(503, (("Content-Type", "application/problem+json"),), b"{}")
_ATTEMPTS: Final = 4  # of a batch until it is a dead letter: one, and three retries
_LOST_IN_OUTAGE: Final = 15  # submissions: more than the failures in a row that are taken for an outage
_UNLUCKY: Final = f'"student_id":"{UNLUCKY}"'.encode()


@dataclass(slots=True)
class SyncWeather:
    """The weather of one trial."""

    scenario: str
    correct: Callable[[], Awaitable[None]]
    _corrected: bool = False
    _submissions: int = 0
    _attempts: Counter[str] = field(default_factory=Counter)

    async def __call__(self, request: Outgoing) -> Fate | Answer:
        """Decide about a request."""
        if request.door != GOVERNMENT or request.method != "POST":
            return Fate.DELIVERED
        if not self._corrected:
            self._corrected = True
            await self.correct()
        self._submissions += 1
        if self.scenario == OUTAGE and self._submissions <= _LOST_IN_OUTAGE:
            return _UNAVAILABLE
        if self.scenario != TROUBLED:
            return Fate.DELIVERED
        batch_id = request.header("idempotency-key")
        self._attempts[batch_id] += 1
        return self._troubled(batch_id, self._attempts[batch_id], request.body)

    def _troubled(self, batch_id: str, attempt: int, body: bytes) -> Fate | Answer:
        if _UNLUCKY in body:
            return _UNAVAILABLE if attempt <= _ATTEMPTS else Fate.DELIVERED
        match int(batch_id[-1], 16) % 4, attempt:
            case (0, 1) | (1, 1) | (1, 2):
                return _UNAVAILABLE
            case (2, 1):
                return Fate.ANSWER_LOST
        return Fate.DELIVERED
