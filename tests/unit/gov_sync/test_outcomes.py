"""What each answer of the government means."""

import pytest

from luca_gov_sync.outcomes import (
    OursToMend,
    Outcome,
    Receipt,
    Received,
    RefusedWhole,
    Rejection,
    Retry,
    no_answer,
    outcome_of,
)

RECEIPT = b'{"submission_id":"b1","accepted":1,"rejected":[{"record_id":"r2","code":"stale","message":"m"}]}'
RECEIVED = Received(
    Receipt(submission_id="b1", accepted=1, rejected=[Rejection(record_id="r2", code="stale", message="m")])
)


@pytest.mark.parametrize(
    ("status", "body", "retry_after", "outcome"),
    [
        (200, RECEIPT, None, RECEIVED),
        (409, RECEIPT, None, RECEIVED),
        (200, RECEIPT[:40], None, Retry(in_doubt=True, outage=False)),
        (200, b"", None, Retry(in_doubt=True, outage=False)),
        (200, b"\xff", None, Retry(in_doubt=True, outage=False)),
        (200, RECEIPT.replace(b"b1", b"b2"), None, Retry(in_doubt=True, outage=False)),
        (400, b"", None, RefusedWhole(400)),
        (413, b"", None, RefusedWhole(413)),
        (422, b"", None, RefusedWhole(422)),
        (401, b"", None, OursToMend(401)),
        (403, b"", None, OursToMend(403)),
        (408, b"", None, Retry(in_doubt=True, outage=True)),
        (429, b"", None, Retry(in_doubt=False, outage=False)),
        (429, b"", "7", Retry(in_doubt=False, outage=False, after=7)),
        (429, b"", "99999999", Retry(in_doubt=False, outage=False, after=600)),
        (429, b"", "Wed, 21 Oct 2026 07:28:00 GMT", Retry(in_doubt=False, outage=False)),
        (429, b"", "-1", Retry(in_doubt=False, outage=False)),
        (500, b"", None, Retry(in_doubt=True, outage=True)),
        (503, b"", "3", Retry(in_doubt=True, outage=True, after=3)),
        (302, b"", None, Retry(in_doubt=True, outage=True)),
    ],
)
def test_an_answer_means(status: int, body: bytes, retry_after: str | None, outcome: Outcome) -> None:
    assert outcome_of("b1", status, body, retry_after) == outcome


def test_no_answer_leaves_in_doubt_only_what_was_sent() -> None:
    assert no_answer(sent=True).in_doubt
    assert not no_answer(sent=False).in_doubt
