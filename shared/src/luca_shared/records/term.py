"""A term (OneRoster's `academicSession`), open for grading or frozen for the government."""

from enum import StrEnum

from luca_shared.records.record import Record
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
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
    """A term. It is stored under its own key and in the school's directory, both in one transaction."""

    term: TermId
    version: int
    state: TermState
    title: str
    changed_at: Timestamp | None = None
    reason: str | None = None

    def key(self, context: TenantContext) -> Key:
        """Return where it is stored."""
        return keys.term_info(context, self.term)

    def directory_key(self, context: TenantContext) -> Key:
        """Return where it is stored in the school's directory."""
        return keys.term_entry(context, self.term)
