"""How many people the demo schools have."""

from dataclasses import dataclass
from typing import Final

# Two forms in each of seven subjects, beside the two teachers that every school has.
_MOST_TEACHERS: Final = 2 + 2 * 7


@dataclass(frozen=True, slots=True)
class Population:
    """Of each school: teachers, students in each of the two forms, and pieces of homework that a class is given."""

    teachers: int = 2
    form_size: int = 10
    homework: int = 2

    def __post_init__(self) -> None:
        if not 2 <= self.teachers <= _MOST_TEACHERS:
            raise ValueError(f"a demo school has 2 to {_MOST_TEACHERS} teachers, not {self.teachers}")
        if self.form_size < 3:  # two of a form have no grade in the exam yet
            raise ValueError(f"a form has 3 students at least, not {self.form_size}")
        if self.homework < 1:
            raise ValueError(f"there is 1 piece of homework at least, not {self.homework}")


SMALL: Final = Population()
"""Enough to look at."""
