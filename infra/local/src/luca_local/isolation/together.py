"""All walls together: the running platform, where the people and credentials of one school reach for another's data."""

import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from luca_local.console_output import Output
from luca_local.demo.collecting.administrator import administrator
from luca_local.demo.evidence.attempts import Attempt as Reach
from luca_local.demo.evidence.attempts import IsolationEvidence
from luca_local.demo.intruder.play import Intruder
from luca_local.demo.judges.findings import Fault
from luca_local.demo.judges.isolation import findings_of
from luca_local.demo.people import edge, log_in
from luca_local.demo.place import Place
from luca_local.demo.progress import Act
from luca_local.isolation.attempts import Attempt, Control, Ending, Tried
from luca_local.isolation.guards import Guard
from luca_local.isolation.walls import Extent, Plan, Wall
from luca_local.part_names import GOVERNMENT, INGEST_WORKER
from luca_local.platform import Platform, Running
from luca_local.platform_options import Options

_SHORT: Final = (("norte", "norte-2"),)  # the pair whose ids begin alike
_ENDINGS: Final = {Fault.LEAK: Ending.LEAKED}


class Together(Wall):
    """The demo's intruder, between all pairs of schools.

    Args:
        logs: The folder that takes the platform's logs.
    """

    name = "together"
    alone = "nothing is taken away: the running platform, at its edge and at AWS, by every role and every credential"

    def __init__(self, logs: Path) -> None:
        self._logs = logs

    @property
    def guards(self) -> Sequence[Guard]:
        """None of its own: each is taken away where the others don't stand behind it."""
        return ()

    async def tried(self, plan: Plan) -> list[Tried]:
        """Start a platform, and let the intruder go from door to door."""
        found: list[Tried] = []

        async def intrude(running: Running) -> None:
            async with edge(running.record) as door, administrator(running.record) as admin:
                place = Place(running, door, await log_in(running.record, running.schools), admin)
                intruder = Intruder(place, pairs=_SHORT if plan.extent is Extent.SHORT else None)
                act = Act("isolation", intruder.rounds, "rounds", lambda _: None)
                found.extend(_told(await intruder.play(act)))

        options = Options(run_file=self._logs / "run.json", logs=self._logs, without={GOVERNMENT, INGEST_WORKER})
        silence = Output(verbose=False, console=Console(file=io.StringIO()))
        await Platform(options, silence).run(intrude)
        return found


def _told(evidence: IsolationEvidence) -> Iterator[Tried]:
    for reach in evidence.attempts:
        what = f"{reach.school_id} at {reach.target}: {reach.what}"
        yield Attempt(reach.surface, what, reach.outcome, _ending(reach, evidence.traces))
    for control in evidence.controls:
        yield Control("rightful requests", control.what, control.outcome, control.succeeded)
    for item in evidence.changed:
        yield Attempt("items that changed meanwhile", item, "changed", Ending.LEAKED)


def _ending(reach: Reach, traces: Mapping[str, frozenset[str]]) -> Ending:
    faults = [finding.fault for finding in findings_of(reach, traces)]
    return _ENDINGS.get(faults[0], Ending.UNPROVEN) if faults else Ending.REFUSED
