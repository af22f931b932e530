"""Where the government and we are not of one mind."""

from hashlib import sha256

from tests.unit.gov_sync.samples import NORTE, TERM, batch_of, grade

from luca_gov_sync.batching import digest, record_ids, records_of
from luca_gov_sync.reconcile import differing, missing_of
from luca_shared.records.submission import Batch, BatchState, Refusal


def synced(*numbers: int, refused: tuple[int, ...] = ()) -> tuple[Batch, bytes]:
    batch, payload = batch_of(*map(grade, numbers))
    return batch_of(
        *map(grade, numbers),
        state=BatchState.SYNCED,
        refused=tuple(Refusal(member=place, code="x") for place in refused),
        digest=digest(record_ids(NORTE, TERM, batch.members), batch.members, payload, refused),
    )


def test_a_batch_agrees_when_number_and_digest_do() -> None:
    batch, _ = synced(1, 2)
    assert batch.digest is not None
    assert differing([batch], {batch.batch_id: (2, batch.digest)}).agreed == 1
    for received in ({}, {batch.batch_id: (1, batch.digest)}, {batch.batch_id: (2, "0" * 64)}):
        assert differing([batch], received).batches == [batch]


def test_only_what_should_be_there_is_looked_for() -> None:
    others = [batch_of(grade(1), state=state)[0] for state in BatchState if state is not BatchState.SYNCED]
    found = differing(others, {})
    assert (found.batches, found.agreed) == ([], 0)
    assert [batch.state for batch in found.dead] == [BatchState.DLQ]


def test_what_is_held_so_or_at_a_higher_version_is_not_missing() -> None:
    batch, payload = synced(1, 2, 3, 4, refused=(3,))
    names = record_ids(NORTE, TERM, batch.members)
    records = records_of(payload)
    held = {
        names[0]: (1, sha256(records[0]).hexdigest()),
        names[1]: (2, "another"),
    }
    assert missing_of(NORTE, batch, payload, held) == [batch.members[2]]
    held[names[2]] = (1, "another content")
    assert missing_of(NORTE, batch, payload, held) == [batch.members[2]]
