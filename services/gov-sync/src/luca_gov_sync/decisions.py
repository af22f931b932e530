"""What is next for a batch, given what the government said of it: the whole of the workflow's judgement.

SendBatch -> Received     -> MarkSynced
          -> Retry        -> Retry5s, Retry15s, Retry45s; then DLQ. In an outage: Parked
          -> RefusedWhole -> asked about, if it may have arrived before
                          -> Split, until one record stands alone: ClientError
          -> OursToMend   -> the run is halted
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from luca_gov_sync.outcomes import OursToMend, Outcome, Receipt, Received, RefusedWhole, Retry
from luca_shared.records.submission import Batch, BatchState, Refusal

RETRIES: Final = (BatchState.RETRY_5S, BatchState.RETRY_15S, BatchState.RETRY_45S)


@dataclass(frozen=True, slots=True)
class Mark:
    """The government has it: mark what it accepted, and what it refused."""

    refused: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Wait:
    """Send it again after so many seconds; until then it is in this state."""

    state: BatchState
    seconds: float


@dataclass(frozen=True, slots=True)
class Park:
    """Keep it until the outage is over."""


@dataclass(frozen=True, slots=True)
class Bury:
    """Put it among the dead letters, and say so."""


@dataclass(frozen=True, slots=True)
class AskFirst:
    """Ask whether an earlier attempt has arrived, before anything is made of this refusal."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Send each half by itself."""


@dataclass(frozen=True, slots=True)
class RefuseAlone:
    """The one record that is in it is what the government does not want."""

    code: str


@dataclass(frozen=True, slots=True)
class Halt:
    """Stop everything until an operator has mended it."""

    reason: str


Step: TypeAlias = Mark | Wait | Park | Bury | AskFirst | Cut | RefuseAlone | Halt

_UNREADABLE: Final = Retry(in_doubt=True, outage=False)


def next_step(
    batch: Batch,
    record_ids: Sequence[str],
    outcome: Outcome,
    *,
    outage: bool,
    certain: bool,
    delays: tuple[float, float, float],
) -> Step:
    """Return what to do with a batch that has just been sent.

    Args:
        batch: As it was sent, this attempt counted.
        record_ids: Of its members, in their order.
        outcome: What came of it.
        outage: Whether the government is taken to be down, this outcome considered.
        certain: Whether it is known that no earlier attempt has arrived.
        delays: Seconds before the first, second and third retry.
    """
    match outcome:
        case Received(receipt):
            refused = refusals(record_ids, receipt)
            if refused is None:
                return _again(batch, _UNREADABLE, outage=outage, delays=delays)
            return Mark(refused)
        case RefusedWhole(status):
            if batch.attempts > 1 and not certain:
                return AskFirst()
            return Cut() if len(batch.members) > 1 else RefuseAlone(f"refused-{status}")
        case OursToMend(status):
            return Halt(f"the government answers {status}: our token or our rights are not accepted")
        case Retry():
            return _again(batch, outcome, outage=outage, delays=delays)


def refusals(record_ids: Sequence[str], receipt: Receipt) -> tuple[Refusal, ...] | None:
    """Return which members a receipt refuses; None when it doesn't speak of exactly this batch."""
    places = {record_id: place for place, record_id in enumerate(record_ids)}
    codes = {rejection.record_id: rejection.code for rejection in receipt.rejected}
    if len(codes) != len(receipt.rejected) or not codes.keys() <= places.keys():
        return None
    if receipt.accepted + len(codes) != len(record_ids):
        return None
    return tuple(Refusal(member=places[each], code=codes[each]) for each in sorted(codes, key=places.__getitem__))


def _again(batch: Batch, retry: Retry, *, outage: bool, delays: tuple[float, float, float]) -> Step:
    if outage:
        return Park()
    if batch.retries >= len(RETRIES):
        return Bury()
    return Wait(RETRIES[batch.retries], max(delays[batch.retries], retry.after or 0.0))
