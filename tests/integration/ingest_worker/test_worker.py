import asyncio
import json
import signal
from collections import Counter
from datetime import UTC, datetime
from itertools import chain
from random import Random
from typing import Any

from tests.integration.ingest_worker.conftest import Stage, until

from luca_local.aws_clients import aws_clients
from luca_shared.aws.credentials import Credentials
from luca_shared.tenancy.context import Role

SCHOOLS = ["norte", "norte-2", "sur"]


def attributes(school: str, roles: str = Role.TEACHER, person: str = "p9") -> dict[str, str]:
    return {"school_id": school, "person_id": person, "roles": roles, "correlation_id": f"c-{school}"}


def event(event_id: str, **changes: Any) -> dict[str, Any]:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0).isoformat()
    return {
        "event_id": event_id, "kind": "behavior", "student_id": "s42", "type": "merit", "occurred_at": now,
        "data": {"points": 1}, **changes,
    }  # fmt: skip


def body(*events: Any) -> str:
    return json.dumps({"events": events})


async def test_a_thousand_events_good_and_bad_end_where_they_belong(stage: Stage) -> None:
    random = Random(7)
    school_of = {f"e{number}": random.choice(SCHOOLS) for number in range(1000)}
    events = [
        (school, event(event_id, student_id=f"s{random.randrange(40)}")) for event_id, school in school_of.items()
    ]
    messages = [(body(each), attributes(school)) for school, each in events[:700]]
    for school in SCHOOLS:  # the rest ten a message
        rest = [each for its_school, each in events[700:] if its_school == school]
        messages += [(body(*rest[first : first + 10]), attributes(school)) for first in range(0, len(rest), 10)]
    messages += random.sample(messages[:700], 100)  # sent twice
    bad = {
        "unknown-kind": (body(event("b1", kind="weather"), event("e1000")), attributes("sur")),
        "malformed": ("{", attributes("sur")),
        "not-allowed": (body(event("b3")), attributes("sur", Role.STUDENT, "s42")),
        "wrong-school": (body(event("b4", school_id="norte")), attributes("sur")),
        "too-old": (body(event("b5", occurred_at="2020-01-01T00:00:00Z")), attributes("sur")),
        "in-future": (body(event("b6", occurred_at="2099-01-01T00:00:00Z")), attributes("sur")),
        "too-large": (body(event("b7", data={"text": "x" * 5000})), attributes("sur")),
    }
    messages += bad.values()
    school_of["e1000"] = "sur"  # the good one beside a bad one
    random.shuffle(messages)
    await stage.send(messages)

    worker = await stage.start()
    await stage.queue_is_empty()
    conflicting = event("e0", student_id=events[0][1]["student_id"], type="demerit")
    await stage.send([(body(conflicting), attributes(school_of["e0"]))])
    await stage.queue_is_empty()
    assert await worker.end() == 0

    assert await stage.stored() == Counter((school, event_id) for event_id, school in school_of.items())
    letters = await stage.dead_letters()
    assert sorted(each["reason"] for each, _ in letters) == sorted([*bad, "conflicting-payload"])
    by_reason = {each["reason"]: (each, text) for each, text in letters}
    given, text = by_reason["conflicting-payload"]
    assert json.loads(text) == conflicting
    assert given == {
        **attributes(school_of["e0"]), "reason": "conflicting-payload", "event_id": "e0"
    }  # fmt: skip
    assert json.loads(by_reason["unknown-kind"][1])["event_id"] == "b1"
    assert by_reason["malformed"][1] == "{"
    assert "event_id" not in by_reason["malformed"][0]


