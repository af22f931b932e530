"""What a judge finds wrong, one thing at a time."""

from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """The kinds of wrong that the day is watched for."""

    LOST = "lost"  # it was acknowledged, and it isn't there
    DOUBLED = "doubled"  # it is there more than once
    CHANGED = "changed"  # it is there, and says something else
    FOREIGN = "foreign"  # it is there, and nobody asked for it
    GAP = "gap"  # a chain of versions has a hole, or an end that isn't the grade
    STALE = "stale"  # somebody holds an older version than the latest
    MISSING = "missing"  # it should have been sent, and never arrived
    RATE = "rate"  # more requests in a second than allowed
    VIOLATION = "violation"  # the sender broke the government's contract
    LEAK = "leak"  # somebody got at another school's data
    EXPOSED = "exposed"  # something personal is written where it must not be
    UNPROVEN = "unproven"  # an attempt failed for another reason than the one it is there to prove
    UNFINISHED = "unfinished"  # the play did not come to its end: nothing follows from what was seen


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what kind, of what, and how one can tell."""

    fault: Fault
    where: str
    detail: str

    def __str__(self) -> str:
        return f"{self.fault}: {self.where}: {self.detail}"


def count(findings: tuple[Finding, ...], *faults: Fault) -> int:
    """Return how many of the findings are of one of these kinds."""
    return sum(finding.fault in faults for finding in findings)
