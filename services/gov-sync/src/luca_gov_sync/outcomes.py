"""What an answer of the government means for the batch that was sent, and for all that wait behind it."""

from dataclasses import dataclass
from typing import TypeAlias

import msgspec


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """A record that the government did not accept."""

    record_id: str
    code: str
    message: str = ""


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """The government's answer to a submission, the first time and each time after."""

    submission_id: str
    accepted: int
    rejected: list[Rejection]


@dataclass(frozen=True, slots=True)
class Received:
    """The government has the batch. That it had it already is as good: what counts is that it has it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class RefusedWhole:
    """The government refuses the batch as it is; sending it again won't help, sending less of it may."""

    status: int


@dataclass(frozen=True, slots=True)
class OursToMend:
    """The government refuses *us* (401, 403): no batch is at fault, and all of them would meet the same."""

    status: int


@dataclass(frozen=True, slots=True)
class Retry:
    """It did not work this time.

    Attributes:
        in_doubt: Whether the batch may have been kept all the same.
        outage: Whether it speaks of the government's being down, rather than of our being too fast.
        after: Seconds that the government asked us to wait, if it did.
    """

    in_doubt: bool
    outage: bool
    after: float | None = None


Outcome: TypeAlias = Received | RefusedWhole | OursToMend | Retry

# The longest `Retry-After` that is believed, in seconds: a government that says "in a week" must not end the run.
LONGEST_RETRY_AFTER = 600.0


def outcome_of(batch_id: str, status: int, body: bytes, retry_after: str | None) -> Outcome:
    """Return what an answer means.

    An answer that the contract doesn't know is never taken for a success: the batch stays in doubt and is sent again,
    which is harmless, since the government knows it by its id.
    """
    match status:
        case 200 | 201 | 202 | 409:
            receipt = _receipt(batch_id, body)
            return Received(receipt) if receipt else Retry(in_doubt=True, outage=False)
        case 401 | 403:
            return OursToMend(status)
        case 408:
            return Retry(in_doubt=True, outage=True, after=_seconds(retry_after))
        case 429:
            return Retry(in_doubt=False, outage=False, after=_seconds(retry_after))
        case _ if 400 <= status < 500:
            return RefusedWhole(status)
        case _:
            return Retry(in_doubt=True, outage=True, after=_seconds(retry_after))


def no_answer(*, sent: bool) -> Retry:
    """Return what it means that there was no answer; `sent` tells whether any of the request left."""
    return Retry(in_doubt=sent, outage=True)


def _receipt(batch_id: str, body: bytes) -> Receipt | None:
    try:
        receipt = msgspec.json.decode(body, type=Receipt)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return receipt if receipt.submission_id == batch_id else None


def _seconds(text: str | None) -> float | None:
    """Read a `Retry-After` in seconds; a date or nonsense counts as none (RFC 9110 section 10.2.3 allows dates)."""
    if text is None or not text.strip().isdecimal():
        return None
    return min(float(text), LONGEST_RETRY_AFTER)
