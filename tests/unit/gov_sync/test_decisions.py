"""What is next for a batch: every state of it before every outcome."""

import itertools

import pytest
from tests.unit.gov_sync.samples import NORTE, TERM, batch

from luca_gov_sync.batching import record_ids
from luca_gov_sync.decisions import RETRIES, AskFirst, Bury, Cut, Halt, Mark, Park, RefuseAlone, Step, Wait, next_step
from luca_gov_sync.outcomes import OursToMend, Outcome, Receipt, Received, RefusedWhole, Rejection, Retry
from luca_shared.records.submission import BatchState, Refusal

DELAYS = (5.0, 15.0, 45.0)


def step(
    outcome: Outcome, *, size: int = 3, attempts: int = 1, retries: int = 0, outage: bool = False, certain: bool = False
) -> Step:
    sent = batch(size, attempts=attempts, retries=retries)
    names = record_ids(NORTE, TERM, sent.members)
    return next_step(sent, names, outcome, outage=outage, certain=certain, delays=DELAYS)


def receipt(accepted: int, **rejected: str) -> Received:
    """A receipt that rejects records by the end of their names."""
    rejections = [Rejection(record_id=f"norte.2026-Q4.c1.a1.{end}", code=code) for end, code in rejected.items()]
    return Received(Receipt(submission_id="b", accepted=accepted, rejected=rejections))


@pytest.mark.parametrize(("attempts", "retries", "outage"), [*itertools.product((1, 4), (0, 3), (False, True))])
def test_what_the_government_has_is_marked_whatever_was_before(attempts: int, retries: int, outage: bool) -> None:
    got = step(receipt(2, s001="unknown-student"), attempts=attempts, retries=retries, outage=outage)
    assert got == Mark((Refusal(member=1, code="unknown-student"),))


@pytest.mark.parametrize(
    "answer",
    [
        receipt(2),  # one is not spoken of
        receipt(3, s001="stale"),
        receipt(2, s999="stale"),  # one that was not sent
        receipt(3, s001="stale", s002="stale"),
        Received(
            Receipt(
                submission_id="b",
                accepted=2,
                rejected=[Rejection(record_id="norte.2026-Q4.c1.a1.s001", code="x")] * 2,
            )
        ),
    ],
)
def test_a_receipt_that_is_not_for_this_batch_is_no_success(answer: Received) -> None:
    assert step(answer) == Wait(BatchState.RETRY_5S, 5.0)


@pytest.mark.parametrize(
    "retry", [Retry(in_doubt=doubt, outage=down) for doubt in (False, True) for down in (False, True)]
)
def test_retries_wait_5_15_and_45_seconds_and_then_it_is_a_dead_letter(retry: Retry) -> None:
    steps = [step(retry, attempts=number + 1, retries=number) for number in range(4)]
    assert steps == [*map(Wait, RETRIES, DELAYS), Bury()]


@pytest.mark.parametrize("retries", range(5))
def test_in_an_outage_nothing_is_a_dead_letter(retries: int) -> None:
    assert step(Retry(in_doubt=True, outage=True), retries=retries, outage=True) == Park()


@pytest.mark.parametrize(("after", "seconds"), [(None, 15.0), (3.0, 15.0), (60.0, 60.0)])
def test_a_retry_waits_at_least_as_long_as_the_government_asks(after: float | None, seconds: float) -> None:
    asked = Retry(in_doubt=False, outage=False, after=after)
    assert step(asked, retries=1) == Wait(BatchState.RETRY_15S, seconds)


@pytest.mark.parametrize(
    ("size", "attempts", "certain", "expected"),
    [
        (3, 1, False, Cut()),
        (3, 2, False, AskFirst()),  # it may have arrived before: a refusal doesn't say that nothing was kept
        (3, 2, True, Cut()),
        (1, 1, False, RefuseAlone("refused-422")),
        (1, 2, False, AskFirst()),
        (1, 9, True, RefuseAlone("refused-422")),
    ],
)
@pytest.mark.parametrize("outage", [False, True])
def test_a_batch_refused_whole_is_cut_until_one_record_stands_alone(
    size: int, attempts: int, certain: bool, expected: Step, outage: bool
) -> None:
    assert step(RefusedWhole(422), size=size, attempts=attempts, certain=certain, outage=outage) == expected


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_let_in_halts_everything(status: int) -> None:
    got = step(OursToMend(status), attempts=3, outage=True)
    assert isinstance(got, Halt)
    assert str(status) in got.reason
