"""What a batch's results say about its events. HTTP 200 is not success: every statement has a result of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from luca_ingest_worker.acknowledgement import Delivery
from luca_ingest_worker.messages import AcceptedEvent
from luca_ingest_worker.refusals import Reason
from luca_shared.aws.statements import Duplicate, Failed, StatementResult, Written
from luca_shared.tenancy.key_types import Key

# The event's own fault. Any other failure may be the table's, a policy's or ours, and be gone by the next try.
_OF_THE_EVENT: Final = frozenset({"ValidationError", "ItemCollectionSizeLimitExceeded"})
_DENIED: Final = "AccessDenied"


@dataclass(frozen=True, slots=True)
class Pending:
    """An event that waits to be written, and the message that waits for it."""

    delivery: Delivery
    event: AcceptedEvent


Statements = dict[Key, list[Pending]]


def by_identity(events: Iterable[Pending]) -> Statements:
    """Put those together that have one identity. One statement is sent for them, with the first one's payload."""
    statements: Statements = {}
    for pending in events:
        statements.setdefault(pending.event.key, []).append(pending)
    return statements


@dataclass(slots=True)
class Verdicts:
    """The identities of a batch by what is next for them.

    Attributes:
        written: In the table, with the payload that was sent.
        duplicates: In the table before, with a payload that has to be compared.
        refused: Never to be stored.
        undecided: To be tried again.
        denied_all: Whether there was no other failure than being denied, and no success.
    """

    written: list[Key] = field(default_factory=list)
    duplicates: list[Key] = field(default_factory=list)
    refused: dict[Key, Reason] = field(default_factory=dict)
    undecided: list[Key] = field(default_factory=list)
    denied_all: bool = False

    @property
    def table_answers(self) -> bool:
        """Whether the table has done its work for at least one of them."""
        return bool(self.written or self.duplicates or self.refused)


def verdicts_on(results: Mapping[Key, StatementResult]) -> Verdicts:
    """Sort a batch's results.

    An event is denied when the same credentials could write another one in the same call. When all are, it is not the
    events: a policy or a role is wrong, and an outage of ours must not make dead letters of valid events.
    """
    verdicts = Verdicts()
    denied: list[Key] = []
    for key, result in results.items():
        match result:
            case Written():
                verdicts.written.append(key)
            case Duplicate():
                verdicts.duplicates.append(key)
            case Failed(code) if code in _OF_THE_EVENT:
                verdicts.refused[key] = Reason.MALFORMED
            case Failed(code) if code == _DENIED:
                denied.append(key)
            case Failed():
                verdicts.undecided.append(key)
    if verdicts.written or verdicts.duplicates:
        verdicts.refused |= dict.fromkeys(denied, Reason.DENIED)
    else:
        verdicts.denied_all = bool(denied) and not verdicts.undecided and not verdicts.refused
        verdicts.undecided += denied
    return verdicts


def conflicting(claims: Sequence[Pending], stored_sha256: object) -> tuple[list[Pending], list[Pending]]:
    """Part those whose payload is the stored one from those whose payload is another."""
    same = [claim for claim in claims if claim.event.record.payload_sha256 == stored_sha256]
    other = [claim for claim in claims if claim.event.record.payload_sha256 != stored_sha256]
    return same, other
