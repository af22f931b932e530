import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.ingest_worker.simulation import NOW, TEACHER, body_of, message

from luca_ingest_worker.messages import MAX_DATA_BYTES, AcceptedEvent, Judgement, Rules, judge
from luca_ingest_worker.permissions import DEFAULT, Permissions
from luca_ingest_worker.refusals import Reason, Refusal

RULES = Rules(frozenset({"behavior"}), Permissions.parse(DEFAULT), timedelta(days=7), timedelta(minutes=5))
STUDENT = {**TEACHER, "person_id": "s42", "roles": "student"}
GOOD = {
    "event_id": "e1", "kind": "behavior", "student_id": "s42", "type": "merit",
    "occurred_at": "2026-11-24T10:30:00.250Z", "data": {"points": 1},
}  # fmt: skip


def judged(*events: Any, attributes: dict[str, str] = TEACHER, message_id: str = "m1") -> Judgement:
    return judge(message(body_of(*events), attributes, message_id), RULES, NOW)


def accepted(**changes: Any) -> AcceptedEvent:
    judgement = judged({**GOOD, **changes})
    assert not judgement.refused
    return judgement.accepted[0]


def refusal(event: Any, attributes: dict[str, str] = TEACHER) -> Refusal:
    judgement = judged(event, attributes=attributes)
    assert not judgement.accepted
    return judgement.refused[0]


def test_a_good_event_is_a_record_of_its_student() -> None:
    event = accepted()
    assert (event.key.pk, event.key.sk) == ("TENANT#norte#STUDENT#s42", "EVENT#2026-11-24#e1")
    assert event.record.reported_by == "p9"
    assert event.record.occurred_at == "2026-11-24T10:30:00.250Z"
    assert event.record.data == '{"points":1}'
    assert event.record.expires_at == int(datetime(2026, 12, 24, 10, 30, 1, tzinfo=UTC).timestamp())


def test_the_school_is_the_attribute_s_and_the_person_too() -> None:
    judgement = judged(GOOD, attributes={**TEACHER, "school_id": "sur", "person_id": "p7"})
    assert judgement.accepted[0].key.pk == "TENANT#sur#STUDENT#s42"
    assert judgement.accepted[0].record.reported_by == "p7"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("2026-11-24T10:30:00.250Z", "2026-11-24T10:30:00.250Z"),
        ("2026-11-24T10:30:00Z", "2026-11-24T10:30:00.000Z"),
        ("2026-11-24T10:30:00.2509Z", "2026-11-24T10:30:00.250Z"),
        ("2026-11-24T05:30:00.250-05:00", "2026-11-24T10:30:00.250Z"),
        ("2026-11-24T00:29:59+02:00", "2026-11-23T22:29:59.000Z"),
    ],
)
def test_times_are_brought_to_utc_and_milliseconds(written: str, stored: str) -> None:
    event = accepted(occurred_at=written)
    assert event.record.occurred_at == stored
    assert event.key.sk == f"EVENT#{stored[:10]}#e1"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.floats(-1e9, 1e9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=10,
    )
)
def test_the_hash_is_of_the_canonical_json_of_the_payload(value: Any) -> None:
    event = accepted(data={"value": value})
    payload: Any = {**GOOD, "data": {"value": value}}
    del payload["event_id"]
    assert event.record.payload_sha256 == hashlib.sha256(rfc8785.dumps(payload)).hexdigest()
    assert event.record.data == rfc8785.dumps({"value": value}).decode()


def test_the_same_report_written_differently_has_the_same_hash() -> None:
    one = accepted(data={"a": 1, "b": 2.0})
    other = accepted(data={"b": 2, "a": 1}, occurred_at="2026-11-24T11:30:00.2500+01:00")
    assert one.record == other.record


@pytest.mark.parametrize("changes", [{"type": "demerit"}, {"data": {"points": 2}}, {"student_id": "s43"}])
def test_another_payload_has_another_hash(changes: dict[str, Any]) -> None:
    assert accepted(**changes).record.payload_sha256 != accepted().record.payload_sha256


