"""Where the government sync is tried: a small quarter, a government of its own, and what that one's raw log says."""

import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from luca_local import environment
from luca_local.chaos.interception import Interception
from luca_local.chaos.lives import Life, live, lives
from luca_local.chaos.outgoing import AWS, CREDENTIALS, GOVERNMENT, Outgoing
from luca_local.chaos.points import Point
from luca_local.chaos.sync_places import SyncPlaces
from luca_local.chaos.sync_weather import FAIR, OUTAGE, TROUBLED, SyncWeather
from luca_local.chaos.trial import Trial
from luca_local.chaos.wire import Answer, Fate, Weather, Wire, fair
from luca_local.child_process import ChildProcess
from luca_local.demo.evidence.submission import SyncEvidence
from luca_local.demo.judges import submission
from luca_local.demo.judges.findings import Fault, Finding
from luca_shared.tenancy.ids import Term

SYNC: Final = "gov-sync"
PER_SECOND: Final = 200  # what this government allows; the real one allows 2

# What takes minutes on a real night takes less than seconds here.
_SETTINGS: Final = {
    "LUCA_GOVERNMENT_RATE": "100",
    "LUCA_RATE_MARGIN": "0.3",  # this machine is shared: requests may arrive some tens of milliseconds late
    "LUCA_RETRY_FIRST": "0.1",
    "LUCA_RETRY_SECOND": "0.15",
    "LUCA_RETRY_THIRD": "0.2",
    "LUCA_LEASE": "1.5",
    "LUCA_LEASE_RENEWAL": "0.5",
    "LUCA_LEASE_SKEW": "0.05",
    "LUCA_QUIET": "0",
    "LUCA_PROBE_INTERVAL": "0.1",
    "LUCA_AWS_RETRY": "0.2",
    "LUCA_HTTP_TIMEOUT": "5",
    "LUCA_BATCH_RECORDS": "25",
}
# Which batches fail goes by ids that are new in each trial, so that failures may come in a row by chance: where a batch
# is to end among the dead letters, that must not be taken for an outage, in which it would wait instead.
_NEVER_AN_OUTAGE: Final = {"LUCA_BREAKER_FAILURES": "1000"}
_LEASE_LOST: Final = 6  # the exit code of a task that a busy machine kept from renewing its lease: another one goes on
_TASKS: Final = 3  # that go on, until it is more than a busy machine


@dataclass(slots=True)
class SyncStage:
    """One government, and a term of its own for each trial.

    Args:
        module: The sync's.
        weather: What becomes of its requests beside what a trial has in store.
    """

    places: SyncPlaces
    wire: Wire
    log: Path
    module: str = "luca_gov_sync"
    weather: Weather = fair
    more_environment: Mapping[str, str] = field(default_factory=dict)
    service: str = SYNC
    scenarios: Sequence[str] = (FAIR, TROUBLED, OUTAGE)

    async def play(self, scenario: str, points: tuple[Point, ...]) -> Trial:
        """Have a quarter sent by tasks that die at the points, and judge what the government has of it."""
        term = Term(f"T{uuid.uuid4().hex[:12]}")
        quarter = await self.places.begin(term, troubled=scenario == TROUBLED)
        of_the_trial = SyncWeather(scenario, quarter.correct_some)

        async def weather(request: Outgoing) -> Fate | Answer:
            fate = await self.weather(request)
            return await of_the_trial(request) if fate is Fate.DELIVERED else fate

        self.wire.weather = weather
        lived = await lives(points, partial(self._live, scenario, term))
        evidence = SyncEvidence(
            period=term,
            journal=self.places.received(),
            grades=await self.places.grades(term),
            corrections=quarter.corrections,
            kills=0,
            kills_wanted=0,
            faults_wanted=frozenset(),
            rate_limit=PER_SECOND,
            completed=True,  # said below, with the code
        )
        await self.places.wipe(term)
        findings = [] if lived[-1].exit_code == 0 else [_bad_end(lived[-1])]
        return Trial(tuple(lived), (*findings, *submission.judge(evidence).findings))

    async def _live(self, scenario: str, term: Term, point: Point | None) -> Life:
        life = await live(self.wire, point, partial(self._process, scenario, term))
        for _ in range(_TASKS):
            if life.killed or life.exit_code != _LEASE_LOST:
                break
            life = life.followed_by(await live(self.wire, point, partial(self._process, scenario, term)))
        return life

    def _process(self, scenario: str, term: Term, proxy: Interception) -> ChildProcess:
        deployment = self.places.deployment
        return ChildProcess(
            SYNC,
            self.module,
            environment={
                **environment.without_settings(os.environ),
                **environment.of_gov_sync(
                    deployment, endpoint_url=proxy.urls[AWS], government_url=proxy.urls[GOVERNMENT]
                ),
                **self.places.credentials.environment(SYNC, proxy.urls[CREDENTIALS]),
                **_SETTINGS,
                **(_NEVER_AN_OUTAGE if scenario == TROUBLED else {}),
                **self.more_environment,
            },
            arguments=("run", "--wait", "--period", term),
            log=self.log,
        )


def _bad_end(life: Life) -> Finding:
    return Finding(Fault.UNFINISHED, SYNC, f"the task that was left alone ended with {life.exit_code}")
