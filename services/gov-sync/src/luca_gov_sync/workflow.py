"""A run from the lease to the report: passes until nothing is left, reconciliation, and every way in which it can end.

take the lease -> take over what is open -> passes ... -> Reconcile -> (missing: passes again) -> report -> completed
                                              |-> HALTED (until an operator resumes), TIMED_OUT (deadline)
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from luca_gov_sync import report_files, schools
from luca_gov_sync.clock import LoopClock, seconds_of, stamp
from luca_gov_sync.endings import Ending, Halted, LeaseLost, first_of
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.lease import Lease
from luca_gov_sync.outage import Outages
from luca_gov_sync.pace import Pace
from luca_gov_sync.passes import Passes, PassLimits
from luca_gov_sync.patience import Patience
from luca_gov_sync.payload_cache import PayloadCache
from luca_gov_sync.ports import AlertKind, Gate, Government, Ports
from luca_gov_sync.reconcile import Differences, Reconcile
from luca_gov_sync.report import ReportBuilder
from luca_gov_sync.resending import Resending
from luca_gov_sync.send_batch import SendBatch
from luca_gov_sync.sender import Sender
from luca_gov_sync.settings import SyncSettings
from luca_gov_sync.takeover import take_over
from luca_gov_sync.tally import Tally
from luca_shared.aws.errors import AwsError
from luca_shared.records.submission import RunState
from luca_shared.runtime.log_values import Public
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId

_log = logging.getLogger(__name__)

_BEAT = 30.0


def gate_of(pace: Pace, lease: Lease) -> Gate:
    """Return what each request to the government passes last: its turn, and a look at the lease in that moment."""

    async def pass_through() -> None:
        await pace.depart()
        lease.check()

    return pass_through


@dataclass
class Workflow:
    """The work of one task that holds the lease."""

    ports: Ports
    government: Government
    lease: Lease
    pace: Pace
    clock: LoopClock
    heartbeat: Heartbeat
    settings: SyncSettings
    tally: Tally

    def __post_init__(self) -> None:
        settings, lease, clock, heartbeat = self.settings, self.lease, self.clock, self.heartbeat
        delays = settings.retry_delays
        self._outages = Outages(
            lease,
            self.ports.alerts,
            clock,
            self.pace,
            failures=settings.breaker_failures,
            whole_refusals=settings.whole_refusals,
        )
        payloads = PayloadCache(self.ports.payloads)
        send = SendBatch(
            self.ports, self.government, self._outages, payloads, self.tally, clock, heartbeat, delays=delays
        )
        self._sender = Sender(
            self.ports,
            send,
            self._outages,
            clock,
            heartbeat,
            in_flight=settings.in_flight,
            probe_interval=settings.probe_interval,
            aws_retry=settings.aws_retry,
            batch_timeout=settings.batch_timeout,
        )
        limits = PassLimits(settings.batch_records, settings.lookahead, settings.aws_retry)
        self._passes = Passes(self.ports, lease, self._sender, payloads, self.tally, clock, heartbeat, limits)
        patience = Patience(self._outages, clock, heartbeat, delays=delays)
        self._reconcile = Reconcile(self.ports, self.government, patience, heartbeat, lease.run.period)
        self._resending = Resending(self.ports, lease, self.tally, clock)

    async def run(self) -> Ending:
        """Work until the end, and leave the run in the state that says which.

        Who is told to stop, or fails, gives the lease back, so that the next task need not wait for it to run out.
        """
        try:
            return await self._to_the_end()
        except BaseException as error:
            if lost := first_of(error, LeaseLost):
                _log.warning("the lease was lost", extra={"how": Public(lost.how)})
                return Ending.LEASE_LOST
            if self.lease.held:
                with contextlib.suppress(AwsError, LeaseLost):
                    await self.lease.give_back(**self._progress())
            raise

    async def _to_the_end(self) -> Ending:
        deadline = seconds_of(self.lease.run.started_at) + self.settings.deadline
        limit = asyncio.timeout(max(0.0, deadline - self.clock.time()))
        try:
            async with limit:
                complete, key = await self._work()
        except TimeoutError:
            if not limit.expired():
                raise
            return await self._time_out()
        except BaseExceptionGroup as error:
            halted = first_of(error, Halted)
            if halted is None or first_of(error, LeaseLost):
                raise
            return await self._halt(halted.reason)
        kind = AlertKind.COMPLETED if complete else AlertKind.INCOMPLETE
        await self._end(RunState.COMPLETED, kind, None, {"report": key}, report_key=key)
        return Ending.COMPLETED

    async def _work(self) -> tuple[bool, str]:
        """Do everything but saying that it is done; return whether it is complete, and the report's key."""
        async with self._alive():
            contexts = await schools.contexts(self.ports.runs)
            await take_over(self.ports, self.lease, self.tally, self.heartbeat, contexts)
            async with self._sending():
                await self._pass_until_done(contexts)
                differences = await self._reconcile_until_done(contexts)
            return await self._report(contexts, differences, RunState.COMPLETED)

    async def _pass_until_done(self, contexts: list[TenantContext]) -> None:
        """Make passes until one that began late enough after the cutoff has found nothing that is older than it."""
        quiet_from = seconds_of(self.lease.run.cutoff) + self.settings.quiet
        late = 0
        while True:
            began = self.clock.time()
            found = await self._passes.one(contexts)
            if began >= quiet_from and not found.old:
                late += 1
                if not found.any or late >= self.settings.late_passes:
                    return
            elif not found.any:
                await self._sleep(quiet_from - self.clock.time())

    async def _reconcile_until_done(self, contexts: list[TenantContext]) -> dict[SchoolId, Differences]:
        rounds = self.settings.reconcile_rounds
        while True:
            received = await self._reconcile.received()
            found = {each.school_id: await self._reconcile.school(each, received) for each in contexts}
            if rounds == 0 or not any(each.any for each in found.values()):
                return found
            rounds -= 1
            _log.warning("the government does not hold everything: what is missing is sent again")
            for context in contexts:
                await self._resending.send_again(context, found[context.school_id])
            await self._pass_until_done(contexts)

    async def _time_out(self) -> Ending:
        """Leave everything as it is: what is open stays open, to be seen."""
        reason = "the deadline has passed"
        key: str | None = None
        try:
            contexts = await schools.contexts(self.ports.runs)
            _, key = await self._report(contexts, {}, RunState.TIMED_OUT)
        except AwsError:
            _log.exception("there is no report on the run that timed out")
        await self._end(RunState.TIMED_OUT, AlertKind.TIMED_OUT, reason, self.tally.total(), report_key=key)
        return Ending.TIMED_OUT

    async def _halt(self, reason: str) -> Ending:
        await self._end(RunState.HALTED, AlertKind.HALTED, reason, {"reason": reason})
        return Ending.HALTED

    async def _end(
        self, state: RunState, kind: AlertKind, reason: str | None, facts: Mapping[str, str | int], **changes: Any
    ) -> None:
        """Tell operators, then leave the run in its last state: killed in between, the next task tells them again."""
        await self.lease.save()  # who has lost the lease has nothing to tell
        await self.ports.alerts.tell(kind, self.lease.run.period, **facts)
        ended = None if state is RunState.HALTED else self.clock.now()
        await self.lease.give_back(state=state, reason=reason, ended_at=ended, **self._progress(), **changes)

    async def _report(
        self, contexts: list[TenantContext], differences: dict[SchoolId, Differences], state: RunState
    ) -> tuple[bool, str]:
        builder = ReportBuilder()
        for context in contexts:
            self.heartbeat.beat()
            batches = await self.ports.batches.all(context, self.lease.run.period)
            counters = self.tally.of(context.school_id)
            builder.school(context.school_id, batches, differences.get(context.school_id), counters)
        report = builder.report(self.lease.run, self.clock.now(), state)
        key = ""
        for file in report_files.files_of(report):
            stored = await self.ports.reports.put(f"{report.period}/{file.name}", file.content, file.content_type)
            key = key or stored  # the JSON file's: it is the first
        return report.complete, key

    @asynccontextmanager
    async def _sending(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(self._sender.run())
            yield
            sending.cancel()

    @asynccontextmanager
    async def _alive(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            renewing = group.create_task(self._keep_lease())
            yield
            renewing.cancel()

    async def _keep_lease(self) -> None:
        pause = self.settings.lease_renewal
        while True:
            await self.clock.sleep(pause)
            self.lease.check()
            try:
                await self.lease.save(**self._progress())
                pause = self.settings.lease_renewal
            except AwsError:
                _log.warning("the lease could not be renewed", exc_info=True)
                pause = self.settings.lease_renewal / 5

    def _progress(self) -> dict[str, Any]:
        departed = self.pace.last_departure
        departures = (stamp(departed + 0.001),) if departed > 0 else ()  # stamps are cut to milliseconds
        return {"counters": self.tally.total(), "last_departures": departures}

    async def _sleep(self, seconds: float) -> None:
        until = self.clock.time() + seconds
        while (left := until - self.clock.time()) > 0:
            await self.clock.sleep(min(left, _BEAT))
            self.heartbeat.beat()
