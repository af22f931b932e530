"""A term's state: what was decided last, and what time has made of it."""

import pytest

from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp
from luca_shared.tenancy.ids import Term as TermId

BEFORE, THEN, AFTER = (Timestamp(f"2026-11-24T14:03:07.{ms}Z") for ms in ("119", "120", "121"))


def term(state: TermState, frozen_from: Timestamp | None = None) -> Term:
    return Term(term=TermId("2026-Q4"), version=1, state=state, title="Q4", frozen_from=frozen_from)


@pytest.mark.parametrize(
    ("now", "state"), [(BEFORE, TermState.FREEZING), (THEN, TermState.FROZEN), (AFTER, TermState.FROZEN)]
)
def test_a_freezing_term_is_frozen_from_its_time_on(now: Timestamp, state: TermState) -> None:
    freezing = term(TermState.FREEZING, THEN)
    assert freezing.state_at(now) is state
    assert Term.from_item(freezing.to_item()).state_at(now) is state


@pytest.mark.parametrize("state", [TermState.OPEN, TermState.FROZEN, TermState.FREEZING])
def test_without_such_a_time_a_term_stays_as_it_was_stored(state: TermState) -> None:
    assert term(state).state_at(AFTER) is state


def test_an_open_term_is_never_frozen() -> None:
    assert term(TermState.OPEN, THEN).state_at(AFTER) is TermState.OPEN