async def test_killed_again_and_again_it_loses_nothing_and_doubles_nothing(stage: Stage) -> None:
    events = [f"k{number}" for number in range(600)]
    await stage.send(
        [(body(event(each), event(f"{each}x")), attributes(SCHOOLS[n % 3])) for n, each in enumerate(events)]
    )
    await stage.send([(body(event(f"bad{number}", kind="weather")), attributes("sur")) for number in range(5)])
    before = len(await stage.stored())
    for share in (200, 500, 800):

        async def so_many_stored(wanted: int = before + share) -> bool:
            return len(await stage.stored()) >= wanted

        worker = await stage.start(LUCA_VISIBILITY="4", LUCA_RECEIVERS_MAX="2", LUCA_WRITES_AT_ONCE="2")
        await until(so_many_stored)
        assert await worker.end(signal.SIGKILL) == -signal.SIGKILL
    assert await stage.in_queue()  # or it was never interrupted
    worker = await stage.start(LUCA_VISIBILITY="4")
    await stage.queue_is_empty()
    assert await worker.end() == 0

    stored = Counter({key: count for key, count in (await stage.stored()).items() if key[1].startswith("k")})
    expected = chain.from_iterable(
        [(SCHOOLS[number % 3], each), (SCHOOLS[number % 3], f"{each}x")] for number, each in enumerate(events)
    )
    assert stored == Counter(expected)
    letters = {each["event_id"] for each, _ in await stage.dead_letters()}
    assert letters == {f"bad{number}" for number in range(5)}


async def test_a_stop_finishes_what_waits_in_the_buffers(stage: Stage) -> None:
    worker = await stage.start(LUCA_BATCH_AGE="30")
    await stage.send([(body(event(f"stop{number}")), attributes("sur")) for number in range(10)])

    async def all_in_hand() -> bool:
        return await stage.in_queue("NotVisible") == 10

    await until(all_in_hand)
    async with asyncio.timeout(10):
        assert await worker.end() == 0
    assert await stage.in_queue() == 0
    stored = await stage.stored()
    assert all(stored["sur", f"stop{number}"] == 1 for number in range(10))


async def test_a_dead_letter_that_is_sent_back_is_the_same_event(stage: Stage) -> None:
    one = event("", kind="attendance")
    del one["event_id"]
    first = await stage.start(LUCA_VISIBILITY="4")  # for its last poll may receive what comes back, and lose it
    await stage.send([(body(event("beside"), one), attributes("sur"))])
    await stage.queue_is_empty()
    assert await first.end() == 0
    identity = await move_back(stage)

    second = await stage.start(LUCA_EVENT_KINDS="behavior,attendance")
    await stage.queue_is_empty()
    assert await second.end() == 0
    assert (await stage.stored())["sur", identity] == 1
    assert identity.endswith("-1")
    assert not await stage.dead_letters()


async def move_back(stage: Stage) -> str:
    """Redrive the one dead letter, as an operator does; return its identity."""
    deployment = stage.deployment
    answer = await stage.aws.sqs.receive_message(
        QueueUrl=deployment.dead_letter_url, MessageAttributeNames=["All"], VisibilityTimeout=0
    )
    (letter,) = answer["Messages"]
    role = await stage.aws.sts.assume_role(RoleArn=deployment.redrive_role_arn, RoleSessionName="test")
    given = role["Credentials"]
    operator = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    async with aws_clients(stage.emulator.endpoint_url, operator, deployment.region) as aws:
        await aws.sqs.start_message_move_task(
            SourceArn=deployment.dead_letter_arn,
            DestinationArn=deployment.queue_arn,  # SQS knows no source of what was sent there directly
        )

    async def moved() -> bool:
        return await stage.in_queue() == 1

    await until(moved)
    return letter["MessageAttributes"]["event_id"]["StringValue"]


async def test_logs_hold_no_id_and_no_data(stage: Stage) -> None:
    secret = "Ana-Garcia"
    worker = await stage.start(LUCA_LOG_LEVEL="debug")
    await stage.send([
        (body(event("log1", student_id="private-student", data={"note": secret})), attributes("sur")),
        (body(event("log2", student_id="private-student", kind="weather", data={"note": secret})), attributes("sur")),
    ])  # fmt: skip
    await stage.queue_is_empty()
    assert await worker.end() == 0
    await asyncio.gather(*stage.readers)
    text = json.dumps(worker.log)
    assert any("dead letters were sent" in line["message"] for line in worker.log)
    assert "c-sur" in text
    assert not any(private in text for private in (secret, "private-student", "log2", "p9"))
