"""What a person knows of a request that he or she made."""

from enum import StrEnum


class Answered(StrEnum):
    """Whether it has happened."""

    YES = "acknowledged"
    NO = "refused"
    MAYBE = "unknown"  # no answer, or one that doesn't say: it may have happened
