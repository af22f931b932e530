"""An outage of the government: told once, remembered through restarts, over with the first answer."""

import logging

from luca_gov_sync.breaker import Breaker
from luca_gov_sync.clock import LoopClock
from luca_gov_sync.endings import Halted
from luca_gov_sync.lease import Lease
from luca_gov_sync.outcomes import OursToMend, Outcome, Received, RefusedWhole, Retry
from luca_gov_sync.pace import Pace
from luca_gov_sync.ports import AlertKind, Alerts
from luca_shared.aws.errors import AwsError
from luca_shared.records.timestamps import Timestamp

_log = logging.getLogger(__name__)


class Outages:
    """Learns from each answer how the government is, and tells the operators what they must know."""

    def __init__(
        self, lease: Lease, alerts: Alerts, clock: LoopClock, pace: Pace, *, failures: int, whole_refusals: int
    ) -> None:
        self._lease = lease
        self._alerts = alerts
        self._clock = clock
        self._pace = pace
        self._breaker = Breaker(failures, is_open=lease.run.outage_since is not None)
        self._most_refused = whole_refusals
        self._refused_in_a_row = 0

    @property
    def on(self) -> bool:
        """Whether there is one."""
        return self._breaker.is_open

    async def learn(self, outcome: Outcome) -> None:
        """Draw from an outcome what concerns more than its batch.

        Raises:
            Halted: the government refuses everything, which is no batch's fault.
        """
        match outcome:
            case Retry(after=after):
                if after:
                    self._pace.hold_until(self._clock.time() + after)
                if self._breaker.failed():
                    await self._begins()
            case Received() | RefusedWhole():
                await self.answered()
                self._count_refusals(outcome)
            case OursToMend():
                pass  # the run is halted by it

    async def answered(self) -> None:
        """The government has answered, whatever it was asked."""
        if self._breaker.succeeded():
            await self._ends()

    def _count_refusals(self, outcome: Received | RefusedWhole) -> None:
        if isinstance(outcome, Received):
            self._refused_in_a_row = 0
            return
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= self._most_refused:
            raise Halted(
                f"the government refused {self._refused_in_a_row} submissions in a row as a whole, the last with"
                f" {outcome.status}: what we send is not what it expects"
            )

    async def _begins(self) -> None:
        _log.warning("the government does not answer: sending pauses, and one request at a time looks for it")
        await self._alerts.tell(AlertKind.OUTAGE, self._lease.run.period)
        await self._remember(self._clock.now())  # after: an outage that is told twice is better than one that isn't

    async def _ends(self) -> None:
        since = self._lease.run.outage_since
        _log.info("the government answers again")
        await self._alerts.tell(AlertKind.OUTAGE_OVER, self._lease.run.period, since=since or "")
        await self._remember(None)

    async def _remember(self, since: Timestamp | None) -> None:
        try:
            await self._lease.save(outage_since=since)
        except AwsError:  # then a restart tells it again
            _log.warning("the outage could not be noted", exc_info=True)