def test_who_reports_does_not_count_for_the_hash() -> None:
    mine, yours = (
        judged(GOOD, attributes={**TEACHER, "person_id": person}).accepted[0].record.payload_sha256
        for person in ("p1", "p2")
    )
    assert mine == yours


@pytest.mark.parametrize("missing", [{"event_id": None}, {}])
def test_without_an_id_the_message_and_the_place_in_it_are_the_identity(missing: dict[str, None]) -> None:
    event = {name: value for name, value in GOOD.items() if name != "event_id"} | missing
    judgement = judged(GOOD, event, message_id="0198f5d2-6f9e-4b0e-8d5f-000000000001")
    assert judgement.accepted[1].record.event_id == "0198f5d2-6f9e-4b0e-8d5f-000000000001-1"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"kind": "weather"}, Reason.UNKNOWN_KIND),
        ({"kind": 3}, Reason.MALFORMED),
        ({"student_id": "a b"}, Reason.MALFORMED),
        ({"student_id": "s#1"}, Reason.MALFORMED),
        ({"student_id": None}, Reason.MALFORMED),
        ({"type": ""}, Reason.MALFORMED),
        ({"type": 'a"b'}, Reason.MALFORMED),
        ({"event_id": "a b"}, Reason.MALFORMED),
        ({"event_id": 7}, Reason.MALFORMED),
        ({"occurred_at": "yesterday"}, Reason.MALFORMED),
        ({"occurred_at": "2026-11-24T10:30:00.250"}, Reason.MALFORMED),
        ({"occurred_at": 1_795_000_000}, Reason.MALFORMED),
        ({"data": None}, Reason.MALFORMED),
        ({"data": [1]}, Reason.MALFORMED),
        ({"data": {"points": 2**53}}, Reason.MALFORMED),
        ({"more": 1}, Reason.MALFORMED),
        ({"school_id": "norte"}, Reason.WRONG_SCHOOL),
        ({"school_id": None}, Reason.WRONG_SCHOOL),
        ({"data": {"school_id": "sur"}}, Reason.WRONG_SCHOOL),
        ({"occurred_at": "2026-11-17T10:29:59.999Z"}, Reason.TOO_OLD),
        ({"occurred_at": "0001-01-01T00:00:00+05:00"}, Reason.TOO_OLD),
        ({"occurred_at": "2026-11-24T10:35:00.001Z"}, Reason.IN_FUTURE),
        ({"occurred_at": "9999-12-31T23:59:59-05:00"}, Reason.IN_FUTURE),
        ({"data": {"text": "x" * MAX_DATA_BYTES}}, Reason.TOO_LARGE),
        ({"data": {"text": "é" * (MAX_DATA_BYTES // 2)}}, Reason.TOO_LARGE),
    ],
)
def test_a_bad_event_is_refused_with_its_reason(changes: dict[str, Any], reason: Reason) -> None:
    assert refusal({**GOOD, **changes}).reason is reason


@pytest.mark.parametrize("occurred_at", ["2026-11-17T10:30:00.000Z", "2026-11-24T10:35:00.000Z"])
def test_the_edges_of_the_time_allowed_are_allowed(occurred_at: str) -> None:
    accepted(occurred_at=occurred_at)


def test_data_may_have_4_kib_of_canonical_text() -> None:
    longest = "x" * (MAX_DATA_BYTES - len('{"t":""}'))
    assert len(accepted(data={"t": longest}).record.data) == MAX_DATA_BYTES
    assert refusal({**GOOD, "data": {"t": longest + "x"}}).reason is Reason.TOO_LARGE


def test_an_event_without_data_has_none() -> None:
    event = {name: value for name, value in GOOD.items() if name != "data"}
    assert judged(event).accepted[0].record.data == "{}"


def test_what_a_student_may_not_report_is_not_allowed() -> None:
    assert refusal(GOOD, STUDENT).reason is Reason.NOT_ALLOWED
    assert refusal({**GOOD, "type": "session", "student_id": "s43"}, STUDENT).reason is Reason.NOT_ALLOWED
    assert judged({**GOOD, "type": "session"}, attributes=STUDENT).accepted


@pytest.mark.parametrize("event", ["text", 7, None, [], {}, {"event_id": "e9"}])
def test_a_bad_event_never_sinks_the_others(event: Any) -> None:
    judgement = judged(GOOD, event, {**GOOD, "event_id": "e3"})
    assert [each.record.event_id for each in judgement.accepted] == ["e1", "e3"]
    assert [each.reason for each in judgement.refused] == [Reason.MALFORMED]


def test_a_refusal_has_the_event_s_own_text_and_identity() -> None:
    body = '{"events": [ {"event_id": "e7",   "kind": "weather"} , {"kind":  7}, {"event_id": "é"}]}'
    refused = judge(message(body), RULES, NOW).refused
    assert [each.body for each in refused] == [
        '{"event_id": "e7",   "kind": "weather"}', '{"kind":  7}', '{"event_id": "é"}'
    ]  # fmt: skip
    assert [each.event_id for each in refused] == ["e7", "m1-1", "m1-2"]


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"school_id": "", "person_id": "p9"}, Reason.WRONG_SCHOOL),
        ({"person_id": "p9"}, Reason.WRONG_SCHOOL),
        ({"school_id": "Norte#", "person_id": "p9"}, Reason.WRONG_SCHOOL),
        ({"school_id": "norte"}, Reason.MALFORMED),
        ({"school_id": "norte", "person_id": "p 9"}, Reason.MALFORMED),
        ({"school_id": "norte", "person_id": "p9", "event_id": "#"}, Reason.MALFORMED),
    ],
)
def test_a_message_that_the_edge_did_not_fill_is_refused_whole(attributes: dict[str, str], reason: Reason) -> None:
    judgement = judged(GOOD, GOOD, attributes=attributes)
    assert not judgement.accepted
    assert judgement.refused == [Refusal(reason, body_of(GOOD, GOOD), None)]


