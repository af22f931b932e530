"""The statements that mark grades: nothing but that version is touched, and no value stands in the text."""

import pytest
from tests.unit.gov_sync.samples import AT, NORTE, batch

from luca_gov_sync.marks import amendment_of
from luca_gov_sync.ports import Mark, MarkKind
from luca_shared.records.submission import BatchState
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.partiql import update

CONTEXT = TenantContext.of_directory(NORTE, "c")
BATCH = batch(1, BatchState.MARK_SYNCED)
[MEMBER] = BATCH.members


@pytest.mark.parametrize(
    ("mark", "was"),
    [
        (Mark(MEMBER, MarkKind.SYNCED), "pending"),
        (Mark(MEMBER, MarkKind.REFUSED, "unknown-student"), "pending"),
        (Mark(MEMBER, MarkKind.PENDING, recorded_at=AT), "synced"),
    ],
)
def test_a_mark_demands_the_version_that_was_sent(mark: Mark, was: str) -> None:
    statement = update("luca", amendment_of(CONTEXT, BATCH, mark, AT))
    condition = statement.text.partition(" WHERE ")[2]
    assert condition.startswith('"pk" = ? AND "sk" = ? AND "version" = ? AND "sync_status" = ?')
    places = statement.text.count("?")
    assert places == len(statement.parameters)
    values = list(statement.parameters)[places - condition.count("?") :]
    assert values[:4] == ["TENANT#norte#STUDENT#s000", "GRADE#2026-Q4#c1#a1", 1, was]
    assert "norte" not in statement.text


@pytest.mark.parametrize("kind", [MarkKind.SYNCED, MarkKind.REFUSED])
def test_what_is_not_pending_leaves_the_index(kind: MarkKind) -> None:
    text = update("luca", amendment_of(CONTEXT, BATCH, Mark(MEMBER, kind), AT)).text
    assert 'REMOVE "pending_pk" REMOVE "pending_sk"' in text


def test_a_table_whose_name_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="plain tables"):
        update('luca" SET x', amendment_of(CONTEXT, BATCH, Mark(MEMBER, MarkKind.SYNCED), AT))
