"""What is sent at recess: the worker's own judgement of each message is what the plan says that it must be."""

from collections import Counter
from datetime import UTC, date, datetime
from random import Random

import pytest

from luca_ingest_worker.messages import Judgement, judge
from luca_ingest_worker.settings import IngestSettings
from luca_local.demo.evidence.answered import Answered
from luca_local.demo.evidence.events import SentEvent, SentRubbish
from luca_local.demo.recess_plan import Message, plan
from luca_local.seed.demo_schools import demo_schools
from luca_shared.aws.sqs import Message as Received

SCHOOLS = demo_schools(date(2026, 11, 24))
NOW = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
RULES = IngestSettings(queue_url="http://q", dead_letter_url="http://d", tenant_role_arn="arn").rules
PLAN = plan(SCHOOLS, Random(1), NOW, crowd=200, trickle=7)


def judged(message: Message) -> Judgement:
    attributes = {
        "school_id": message.school_id,
        "person_id": message.person_id,
        "roles": message.role.value,
        "correlation_id": "c1",
    }
    return judge(Received("m1", "handle", message.body, attributes, 1, message.school_id), RULES, NOW)


def test_a_tenth_of_the_crowd_is_sent_twice() -> None:
    times = Counter(message.text for message in PLAN.crowd if message.reason is None)
    assert sum(times.values()) == 200 + 2  # the two that contradict each other
    assert sum(count == 2 for count in times.values()) == round(200 - 200 / 1.1)


def test_the_same_seed_plans_the_same_recess() -> None:
    assert plan(SCHOOLS, Random(1), NOW, crowd=200, trickle=7) == PLAN


def test_every_school_has_its_trickle() -> None:
    assert [{message.school_id for message in messages} for messages in PLAN.trickle] == [
        {"norte"},
        {"norte-2"},
        {"sur"},
    ]
    assert len(PLAN) == 200 + 2 + 12 + 5 + 3 * 7


@pytest.mark.parametrize("reason", sorted({each.reason for each in PLAN.crowd if each.reason}))
def test_rubbish_is_refused_for_the_reason_planned(reason: str) -> None:
    for message in PLAN.crowd:
        if message.reason == reason:
            judgement = judged(message)
            assert judgement.accepted == []
            assert [each.reason.value for each in judgement.refused] == [reason]
            sent = message.sent(Answered.YES)
            assert isinstance(sent, SentRubbish)
            assert judgement.refused[0].body == sent.text


def test_everything_else_is_stored_as_planned() -> None:
    messages = [*PLAN.crowd, *PLAN.nameless, *(message for trickle in PLAN.trickle for message in trickle)]
    for message in messages:
        if message.reason is None:
            (accepted,) = judged(message).accepted
            sent = message.sent(Answered.YES, message_id="m1")
            assert isinstance(sent, SentEvent)
            record, identity = accepted.record, sent.identity
            assert (record.student_id, record.event_id) == (identity.student_id, identity.event_id)
            assert accepted.key.sk == f"EVENT#{identity.day}#{identity.event_id}"
            assert (record.kind, record.type, record.occurred_at, record.data) == (
                sent.payload.kind,
                sent.payload.type,
                sent.payload.occurred_at,
                sent.payload.data,
            )
            assert record.reported_by == sent.person_id