def test_a_dead_letter_that_was_sent_back_is_one_event_with_the_identity_it_had() -> None:
    event = {name: value for name, value in GOOD.items() if name != "event_id"}
    sent_back = message(json.dumps(event), {**TEACHER, "event_id": "m0-3", "reason": "unknown-kind"}, "m9")
    (known,) = judge(sent_back, RULES, NOW).accepted
    assert known.record.event_id == "m0-3"


def test_a_dead_letter_that_is_still_bad_is_refused_under_the_same_identity() -> None:
    sent_back = message("nonsense", {**TEACHER, "event_id": "m0-3", "reason": "malformed"}, "m9")
    assert judge(sent_back, RULES, NOW).refused == [Refusal(Reason.MALFORMED, "nonsense", "m0-3")]


@pytest.mark.parametrize("body", ["[" * 100_000, '{"data":' * 100_000, f'{{"kind": {"7" * 10_000}}}'])
def test_a_dead_letter_that_was_sent_back_may_hold_anything(body: str) -> None:
    sent_back = message(body, {**TEACHER, "event_id": "m0-3", "reason": "malformed"}, "m9")
    assert judge(sent_back, RULES, NOW).refused == [Refusal(Reason.MALFORMED, body, "m0-3")]


@pytest.mark.parametrize("number", ["7" * 10_000, "-" + "7" * 400, "1e400", "0." + "7" * 10_000])
def test_a_number_of_any_length_is_stored_or_malformed(number: str) -> None:
    body = body_of(GOOD).replace('{"points": 1}', f'{{"points": {number}}}')
    judgement = judge(message(body), RULES, NOW)
    assert [each.reason for each in judgement.refused] in ([], [Reason.MALFORMED])
    assert len(judgement.accepted) + len(judgement.refused) == 1


@given(st.text() | st.binary().map(repr) | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_whatever_a_message_says_it_is_judged(body: str) -> None:
    for text in (body, f'{{"events": [{body}]}}'):
        judgement = judge(message(text), RULES, NOW)
        assert len(judgement.refused) >= 1
        assert not judgement.accepted


@pytest.mark.parametrize("depth", [600, 900, 2_000, 100_000])
def test_data_nested_too_deep_is_malformed_or_stored(depth: int) -> None:
    body = body_of(GOOD).replace('{"points": 1}', '{"a":' * depth + "1" + "}" * depth)
    judgement = judge(message(body), RULES, NOW)
    assert len(judgement.accepted) + len(judgement.refused) == 1
