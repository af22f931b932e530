"""An operator's word that what halted a run is mended."""

import msgspec

from luca_gov_sync.ports import Runs
from luca_shared.records.submission import Run, RunState
from luca_shared.tenancy.ids import Term


class NotHalted(Exception):
    """There is nothing to resume; `state` is the run's, None when there is no run."""

    def __init__(self, state: RunState | None) -> None:
        super().__init__("the run is not halted")
        self.state = state


async def resume(runs: Runs, period: Term) -> Run:
    """Let a halted run go on; return it. The next task carries it on.

    Raises:
        NotHalted: it isn't.
    """
    run = await runs.get(period)
    if run is None or run.state is not RunState.HALTED:
        raise NotHalted(run.state if run else None)
    resumed = msgspec.structs.replace(run, state=RunState.RUNNING, reason=None)
    if not await runs.replace(resumed, run):
        raise NotHalted(RunState.RUNNING)  # somebody else has resumed it in this moment
    return resumed
