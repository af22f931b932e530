import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_ingest_worker.envelope import MAX_EVENTS, events_of
from luca_ingest_worker.refusals import Reason, Refused


def reason(body: str) -> Reason:
    with pytest.raises(Refused) as caught:
        events_of(body)
    return caught.value.reason


def test_each_event_keeps_its_own_text() -> None:
    events = events_of('{"events": [ {"a":  1}, {"b":"é"} ]}')
    assert [bytes(event).decode() for event in events] == ['{"a":  1}', '{"b":"é"}']


@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "{", '{"events": null}', '{"events": []}', '{"events": {}}', "{}", '{"events": [{"a": tru}]}'],
)
def test_what_is_no_envelope_is_malformed(body: str) -> None:
    assert reason(body) is Reason.MALFORMED


def test_an_unknown_member_is_malformed() -> None:
    assert reason('{"events": [{}], "more": 1}') is Reason.MALFORMED


@pytest.mark.parametrize("school", ['"norte"', '"sur"', "null", "{}"])
def test_a_body_that_says_which_school_it_is_from_is_refused(school: str) -> None:
    assert reason(f'{{"events": [{{}}], "school_id": {school}}}') is Reason.WRONG_SCHOOL


def test_a_hundred_events_are_allowed_and_one_more_is_not() -> None:
    assert len(events_of(json.dumps({"events": [{}] * MAX_EVENTS}))) == 100
    assert reason(json.dumps({"events": [{}] * (MAX_EVENTS + 1)})) is Reason.TOO_LARGE


def test_half_a_character_in_one_event_does_not_sink_the_others() -> None:
    events = events_of('{"events": [{"a": "\\ud800"}, {"b": 1}]}')
    assert [bytes(event).decode() for event in events] == ['{"a": "\\ud800"}', '{"b": 1}']


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_only_python_takes_for_json_is_malformed(value: str) -> None:
    assert reason(f'{{"events": [{{"a": "\\ud800", "b": {value}}}]}}') is Reason.MALFORMED


@pytest.mark.parametrize("body", ['{"events":' + "[" * 100_000, '{"events":[' + "[" * 100_000 + "]" * 100_000 + "]}"])
def test_a_tower_of_brackets_is_malformed(body: str) -> None:
    assert reason(body) is Reason.MALFORMED


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_no_text_is_anything_but_events_or_refused(body: str) -> None:
    try:
        events = events_of(body)
    except Refused:
        return
    assert 1 <= len(events) <= MAX_EVENTS
