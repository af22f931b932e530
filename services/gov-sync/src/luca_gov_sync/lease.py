"""One writer at a time: who holds a run's lease, until when, and how it is taken over.

    no run ------------- create: epoch 1 ------------------> mine
    released, or expired - epoch + 1, if epoch and owner are still those that were read -> mine
    mine --------------- every `renewal`: expiry moved on -> mine
    mine --------------- another has raised the epoch -----> lost

The lease is looked at in the very moment of a send, and it ends by our own clock before it ends by another's
(`skew`). What remains is a request that was already on the wire when its sender lost the lease: harmless, because the
government knows a submission by its id and a record by its version.
"""

import asyncio
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

import msgspec

from luca_gov_sync.clock import LoopClock, seconds_of, stamp
from luca_gov_sync.endings import Ending, LeaseLost
from luca_gov_sync.ports import Runs
from luca_shared.records.submission import Run, RunState
from luca_shared.tenancy.ids import Term


class Claim(Enum):
    """What may be done about a run."""

    CREATE = "create"
    TAKE = "take"
    WAIT = "wait"  # until the lease that another holds runs out


_OVER: Final = {
    RunState.COMPLETED: Ending.COMPLETED,
    RunState.HALTED: Ending.HALTED,
    RunState.TIMED_OUT: Ending.TIMED_OUT,
}


def claim_on(run: Run | None, *, now: float, skew: float) -> Claim | Ending:
    """Return what may be done about a run as it was read at `now`."""
    if run is None:
        return Claim.CREATE
    if run.state is not RunState.RUNNING:
        return _OVER[run.state]
    if run.owner is not None and run.lease_expires_at is not None and now < seconds_of(run.lease_expires_at) + skew:
        return Claim.WAIT
    return Claim.TAKE


def last_departure(run: Run) -> float:
    """Return a time (epoch seconds) after which no holder before us can have sent anything."""
    known = [seconds_of(each) for each in run.last_departures]
    if run.owner is not None and run.lease_expires_at is not None:
        known.append(seconds_of(run.lease_expires_at))
    return max(known, default=0.0)


@dataclass(frozen=True, slots=True)
class LeaseTimes:
    """How long a lease lasts, and how far clocks may be apart; seconds."""

    lasts: float
    skew: float


class Lease:
    """A lease that is held: the run as it is stored, and the right to write it."""

    def __init__(self, runs: Runs, clock: LoopClock, times: LeaseTimes, run: Run, *, before: float) -> None:
        self._runs = runs
        self._clock = clock
        self._times = times
        self._writing = asyncio.Lock()
        self._until = before + times.lasts
        self._lost = False
        self.run = run

    @property
    def held(self) -> bool:
        """Whether it is ours, as far as we know."""
        return not self._lost

    @property
    def epoch(self) -> int:
        """What every batch that this holder writes is stamped with."""
        return self.run.epoch

    def check(self) -> None:
        """Raise LeaseLost unless the lease lasts."""
        if self._lost:
            raise LeaseLost("it is no longer ours")
        if self._clock.time() >= self._until:
            raise LeaseLost("it ran out before it was renewed")

    async def save(self, **changes: Any) -> None:
        """Write the run with changes, and renew the lease.

        Raises:
            LeaseLost: another has taken the run over.
        """
        async with self._writing:
            before = self._clock.time()
            run = msgspec.structs.replace(
                self.run, **{"lease_expires_at": stamp(before + self._times.lasts), "beat_at": stamp(before)} | changes
            )
            if self._lost or not await self._runs.replace(run, self.run):
                self._lost = True
                raise LeaseLost("another task has taken the run over")
            self.run, self._until = run, before + self._times.lasts

    async def give_back(self, **changes: Any) -> None:
        """Write the run with changes, as nobody's."""
        await self.save(**{"owner": None, "lease_expires_at": None} | changes)
        self._lost = True


async def take(
    runs: Runs, clock: LoopClock, times: LeaseTimes, period: Term, owner: str, *, create: bool, wait: bool
) -> tuple[Lease, float] | Ending:
    """Take a run's lease.

    Args:
        runs: The runs' state.
        clock: The time.
        times: The lease's.
        period: Which run.
        owner: Who takes it; a name of this process alone.
        create: Whether to begin a run that there isn't.
        wait: Whether to wait for the end of a lease that another holds. It is given up when that one is renewed.

    Returns:
        The lease and the time (epoch seconds) after which nobody before us can have sent anything; or why not.
    """
    watched: Run | None = None
    while True:
        run = await runs.get(period)
        before = clock.time()
        claim = claim_on(run, now=before, skew=times.skew)
        if isinstance(claim, Ending):
            return claim
        if run is None:
            if not create:
                return Ending.NOTHING_TO_RESUME
            now = stamp(before)
            mine = Run(
                period=period,
                state=RunState.RUNNING,
                cutoff=now,
                started_at=now,
                epoch=1,
                owner=owner,
                lease_expires_at=stamp(before + times.lasts),
                beat_at=now,
            )
            if await runs.create(mine):
                return Lease(runs, clock, times, mine, before=before), 0.0
        elif claim is Claim.TAKE:
            mine = msgspec.structs.replace(
                run,
                epoch=run.epoch + 1,
                owner=owner,
                lease_expires_at=stamp(before + times.lasts),
                beat_at=stamp(before),
            )
            if await runs.replace(mine, run):
                return Lease(runs, clock, times, mine, before=before), last_departure(run)
        elif not wait or (watched is not None and watched.lease_expires_at != run.lease_expires_at):
            return Ending.HELD
        else:
            watched = run
            await clock.sleep(_left(run, before) + times.skew)


def _left(run: Run, now: float) -> float:
    return max(0.0, seconds_of(run.lease_expires_at) - now) if run.lease_expires_at else 0.0


__all__ = ["Claim", "Lease", "LeaseTimes", "claim_on", "last_departure", "take"]
