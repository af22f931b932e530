"""Where the ingest worker is tried: a small recess on the real queue, and what the table and the queues say of it."""

import asyncio
import itertools
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from luca_local import environment
from luca_local.chaos.hidden_messages import HiddenMessages
from luca_local.chaos.interception import Interception
from luca_local.chaos.lives import Life, live, lives
from luca_local.chaos.outgoing import AWS, CREDENTIALS, Outgoing, kind_of
from luca_local.chaos.points import Point
from luca_local.chaos.recess import EventMessage, waves
from luca_local.chaos.trial import Trial
from luca_local.chaos.wire import Answer, Fate, Weather, Wire, fair
from luca_local.chaos.worker_places import WorkerPlaces
from luca_local.child_process import ChildProcess
from luca_local.demo.evidence.events import RecessEvidence, SentEvent, SentRubbish
from luca_local.demo.judges import events
from luca_local.demo.judges.findings import Fault, Finding

WORKER: Final = "ingest-worker"
QUICK: Final = "quick"
SLOW: Final = "slow"  # messages are so long in hand that they have to be hidden anew

# What takes seconds in a school takes less here; the visibility is the shortest that may be set.
_SETTINGS: Final = {"LUCA_VISIBILITY": "4", "LUCA_RECEIVERS_MAX": "4"}
_BATCH_AGE: Final = {QUICK: "0.1", SLOW: "2.3"}  # a message is hidden anew when it has been for one, before it is two
_POLL: Final = 0.03


@dataclass(slots=True)
class _Sent:
    """What was put on the queue in a trial."""

    second_wave: list[EventMessage]
    events: list[SentEvent] = field(default_factory=list)
    rubbish: list[SentRubbish] = field(default_factory=list)


@dataclass(slots=True)
class WorkerStage:
    """One queue and one table, of which each trial leaves nothing to the next.

    Args:
        module: The worker's.
        weather: What becomes of its requests beside being killed for them.
    """

    places: WorkerPlaces
    wire: Wire
    hidden: HiddenMessages
    log: Path
    module: str = "luca_ingest_worker"
    weather: Weather = fair
    more_environment: Mapping[str, str] = field(default_factory=dict)
    service: str = WORKER
    scenarios: Sequence[str] = (QUICK, SLOW)
    _trials: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def play(self, scenario: str, points: tuple[Point, ...]) -> Trial:
        """Have a recess taken in by workers that die at the points, and judge what has become of it."""
        first_wave, second_wave = waves(f"t{next(self._trials)}")
        sent = _Sent(second_wave)
        await self._send(first_wave, sent)

        async def weather(request: Outgoing) -> Fate | Answer:
            if kind_of(request).startswith(
                "sqs DeleteMessageBatch"
            ):  # before anything is gone: the queue never looks empty
                second, sent.second_wave = sent.second_wave, []
                await self._send(second, sent)
            return await self.weather(request)

        self.wire.weather = weather
        lived = await lives(points, partial(self._live, _BATCH_AGE[scenario]))
        findings = [] if lived[-1].exit_code == 0 else [_bad_end(lived[-1])]
        findings += events.judge(await self._evidence(sent)).findings
        await self.places.wipe()
        return Trial(tuple(lived), tuple(findings))

    async def _send(self, messages: Sequence[EventMessage], sent: _Sent) -> None:
        for message in messages:
            its_events, its_rubbish = message.sent(await self.places.send(message))
            sent.events += its_events
            sent.rubbish += its_rubbish

    async def _evidence(self, sent: _Sent) -> RecessEvidence:
        return RecessEvidence(
            events=tuple(sent.events),
            rubbish=tuple(sent.rubbish),
            stored=await self.places.stored(),
            dead_letters=await self.places.dead_letters(),
            left=await self.places.left(),
            redelivered=0,
            redelivered_wanted=0,
        )

    async def _live(self, batch_age: str, point: Point | None) -> Life:
        life = await live(self.wire, point, partial(self._process, batch_age), self._nothing_left)
        await self.hidden.ended(life.number)
        return life

    async def _nothing_left(self, proxy: Interception) -> None:
        await proxy.begun.wait()  # or it would be told to stop before it can hear it
        while await self.places.left():  # noqa: ASYNC110  # a queue tells nobody that it is empty
            await asyncio.sleep(_POLL)

    def _process(self, batch_age: str, proxy: Interception) -> ChildProcess:
        return ChildProcess(
            WORKER,
            self.module,
            environment={
                **environment.of_service(
                    environment.without_settings(os.environ),
                    self.places.deployment,
                    endpoint_url=proxy.urls[AWS],
                    port=0,
                    operations_port=0,
                ),
                **environment.of_ingest_worker(self.places.deployment),
                **self.places.credentials.environment(WORKER, proxy.urls[CREDENTIALS]),
                **_SETTINGS,
                "LUCA_BATCH_AGE": batch_age,
                **self.more_environment,
            },
            log=self.log,
        )


def _bad_end(life: Life) -> Finding:
    return Finding(Fault.UNFINISHED, WORKER, f"the process that was left alone ended with {life.exit_code}")
