"""What people of one school tried with another school's data, and what they got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Demand(StrEnum):
    """What must come of an attempt."""

    REFUSED = "refused"  # what is asked for is another school's, and nothing else
    OWN_ONLY = "own data only"  # it may be answered, with nothing of another school's in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Somebody of one school reaching for another school's data.

    Attributes:
        surface: Which door: "API", "table", "keys", ...
        school_id: Whose identity it was made with.
        target: Whose data it was after.
        what: In words.
        outcome: What came of it: an HTTP status, or AWS's error code ("OK" when there was none).
        succeeded: Whether it was carried out.
        refused: Whether that outcome is the refusal that this door gives. It may be neither.
        got: All that was answered.
        demand: What must come of it.
    """

    surface: str
    school_id: str
    target: str
    what: str
    outcome: str
    succeeded: bool
    refused: bool
    got: str = field(repr=False)
    demand: Demand = Demand.REFUSED


@dataclass(frozen=True, slots=True)
class Control:
    """The same request by somebody whom it does concern: unless it succeeds, the attempts prove nothing."""

    what: str
    outcome: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class IsolationEvidence:
    """What was tried; `changed` items were not the same afterwards."""

    attempts: tuple[Attempt, ...]
    controls: tuple[Control, ...]
    traces: Mapping[str, frozenset[str]]  # by school: texts that only its own people may ever be shown
    changed: tuple[str, ...]
