"""A term (OneRoster's `academicSession`), open for grading or frozen for the government."""

from enum import StrEnum

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import PersonId
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.key_types import Key


class TermState(StrEnum):
    """Whether grades of a term may change.

    `freezing` refuses new writes while those that were admitted under a cached `open` may still land; only after that
    time is the term `frozen`.
    """

    OPEN = "open"
    FREEZING = "freezing"
    FROZEN = "frozen"


class Term(Record, frozen=True, kw_only=True, tag="term"):
    """A term. It is stored under its own key and in the school's directory, both in one transaction.

    Nobody has to write that a term is frozen: a freeze is stored as `freezing` together with the time from which it
    counts as `frozen`. So it depends on no process that outlives the freeze; ask `state_at`.

    Attributes:
        state: What was decided last; `freezing` turns into `frozen` by itself.
        frozen_from: When it does; None when the term was stored as frozen.
        reason: Why the state changed last, with `changed_by` and `changed_at`; it is no place for a student's name.
    """

    term: TermId
    version: int
    state: TermState
    title: str
    changed_at: Timestamp | None = None
    changed_by: PersonId | None = None
    reason: str | None = None
    frozen_from: Timestamp | None = None

    def state_at(self, now: Timestamp) -> TermState:
        """Return the state at a time; by a clock that is fast, it is frozen too early by as much."""
        over = self.frozen_from is not None and now >= self.frozen_from
        return TermState.FROZEN if self.state is TermState.FREEZING and over else self.state

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.term_info(context, self.term)

    def directory_key(self, context: TenantContext) -> Key:
        """Return where it is stored in the school's directory."""
        return keys.term_entry(context, self.term)
