"""A term as it is set up, frozen, reopened and answered."""

from typing import Annotated, Self

import msgspec

from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime.requests import RequestModel
from luca_shared.tenancy.ids import PersonId
from luca_shared.tenancy.ids import Term as TermId

TITLE_LENGTH = 200
REASON_LENGTH = 500


class TermChange(RequestModel, frozen=True):
    """What an administrator says of a term; whether it is open is said by freezing and reopening it."""

    title: Annotated[str, msgspec.Meta(min_length=1, max_length=TITLE_LENGTH)]


class TermStateChange(RequestModel, frozen=True):
    """Why a term is frozen or reopened. It is kept with the term, for the staff to read: no place for a name."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=REASON_LENGTH)]


class TermAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A term, and whether it takes grades.

    `frozen_from` is when `freezing` becomes `frozen`. `changed_at`, `changed_by` and `reason` are of the last change
    of the state; the latter two are the staff's to know, and null for everybody else.
    """

    term: TermId
    title: str
    state: TermState
    version: int
    frozen_from: Timestamp | None
    changed_at: Timestamp | None
    changed_by: PersonId | None
    reason: str | None

    @classmethod
    def of(cls, term: Term, now: Timestamp, *, to_staff: bool) -> Self:
        """Make the answer of a stored term, as it is now."""
        return cls(
            term=term.term,
            title=term.title,
            state=term.state_at(now),
            version=term.version,
            frozen_from=term.frozen_from,
            changed_at=term.changed_at,
            changed_by=term.changed_by if to_staff else None,
            reason=term.reason if to_staff else None,
        )
