"""How big a day is: a whole one, and a short one for every change."""

from dataclasses import dataclass
from typing import Final

from luca_local.seed.population import Population


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The figures of a day.

    Attributes:
        population: The people of each of the three schools.
        grades: Recorded in the lesson, by all teachers together.
        contested: Cells that a teacher and a rival fight over, of every second teacher.
        events: One school's, when recess begins.
        trickle: Of each school, through the edge meanwhile.
        forgotten: Calls of the worker that delete messages, and come to nothing.
        kills: Of the sync.
        batch_records: Grades in a submission, at most.
        government_per_second: Requests that the government allows in any second.
        batch_age: Seconds after which the ingest worker writes what it has.
        pairs: Of schools, the first of which reaches for the second one's data; None for all.
    """

    name: str
    population: Population
    grades: int
    contested: int
    events: int
    trickle: int
    forgotten: int
    kills: int
    batch_records: int
    government_per_second: int
    batch_age: float
    pairs: tuple[tuple[str, str], ...] | None


WHOLE: Final = Size(
    name="whole",
    population=Population(teachers=10, form_size=25, homework=4),
    grades=3000,
    contested=10,
    events=5000,
    trickle=60,
    forgotten=5,
    kills=4,
    batch_records=25,
    government_per_second=30,
    batch_age=5,
    pairs=None,
)

SHORT: Final = Size(
    name="short",
    population=Population(teachers=10, form_size=8, homework=3),
    grades=600,
    contested=4,
    events=1000,
    trickle=20,
    forgotten=3,
    kills=3,
    batch_records=15,
    government_per_second=30,
    batch_age=1,
    pairs=(("norte", "norte-2"),),
)
