"""A pass: every school's pending grades are prepared as batches, and sent, until nothing is open any more."""

import dataclasses
import itertools
import logging
from dataclasses import dataclass
from typing import Final

from luca_gov_sync.batching import batches_of
from luca_gov_sync.clock import LoopClock
from luca_gov_sync.endings import LeaseLost
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.lease import Lease
from luca_gov_sync.payload_cache import PayloadCache
from luca_gov_sync.ports import Fenced, Ports
from luca_gov_sync.prep_batch import prepare
from luca_gov_sync.query_pending import older_than, to_be_sent
from luca_gov_sync.sender import Sender
from luca_gov_sync.takeover import adopt
from luca_gov_sync.tally import Tally
from luca_gov_sync.work import work_on
from luca_shared.aws.errors import AwsError
from luca_shared.records.submission import RunSchool
from luca_shared.runtime.log_values import Public
from luca_shared.tenancy.context import TenantContext

_log = logging.getLogger(__name__)

# AWS's failures of one school in a row: the task ends, and its exit code says that it failed.
_HOPELESS: Final = 20


@dataclass(slots=True)
class Found:
    """What a pass has come upon.

    Attributes:
        any: Something that was to be sent.
        old: Some of it was recorded before the cutoff.
    """

    any: bool = False
    old: bool = False


@dataclass(frozen=True, slots=True)
class PassLimits:
    """How large a batch may be, how many may be open, and how long (seconds) to wait when AWS fails."""

    records: int
    lookahead: int
    aws_retry: float


class Passes:
    """Makes passes over all schools."""

    def __init__(
        self,
        ports: Ports,
        lease: Lease,
        sender: Sender,
        payloads: PayloadCache,
        tally: Tally,
        clock: LoopClock,
        heartbeat: Heartbeat,
        limits: PassLimits,
    ) -> None:
        self._ports = ports
        self._lease = lease
        self._sender = sender
        self._payloads = payloads
        self._tally = tally
        self._clock = clock
        self._heartbeat = heartbeat
        self._limits = limits

    async def one(self, contexts: list[TenantContext]) -> Found:
        """Make one pass; when it ends, every batch of the run is settled."""
        found = Found()
        for context in contexts:
            self._heartbeat.beat()
            await self._patiently(context, found)
        await self._sender.below(1)
        period = self._lease.run.period
        for context in contexts:
            counters = self._tally.of(context.school_id)
            if counters:
                school = RunSchool(period=period, school_id=context.school_id, counters=counters)
                await self._ports.runs.save_school(school)
        return found

    async def _patiently(self, context: TenantContext, found: Found) -> None:
        """Do a school, and again if AWS fails: what is in batches already is left out then."""
        for failures in itertools.count(1):
            try:
                return await self._school(context, found)
            except Fenced:
                raise LeaseLost("another task has written a batch") from None
            except AwsError as error:
                if failures >= _HOPELESS:
                    raise
                _log.warning(
                    "AWS fails a school", extra={"operation": Public(error.operation), "code": Public(error.code)}
                )
                await self._clock.sleep(self._limits.aws_retry)
        return None

    async def _school(self, context: TenantContext, found: Found) -> None:
        """Have a school's open batches sent, and its pending grades put into new ones."""
        period = self._lease.run.period
        stored = await self._ports.batches.all(context, period)
        batches = await adopt(self._ports, self._lease, context, stored)
        for batch in batches:
            if batch.state.open and not self._sender.holds(batch):
                found.any = found.old = True
                # Since it was read it may have got further, or come out of a split: it is read again before its step.
                self._sender.put(dataclasses.replace(work_on(context, batch), certain=False))
        grades = to_be_sent(await self._ports.grades.pending(context, period), batches)
        found.any = found.any or bool(grades)
        found.old = found.old or older_than(grades, self._lease.run.cutoff)
        known = {batch.batch_id: batch for batch in batches}
        for prepared in batches_of(context.school_id, period, grades, max_records=self._limits.records):
            await self._sender.below(self._limits.lookahead)
            self._lease.check()
            now = self._clock.now()
            for work in await prepare(self._ports, self._lease, context, prepared, now=now):
                self._heartbeat.beat()
                if work.batch.batch_id == prepared.batch_id:
                    self._payloads.keep(work.batch.payload_key, prepared.payload)
                self._tally.changed(context.school_id, known.get(work.batch.batch_id), work.batch)
                self._sender.put(work)
