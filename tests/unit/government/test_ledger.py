"""What the government keeps of what it is sent."""

import json
from typing import Any

import pytest

from luca_local.government.contract import record_sha256, submission_digest
from luca_local.government.ledger import ChangedBytes, Ledger, Refused


def record(student: str = "s1", version: int = 1, **changes: Any) -> dict[str, Any]:
    return {
        "record_id": f"norte.2026-Q4.c1.a1.{student}",
        "version": version,
        "student_id": student,
        "status": "scored",
        "score": 8.5,
        "max_score": 10,
        "letter": "B",
        "recorded_at": "2026-11-24T14:03:07.120Z",
    } | changes


def send(ledger: Ledger, submission_id: str, *records: dict[str, Any], **options: Any) -> Any:
    body = {"submission_id": submission_id, "period": "2026-Q4", "school_id": "norte", "records": list(records)}
    defaults: dict[str, Any] = {"idempotency_key": submission_id, "refused_students": (), "poisonous": ()}
    return ledger.receive(json.dumps(body).encode(), **defaults | options)


def codes(receipt: Any) -> list[str]:
    return [rejection.code for rejection in receipt.rejected]


def test_a_higher_version_replaces_and_a_lower_one_is_stale() -> None:
    ledger = Ledger()
    send(ledger, "b1", record(version=2))
    higher, _, rows = send(ledger, "b2", record(version=3, score=9))
    lower, _, none = send(ledger, "b3", record(version=1))
    assert (higher.accepted, [row.version for row in rows]) == (1, [3])
    assert (lower.accepted, codes(lower), none) == (0, ["stale"], ())


def test_the_same_version_is_accepted_again_and_a_changed_one_is_a_conflict() -> None:
    ledger = Ledger()
    send(ledger, "b1", record())
    again, _, _ = send(ledger, "b2", record())
    changed, _, _ = send(ledger, "b3", record(score=9))
    assert (again.accepted, codes(changed)) == (1, ["conflict"])


def test_a_known_submission_answers_as_the_first_time() -> None:
    ledger = Ledger()
    first, known, _ = send(ledger, "b1", record("s1"), record("s2"), refused_students={"s2"})
    second, known_again, rows = send(ledger, "b1", record("s1"), record("s2"))
    assert (known, known_again) == (False, True)
    assert second == first
    assert rows == ()


def test_a_known_id_with_other_bytes_is_a_broken_contract() -> None:
    ledger = Ledger()
    send(ledger, "b1", record())
    with pytest.raises(ChangedBytes):
        send(ledger, "b1", record(score=9))


@pytest.mark.parametrize(
    ("records", "options", "status", "code"),
    [
        ([record(score="8.5")], {}, 422, "invalid-submission"),
        ([record(version=0)], {}, 422, "invalid-submission"),
        ([record(extra=1)], {}, 422, "invalid-submission"),
        ([record(), record()], {}, 422, "invalid-submission"),
        ([], {}, 422, "invalid-submission"),
        ([record(f"s{n}") for n in range(101)], {}, 422, "too-many-records"),
        ([record()], {"idempotency_key": "another"}, 422, "idempotency-key"),
        ([record()], {"idempotency_key": None}, 422, "idempotency-key"),
        ([record("s1"), record("s2")], {"poisonous": {"s2"}}, 422, "invalid-submission"),
    ],
)
def test_a_submission_that_is_refused_keeps_nothing(
    records: list[dict[str, Any]], options: dict[str, Any], status: int, code: str
) -> None:
    ledger = Ledger()
    with pytest.raises(Refused) as refused:
        send(ledger, "b1", *records, **options)
    assert (refused.value.status, refused.value.code) == (status, code)
    assert ledger.known("b1") is None
    assert not any(period.records.get("norte") for period in ledger.periods.values())


def test_what_is_not_json_is_told_apart() -> None:
    with pytest.raises(Refused) as refused:
        Ledger().receive(b"{", idempotency_key="b1", refused_students=(), poisonous=())
    assert refused.value.status == 400


def test_a_hash_is_of_the_content_and_not_of_its_spelling() -> None:
    assert record_sha256(b'{"a": 8.50, "b": 1}') == record_sha256(b'{"b":1.0,"a":8.5}')
    assert record_sha256(b'{"a": 8.5}') != record_sha256(b'{"a": 8.6}')


def test_a_digest_does_not_depend_on_the_order() -> None:
    one, other = ("r1", 1, "a" * 64), ("r2", 3, "b" * 64)
    assert submission_digest([one, other]) == submission_digest([other, one])
    assert submission_digest([one]) != submission_digest([other])
