import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from luca_local.edge import event_envelope
from luca_shared.runtime.problems import Problem

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def refusal(body: bytes) -> Problem:
    with pytest.raises(Problem) as caught:
        event_envelope.check(body)
    return caught.value


def pointers(document: object) -> list[str]:
    problem = refusal(json.dumps(document).encode())
    assert problem.status == 422
    return [error.pointer for error in problem.errors]


@given(events=st.lists(JSON, min_size=1, max_size=100))
def test_whatever_an_event_is_the_worker_judges_it(events: list[object]) -> None:
    text = json.dumps({"events": events})
    assume("school_id" not in text)
    assert event_envelope.check(text.encode()) == (text, len(events))


def test_the_text_is_the_body_byte_for_byte() -> None:
    body = '\r\n{ "events" : [{"a":1,  "a":2.0e0, "ñ":"\\u00f1"}] }\t'.encode()
    text, count = event_envelope.check(body)
    assert (text.encode(), count) == (body, 1)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"\xef\xbb\xbf{}", b'{"events": NaN}', b"[" * 2000, b'{"events": ["\\ud800"]}']
)
def test_what_is_no_json_is_malformed(body: bytes) -> None:
    problem = refusal(body)
    assert (problem.status, problem.type) == (400, "urn:luca:problem:malformed-json")
    assert problem.detail


def test_a_character_that_the_queue_refuses_is_refused_here() -> None:
    assert refusal('{"events": ["\uffff"]}'.encode()).status == 400


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ([], [""]),
        ({}, ["/events"]),
        ({"events": None}, ["/events"]),
        ({"events": {}}, ["/events"]),
        ({"events": []}, ["/events"]),
        ({"events": [{}] * 101}, ["/events"]),
        ({"events": [{}], "a/b": 1, "batch": 2}, ["/a~1b", "/batch"]),
        ({"Events": [{}]}, ["/Events", "/events"]),
    ],
)
def test_a_wrong_envelope_is_named(document: object, wrong: list[str]) -> None:
    assert pointers(document) == wrong


def test_a_body_never_says_which_school_it_is_from() -> None:
    document = {
        "school_id": "norte",
        "events": [{}, {"school_id": "norte"}, {"data": {"school_id": None}}, ["school_id"]],
    }
    assert pointers(document) == ["/school_id", "/events/1/school_id", "/events/2/data/school_id"]


def test_what_a_message_can_not_hold_is_too_large() -> None:
    body = b'{"events": [1]}'
    room = event_envelope.MAX_BYTES - len(body)
    assert event_envelope.check(body + b" " * room)[1] == 1
    assert refusal(body + b" " * (room + 1)).status == 413
