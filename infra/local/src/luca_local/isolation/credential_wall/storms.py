"""What can get in between a school and its credentials, one trouble at a time and then all of them together."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """A kind of trouble; what isn't said doesn't happen.

    Attributes:
        cancelled: The share of requests that are cancelled under way.
        timed_out: The share that have a few milliseconds.
        step: Seconds that pass with each look at the clock.
        lifetime: For how many seconds STS's credentials last, from and to.
        sts_fails: The share of STS's answers that are errors.
        rejected: The share of requests whose credentials AWS does not take, and is wrong.
        lost: The share of requests that are answered 500, or not at all.
        capacity: How many schools' credentials are kept.
    """

    name: str
    cancelled: float = 0.0
    timed_out: float = 0.0
    step: float = 0.0
    lifetime: tuple[float, float] = (3600.0, 3600.0)
    sts_fails: float = 0.0
    rejected: float = 0.0
    lost: float = 0.0
    capacity: int = 2000


_SHORT_LIVES: Final = (11.0, 22.0)

STORMS: Final = (
    Storm(name="interleaved"),
    Storm(name="cancellations", cancelled=0.4),
    Storm(name="time-outs", timed_out=0.5),
    Storm(name="refresh storms", step=0.05, lifetime=_SHORT_LIVES),
    Storm(name="STS failing", sts_fails=0.4, step=0.02, lifetime=_SHORT_LIVES),
    Storm(name="rejections", rejected=0.3),
    Storm(name="lost answers", lost=0.3),
    Storm(name="evictions", capacity=5),
    Storm(
        name="all at once",
        cancelled=0.2,
        timed_out=0.2,
        step=0.01,
        lifetime=_SHORT_LIVES,
        sts_fails=0.2,
        rejected=0.15,
        lost=0.15,
        capacity=30,
    ),
)
