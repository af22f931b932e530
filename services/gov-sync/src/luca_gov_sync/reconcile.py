"""Reconcile: what the government says it holds, compared with what we know it accepted.

By digest first. Only what differs is looked at record by record, and what is missing there becomes pending again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

from luca_gov_sync.batching import record_ids, records_of
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.patience import Patience
from luca_gov_sync.ports import Government, Ports
from luca_shared.records.submission import Batch, BatchState, Member
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId, Term

Held = dict[str, tuple[int, str]]
"""Version and SHA-256 by record id."""


@dataclass(slots=True)
class Differences:
    """Where the government and we are not of one mind, for one school.

    Attributes:
        batches: Of which the government says something else than we know, or nothing.
        missing: Accepted once, and not held now; by batch.
        dead: Batches among the dead letters; whether or not they have arrived, they are worth another attempt.
        agreed: How many batches are the same on both sides.
    """

    batches: list[Batch] = field(default_factory=list)
    missing: list[tuple[Batch, list[Member]]] = field(default_factory=list)
    dead: list[Batch] = field(default_factory=list)
    agreed: int = 0

    @property
    def missing_count(self) -> int:
        """How many records are missing."""
        return sum(len(members) for _, members in self.missing)

    @property
    def any(self) -> bool:
        """Whether something is to be sent again."""
        return bool(self.missing or self.dead)


def differing(batches: Iterable[Batch], received: dict[str, tuple[int, str]]) -> Differences:
    """Compare a school's batches with the government's list of submissions."""
    differences = Differences()
    for batch in batches:
        if batch.state is BatchState.DLQ:
            differences.dead.append(batch)
        elif batch.state is BatchState.SYNCED:
            ours = (len(batch.members) - len(batch.refused), batch.digest)
            if received.get(batch.batch_id) == ours:
                differences.agreed += 1
            else:
                differences.batches.append(batch)
    return differences


def missing_of(school_id: SchoolId, batch: Batch, payload: bytes, held: Held) -> list[Member]:
    """Return the members of a batch that were accepted and are not held, neither so nor at a higher version."""
    refused = {refusal.member for refusal in batch.refused}
    names = record_ids(school_id, batch.period, batch.members)
    missing = []
    for place, (member, name, record) in enumerate(zip(batch.members, names, records_of(payload), strict=True)):
        if place in refused:
            continue
        version, digest = held.get(name, (0, ""))
        same = version == member.version and digest == sha256(record).hexdigest()
        if not same and version <= member.version:
            missing.append(member)
    return missing


class Reconcile:
    """Asks the government, and compares."""

    def __init__(
        self, ports: Ports, government: Government, patience: Patience, heartbeat: Heartbeat, period: Term
    ) -> None:
        self._ports = ports
        self._government = government
        self._patience = patience
        self._heartbeat = heartbeat
        self._period = period

    async def received(self) -> dict[str, tuple[int, str]]:
        """Return everything that the government has received, by submission id."""
        received: dict[str, tuple[int, str]] = {}
        cursor: str | None = None
        while True:
            page = await self._patience.answer(partial(self._government.submissions, self._period, cursor))
            received |= page.items
            cursor = page.next_cursor
            if cursor is None:
                return received

    async def school(self, context: TenantContext, received: dict[str, tuple[int, str]]) -> Differences:
        """Compare one school."""
        self._heartbeat.beat()
        differences = differing(await self._ports.batches.all(context, self._period), received)
        if differences.batches:
            held = await self._held(context.school_id)
            for batch in differences.batches:
                payload = await self._ports.payloads.get(context, batch.payload_key)
                if missing := missing_of(context.school_id, batch, payload, held):
                    differences.missing.append((batch, missing))
        return differences

    async def _held(self, school_id: SchoolId) -> Held:
        held: Held = {}
        cursor: str | None = None
        while True:
            page = await self._patience.answer(partial(self._government.records, self._period, school_id, cursor))
            held |= page.items
            cursor = page.next_cursor
            if cursor is None:
                return held
