"""A school day on a running platform: lesson, recess, the quarter's end, and somebody after what is not theirs.

Everything is seen from the outside: asked at the edge with people's tokens, read from tables, queues and the
government's raw log by the administrator. Then the judges have their say.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from random import Random
from typing import Final

from luca_local.demo import lesson, quarter, recess, recess_plan
from luca_local.demo.collecting import written_down
from luca_local.demo.collecting.administrator import administrator
from luca_local.demo.collecting.government_log import JournalTail, read_journal
from luca_local.demo.collecting.stored_items import grades_to_send, stored_events, stored_grades
from luca_local.demo.collecting.sync_metrics import SyncMetrics
from luca_local.demo.counting_proxy import CountingProxy
from luca_local.demo.evidence.events import RecessEvidence
from luca_local.demo.evidence.grades import Entry, LessonEvidence
from luca_local.demo.evidence.personal_data import Channel
from luca_local.demo.evidence.submission import SyncEvidence
from luca_local.demo.government_moods import EVERY_FAULT, Government, Unacceptable
from luca_local.demo.gradebook_work import GradebookWork, Seen
from luca_local.demo.intruder.play import Intruder
from luca_local.demo.judges import events, grades, isolation, personal_data, submission
from luca_local.demo.judges.isolation import IsolationVerdict
from luca_local.demo.judges.personal_data import PersonalDataVerdict
from luca_local.demo.outcome import LessonOutcome, Outcome, QuarterOutcome, RecessOutcome
from luca_local.demo.people import edge, log_in
from luca_local.demo.place import Place
from luca_local.demo.progress import Stage
from luca_local.demo.size import Size
from luca_local.demo.sync_task import SyncDidNotEnd, SyncTask
from luca_local.demo.tempo import Tempo
from luca_local.platform import Running

_DRAINED_WITHIN_S: Final = 60.0
_EVENTS_PER_S: Final = 50  # the least that the queue is emptied at, before something is wrong


class Day:
    """The play.

    Args:
        size: How big it is.
        seed: Decides everything that is left to chance; not, of course, who is faster.
        proxy: What the ingest worker reaches AWS through.
        stage: Where it is shown.
    """

    def __init__(self, size: Size, seed: int, proxy: CountingProxy, stage: Stage) -> None:
        self._size = size
        self._seed = seed
        self._chance = Random(seed)  # noqa: S311  # a day that can be repeated
        self._proxy = proxy
        self._stage = stage
        self.outcome: Outcome | None = None

    async def play(self, running: Running) -> None:
        """Play it all, and judge it."""
        started = time.monotonic()
        async with edge(running.record) as door, administrator(running.record) as admin:
            place = Place(running, door, await log_in(running.record, running.schools), admin)
            desks, seen, lesson_s = await self._lesson(place)
            recess_outcome = await self._recess(place)
            quarter_outcome, corrections = await self._quarter(place, desks[0], seen)
            isolation_verdict = await self._isolation(place)
            comments = await lesson.comments(desks, door, seen)
            entries = (*seen.entries, *corrections)
            stored = stored_grades(await admin.items(), {entry.cell for entry in entries})
            personal = await self._personal_data(place, entries)
        self.outcome = Outcome(
            seed=self._seed,
            size=self._size.name,
            seconds=time.monotonic() - started,
            lesson=LessonOutcome(
                verdict=grades.judge(LessonEvidence(self._size.grades, entries, stored, comments)),
                latencies_ms=seen.latencies_ms,
                errors=seen.errors,
                superseded=seen.superseded,
                seconds=lesson_s,
            ),
            recess=recess_outcome,
            quarter=quarter_outcome,
            isolation=isolation_verdict,
            personal_data=personal,
        )

    async def _lesson(self, place: Place) -> tuple[tuple[lesson.Desk, ...], Seen, float]:
        size, seen = self._size, Seen()
        schools = place.running.schools
        desks = lesson.desks(schools, place.people, grades=size.grades, contested=size.contested)
        started = time.monotonic()
        with self._stage.act("lesson", size.grades, "grades") as act:
            await lesson.play(desks, GradebookWork(place.edge, _tempo(), seen), self._chance, act)
        return desks, seen, time.monotonic() - started

    async def _recess(self, place: Place) -> RecessOutcome:
        size, sent, calls_before = self._size, recess.Sent(), self._proxy.calls.copy()
        plan = recess_plan.plan(
            place.running.schools, self._chance, datetime.now(UTC), crowd=size.events, trickle=size.trickle
        )
        self._proxy.forget_deletions(size.forgotten)
        started = time.monotonic()
        with self._stage.act("recess", len(plan), "events") as act:
            async with recess.edges_queue(place.running, sent) as queue:
                await recess.play(plan, queue, place, act)
            within = _DRAINED_WITHIN_S + len(plan) / _EVENTS_PER_S
            left = await recess.drained(place.admin, sent, act, within=within)
        seconds = time.monotonic() - started
        calls = self._proxy.calls - calls_before
        evidence = RecessEvidence(
            events=tuple(sent.events),
            rubbish=tuple(sent.rubbish),
            stored=stored_events(await place.admin.items()),
            dead_letters=await place.admin.dead_letters(),
            left=left,
            redelivered=self._proxy.redelivered,
            redelivered_wanted=size.forgotten,
        )
        return RecessOutcome(
            verdict=events.judge(evidence),
            calls=calls,
            redelivered=self._proxy.redelivered,
            by_edge=sent.by_edge,
            burst=sent.burst,
            burst_s=sent.burst_s,
            drained_s=seconds,
        )

    async def _quarter(self, place: Place, desk: lesson.Desk, seen: Seen) -> tuple[QuarterOutcome, list[Entry]]:
        size, places, admin = self._size, place.running.places, place.admin
        period = place.running.schools[0].terms[-1].term
        unacceptable = _unacceptable(place.running)
        before = grades_to_send(await admin.items(), period, unacceptable.all)
        wanted = sum(not grade.refused for grade in before)
        settings = quarter.settings(per_second=size.government_per_second, batch_records=size.batch_records)
        self._sync_metrics = SyncMetrics(places.logs / "gov-sync.log")
        task = SyncTask(places, period, settings)
        government = Government(places.ports.government.url, unacceptable, self._seed)
        log = JournalTail(places.journal)
        play = quarter.Quarter(task, government, log, self._chance, grades=wanted, kills=size.kills)
        corrections, started, completed = Seen(), time.monotonic(), True
        with self._stage.act("quarter", wanted, "grades") as act:
            try:
                work = GradebookWork(place.edge, _tempo(), corrections)
                async with self._sync_metrics.reading():
                    await play.play(quarter.correcting(desk, seen), work, act)
            except* SyncDidNotEnd as error:
                self._stage.say(f"  {error.exceptions[0]}", style="red")
                completed = False
        journal = read_journal(places.journal)
        evidence = SyncEvidence(
            period=period,
            journal=journal,
            grades=grades_to_send(await admin.items(), period, unacceptable.all),
            corrections=len(corrections.entries),
            kills=task.kills,
            kills_wanted=size.kills,
            faults_wanted=EVERY_FAULT,
            rate_limit=size.government_per_second,
            completed=completed,
        )
        outcome = QuarterOutcome(
            verdict=submission.judge(evidence),
            requests=len(journal.requests),
            kills=task.kills,
            halts=task.halts,
            corrections=len(corrections.entries),
            rate_limit=size.government_per_second,
            seconds=time.monotonic() - started,
        )
        return outcome, corrections.entries

    async def _isolation(self, place: Place) -> IsolationVerdict:
        intruder = Intruder(place, pairs=self._size.pairs)
        with self._stage.act("isolation", intruder.rounds, "rounds") as act:
            return isolation.judge(await intruder.play(act))

    async def _personal_data(self, place: Place, entries: Iterable[Entry]) -> PersonalDataVerdict:
        """Last of all: everything that the day has left."""
        with self._stage.act("privacy", len(Channel), "channels") as act:
            comments = {entry.comment for entry in entries if entry.comment is not None}
            found = await written_down.personal_data(place, comments, self._sync_metrics.text)
            verdict = personal_data.judge(found)
            act.reached(len(Channel))
        return verdict


def _tempo() -> Tempo:
    return Tempo(60, low=40, high=200, quick_ms=100)


def _unacceptable(running: Running) -> Unacceptable:
    """One student of each school whose records are refused, and one of one school who spoils whole submissions."""
    refused = frozenset(str(plan.students[-1].student_id) for plan in running.schools)
    return Unacceptable(refused=refused, poisonous=frozenset({str(running.schools[0].students[-2].student_id)}))
