"""What somebody tried at a wall, what came of it, and the rightful request beside it that shows that trying works."""

from dataclasses import dataclass
from enum import StrEnum


class Ending(StrEnum):
    """What an attempt came to."""

    REFUSED = "refused"  # as this wall refuses, or without anything of another school's having moved
    LEAKED = "leaked"
    UNPROVEN = "unproven"  # neither: it failed for another reason, and would perhaps have worked


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody's reach for what is another school's.

    Attributes:
        kind: Which class of attack it belongs to.
        what: In words.
        outcome: What it was answered: a status, a code, the name of an exception.
        ending: What that comes to.
    """

    kind: str
    what: str
    outcome: str
    ending: Ending


@dataclass(frozen=True, slots=True)
class Control:
    """The same by whom it does concern: unless that succeeds, the attempts of its kind prove nothing."""

    kind: str
    what: str
    outcome: str
    succeeded: bool


Tried = Attempt | Control


def ending(*, leaked: bool, refused: bool) -> Ending:
    """Return what an attempt came to; who leaks has not refused."""
    if leaked:
        return Ending.LEAKED
    return Ending.REFUSED if refused else Ending.UNPROVEN
