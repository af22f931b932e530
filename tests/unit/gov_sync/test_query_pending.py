"""Which pending grades are put into new batches."""

import msgspec
from tests.unit.gov_sync.samples import AT, batch_of, grade

from luca_gov_sync.query_pending import older_than, to_be_sent
from luca_shared.records.grade import SyncStatus
from luca_shared.records.submission import BatchState
from luca_shared.records.timestamps import Timestamp

OPEN = [state for state in BatchState if state.open]


def test_what_no_batch_holds_is_to_be_sent() -> None:
    grades = [grade(1), grade(2)]
    assert to_be_sent(grades, [batch_of(grade(1))[0]]) == [grade(2)]


def test_while_one_version_is_on_its_way_no_other_is_sent() -> None:
    for state in OPEN:
        assert to_be_sent([grade(1, version=2)], [batch_of(grade(1), state=state)[0]]) == []


def test_a_version_that_was_given_up_is_not_tried_again_but_its_correction_is() -> None:
    for state in (BatchState.DLQ, BatchState.CLIENT_ERROR):
        given_up = batch_of(grade(1), state=state)[0]
        assert to_be_sent([grade(1)], [given_up]) == []
        assert to_be_sent([grade(1, version=2)], [given_up]) == [grade(1, version=2)]


def test_what_was_sent_or_split_before_and_is_pending_now_is_sent_again() -> None:
    for state in (BatchState.SYNCED, BatchState.SPLIT):
        assert to_be_sent([grade(1)], [batch_of(grade(1), state=state)[0]]) == [grade(1)]


def test_the_index_is_not_believed() -> None:
    synced = msgspec.structs.replace(grade(1), sync_status=SyncStatus.SYNCED)
    assert to_be_sent([synced], []) == []


def test_what_was_recorded_at_the_cutoff_itself_is_old() -> None:
    assert older_than([grade()], AT)
    assert not older_than([grade()], Timestamp("2026-11-24T14:03:07.119Z"))
    assert not older_than([], AT)
