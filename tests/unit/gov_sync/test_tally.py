"""What is counted of batches on their way."""

from tests.unit.gov_sync.samples import NORTE, batch

from luca_gov_sync.tally import Tally
from luca_shared.records.submission import BatchState, Refusal
from luca_shared.tenancy.ids import SchoolId


def test_a_batch_counts_where_it_is_and_nowhere_else() -> None:
    tally = Tally()
    before = None
    for state in (BatchState.SEND_BATCH, BatchState.RETRY_5S, BatchState.MARK_SYNCED, BatchState.SYNCED):
        after = batch(state=state)
        tally.changed(NORTE, before, after)
        before = after
    assert tally.of(NORTE) == {"batches_Synced": 1, "grades_accepted": 3}


def test_a_split_batch_counts_in_its_halves() -> None:
    tally = Tally()
    whole = batch(4)
    tally.changed(NORTE, None, whole)
    tally.changed(NORTE, whole, batch(4, BatchState.SPLIT))
    tally.changed(NORTE, None, batch(2))
    tally.changed(NORTE, None, batch(2))
    assert tally.of(NORTE)["grades_waiting"] == 4


def test_a_stale_record_is_superseded_not_refused() -> None:
    tally = Tally()
    refused = (Refusal(member=0, code="stale"), Refusal(member=2, code="unknown-student"))
    tally.changed(NORTE, None, batch(3, BatchState.SYNCED, refused=refused))
    assert tally.of(NORTE) == {"batches_Synced": 1, "grades_accepted": 1, "grades_refused": 1, "grades_superseded": 1}


def test_schools_are_counted_apart_and_together() -> None:
    tally = Tally()
    tally.count(NORTE, "sends", 2)
    tally.count(SchoolId("sur"), "sends")
    assert (tally.of(NORTE), tally.total()) == ({"sends": 2}, {"sends": 3})
