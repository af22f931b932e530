"""SendBatch: one attempt of a batch, its intent kept before and its outcome after, and whatever follows from it.

    intent is stored -> the request leaves (pace and lease permitting) -> outcome -> next step is stored

Killed at any of these points, a batch is sent again with the same bytes under the same id, and the government answers
as it did the first time.
"""

import logging

import msgspec

from luca_gov_sync import client_error, dead_letter, mark_synced, split
from luca_gov_sync.clock import LoopClock, stamp
from luca_gov_sync.decisions import AskFirst, Bury, Cut, Halt, Mark, Park, RefuseAlone, Step, Wait, next_step
from luca_gov_sync.endings import Halted
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.outage import Outages
from luca_gov_sync.outcomes import OursToMend, Outcome, RefusedWhole
from luca_gov_sync.payload_cache import PayloadCache, WrongPayload
from luca_gov_sync.ports import Government, NotReceived, Ports
from luca_gov_sync.tally import Tally
from luca_gov_sync.work import Work, work_on
from luca_shared.records.submission import Batch, BatchState
from luca_shared.runtime.log_values import Public

_log = logging.getLogger(__name__)


class SendBatch:
    """Carries batches one step further."""

    def __init__(
        self,
        ports: Ports,
        government: Government,
        outages: Outages,
        payloads: PayloadCache,
        tally: Tally,
        clock: LoopClock,
        heartbeat: Heartbeat,
        *,
        delays: tuple[float, float, float],
    ) -> None:
        self._ports = ports
        self._government = government
        self._outages = outages
        self._payloads = payloads
        self._tally = tally
        self._clock = clock
        self._heartbeat = heartbeat
        self._delays = delays

    async def step(self, work: Work) -> list[Work]:
        """Do what a batch waits for; return what is left to be done: itself, its halves, or nothing.

        Raises:
            Halted: nothing must be sent any more.
            Fenced, LeaseLost: another task is at it.
            AwsError: the batch is as it was, or a step further.
        """
        if work.batch.state is BatchState.MARK_SYNCED:
            return await self._mark(work)
        try:
            payload = await self._payloads.of(work)
        except WrongPayload:
            raise Halted("the bucket holds other bytes of a batch than were prepared") from None
        await self._save(work, self._intent(work.batch))
        outcome = await self._government.submit(work.batch.batch_id, payload)
        self._heard(work, "sends")
        await self._outages.learn(outcome)
        step = self._judge(work, outcome, certain=False)
        if isinstance(step, AskFirst) and isinstance(outcome, RefusedWhole):
            step = await self._ask(work, outcome)
        return await self._follow(work, step, payload)

    def found(self, work: Work, stored: Batch) -> None:
        """A batch turns out to be stored otherwise than this task believed."""
        self._changed(work, stored)

    async def _ask(self, work: Work, refused: RefusedWhole) -> Step:
        answer = await self._government.ask(work.batch.batch_id)
        self._heard(work, "questions")
        if isinstance(answer, NotReceived):
            await self._outages.answered()
            return self._judge(work, refused, certain=True)
        if not isinstance(answer, OursToMend):
            await self._outages.learn(answer)
        return self._judge(work, answer, certain=True)

    def _judge(self, work: Work, outcome: Outcome, *, certain: bool) -> Step:
        return next_step(
            work.batch, work.record_ids, outcome, outage=self._outages.on, certain=certain, delays=self._delays
        )

    def _intent(self, batch: Batch) -> Batch:
        now = self._clock.now()
        return msgspec.structs.replace(
            batch,
            state=BatchState.SEND_BATCH,
            attempts=batch.attempts + 1,
            retries=0 if batch.state is BatchState.PARKED else batch.retries,
            sent_at=now,
            next_attempt_at=now,
        )

    async def _follow(self, work: Work, step: Step, payload: bytes) -> list[Work]:
        match step:
            case Mark(refused):
                await self._save(work, mark_synced.answered(work, payload, refused))
                return await self._mark(work)
            case Wait(state, seconds):
                return await self._wait(work, state, seconds, retries=work.batch.retries + 1)
            case Park():
                return await self._wait(work, BatchState.PARKED, 0.0, retries=0)
            case Cut():
                parent, parts = await split.cut(self._ports, self._clock, work, payload)
                self._changed(work, parent)
                for part in parts:
                    self._tally.changed(work.context.school_id, None, part)
                return [work_on(work.context, part) for part in parts]
            case RefuseAlone(code):
                await self._save(work, client_error.refused_alone(work.batch, code))
                return await self._mark(work)
            case Bury():
                _log.error("a batch is among the dead letters", extra={"batch_id": Public(work.batch.batch_id)})
                return await self._settle(work, await dead_letter.bury(self._ports, self._clock, work))
            case Halt(reason):
                raise Halted(reason)
            case AskFirst():
                raise AssertionError("asked already")

    async def _mark(self, work: Work) -> list[Work]:
        return await self._settle(work, await mark_synced.mark(self._ports, self._clock, work))

    async def _wait(self, work: Work, state: BatchState, seconds: float, *, retries: int) -> list[Work]:
        work.due = self._clock.time() + seconds
        changed = msgspec.structs.replace(work.batch, state=state, retries=retries, next_attempt_at=stamp(work.due))
        await self._save(work, changed)
        return [work]

    async def _settle(self, work: Work, batch: Batch) -> list[Work]:
        await self._save(work, batch)
        self._payloads.drop(batch.payload_key)
        return []

    async def _save(self, work: Work, batch: Batch) -> None:
        await self._ports.batches.save(work.context, batch)
        self._changed(work, batch)

    def _changed(self, work: Work, batch: Batch) -> None:
        self._heartbeat.beat()
        self._tally.changed(work.context.school_id, work.batch, batch)
        work.batch = batch

    def _heard(self, work: Work, what: str) -> None:
        self._heartbeat.beat()
        self._tally.count(work.context.school_id, what)
