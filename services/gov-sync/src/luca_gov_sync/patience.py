"""Questions to the government, asked until they are answered."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from luca_gov_sync.clock import LoopClock
from luca_gov_sync.endings import Halted
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.outage import Outages
from luca_gov_sync.outcomes import OursToMend, Retry

T = TypeVar("T")

_log = logging.getLogger(__name__)


class Patience:
    """Repeats a question that fails: after the batches' delays, and then the longest of them again and again.

    Nothing ends it but an answer or the run's deadline.
    """

    def __init__(
        self, outages: Outages, clock: LoopClock, heartbeat: Heartbeat, *, delays: tuple[float, float, float]
    ) -> None:
        self._outages = outages
        self._clock = clock
        self._heartbeat = heartbeat
        self._delays = delays

    async def answer(self, question: Callable[[], Awaitable[T | OursToMend | Retry]]) -> T:
        """Return the answer to a question.

        Raises:
            Halted: we may not ask.
        """
        failures = 0
        while True:
            answer = await question()
            self._heartbeat.beat()
            if isinstance(answer, OursToMend):
                raise Halted(f"the government answers {answer.status}: our token or our rights are not accepted")
            if not isinstance(answer, Retry):
                await self._outages.answered()
                return answer
            await self._outages.learn(answer)
            delay = self._delays[min(failures, len(self._delays) - 1)]
            failures += 1
            await self._clock.sleep(max(delay, answer.after or 0.0))
