"""What was written down during the day, by the channels through which it may get out, and what must not be in there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What is somebody's own."""

    NAME = "a student's name"
    COMMENT = "a comment on a grade"
    ID = "the id of a person"
    CREDENTIAL = "a token or a password"


class Channel(StrEnum):
    """Where something is written down, or said to who has no right to it."""

    LOGS = "logs"  # of all processes
    METRICS = "metrics"
    PROBLEMS = "problems"  # answers that say what is wrong; of 412, without what stands there: that is the reader's
    QUEUES = "queues"  # what is left on them, and the dead letters
    FILES = "files"  # the sync's payloads and reports
    TABLES = "tables"  # all items
    STREAM = "stream"  # the table's changes, as the lake gets them
    GOVERNMENT = "government"  # what it was sent


@dataclass(frozen=True, slots=True)
class Writing:
    """A text, and where it is."""

    channel: Channel
    where: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PersonalDataEvidence:
    """What was written, and whose texts it must not hold."""

    writings: tuple[Writing, ...]
    personal: Mapping[Kind, frozenset[str]] = field(repr=False)
