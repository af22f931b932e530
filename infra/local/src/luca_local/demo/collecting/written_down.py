"""Reads everything that was written down during the day, past every service."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from aiobotocore.session import get_session

from luca_local.aws_clients import CONFIG, AwsClients, aws_clients
from luca_local.demo.collecting.government_log import read_journal
from luca_local.demo.evidence.personal_data import Channel, Kind, PersonalDataEvidence, Writing
from luca_local.demo.people import Person
from luca_local.demo.place import Place
from luca_local.seed.plan import SchoolPlan


async def personal_data(place: Place, comments: Iterable[str], sync_metrics: str) -> PersonalDataEvidence:
    """Return what was written, and what must not be in there.

    Args:
        place: Where the day was.
        comments: That teachers wrote on grades.
        sync_metrics: What the sync's tasks said of themselves, while they lived.
    """
    record, deployment = place.running.record, place.running.places.deployment
    tables = (deployment.table_name, deployment.keys_table_name, deployment.gov_sync_table_name)
    queues = (record.queue_url, record.dead_letter_url, deployment.gov_sync_dead_letter_url)
    async with aws_clients(record.aws_endpoint, place.admin.credentials, record.region) as aws:
        found = [
            *logs(Path(record.logs)),
            *[writing async for writing in _metrics(record.metrics)],
            Writing(Channel.METRICS, "the sync's", sync_metrics),
            Writing(Channel.PROBLEMS, "the edge's answers", "\n".join(sorted(place.edge.problems))),
            *[writing async for writing in _messages(place, aws, queues)],
            *[writing async for writing in _files(aws, deployment.payload_bucket_name)],
            *[Writing(Channel.TABLES, name, texts_of(await place.admin.items(name))) for name in tables],
            Writing(Channel.STREAM, deployment.table_name, texts_of(await _changes(place))),
            Writing(Channel.GOVERNMENT, "its raw log", "\n".join(_sent(place.running.places.journal))),
        ]
    return PersonalDataEvidence(tuple(found), personal_texts(place.running.schools, place.people.values(), comments))


def logs(directory: Path) -> Iterator[Writing]:
    """Return the logs of all processes."""
    for path in sorted(directory.glob("*.log")):
        yield Writing(Channel.LOGS, path.name, path.read_text(errors="replace"))


def personal_texts(
    schools: Iterable[SchoolPlan], people: Iterable[Person], comments: Iterable[str]
) -> dict[Kind, frozenset[str]]:
    """Return what is somebody's own."""
    plans, known = list(schools), list(people)
    students = [student for plan in plans for student in plan.students]
    return {
        Kind.NAME: frozenset(part for student in students for part in names(student.name)),
        Kind.COMMENT: frozenset(comments),
        Kind.ID: frozenset(
            {
                *(str(student.student_id) for student in students),
                *(str(guardian) for student in students for guardian in student.guardian_ids),
                *(person.person_id for person in known),
            }
        ),
        # Of a token, the first part says only how it is signed: they all have the same.
        Kind.CREDENTIAL: frozenset(part for person in known for part in person.token.split(".")[1:]),
    }


def names(name: str) -> Iterator[str]:
    """Return a student's name, and the parts of it by which somebody is known who knows the school."""
    first, *lasts = name.split()
    yield from (f"{first} {lasts[0]}", " ".join(lasts), f"{' '.join(lasts)}, {first}")


def texts_of(items: Iterable[Any]) -> str:
    """Return all texts in items, each once; what is binary is read as the text that it would be without encryption."""
    return "\n".join(sorted(set(_texts(list(items)))))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes() | bytearray():
            yield value.decode(errors="replace")
        case dict():
            for name, inner in value.items():
                yield name
                yield from _texts(inner)
        case list() | tuple() | set() | frozenset():
            for inner in value:
                yield from _texts(inner)
        case _:
            pass  # a number, or nothing


async def _metrics(urls: Sequence[str]) -> AsyncIterator[Writing]:
    openmetrics = {"Accept": "application/openmetrics-text; version=1.0.0"}  # exemplars are in this form alone
    async with aiohttp.ClientSession() as session:
        for url in urls:
            for headers in ({}, openmetrics):
                async with session.get(url, headers=headers) as answer:
                    yield Writing(Channel.METRICS, url, await answer.text())


async def _messages(place: Place, aws: AwsClients, queues: Sequence[str]) -> AsyncIterator[Writing]:
    """What is on the queues still, and the dead letters that are hidden because a judge has looked at them."""
    looked_at = [(message.body, *message.attributes.values()) for message in place.admin.looked_at]
    yield Writing(Channel.QUEUES, "dead letters", texts_of(looked_at))
    for queue in queues:
        left: list[Any] = []
        while messages := (
            await aws.sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=0, MessageAttributeNames=["All"]
            )
        ).get("Messages"):
            left += messages
        yield Writing(Channel.QUEUES, queue.rpartition("/")[2], texts_of(left))


async def _files(aws: AwsClients, bucket: str) -> AsyncIterator[Writing]:
    pages = aws.s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
    async for page in pages:
        for found in page.get("Contents", ()):
            answer = await aws.s3.get_object(Bucket=bucket, Key=found["Key"])
            content = (await answer["Body"].read()).decode(errors="replace")
            yield Writing(Channel.FILES, found["Key"], f"{found['Key']}\n{content}")


async def _changes(place: Place) -> list[Any]:
    """The records of the table's stream, from the first one that it still has."""
    record, credentials = place.running.record, place.admin.credentials
    arn = place.running.places.deployment.table_stream_arn
    async with get_session().create_client(
        "dynamodbstreams",
        region_name=record.region,
        endpoint_url=record.aws_endpoint,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
        config=CONFIG,
    ) as streams:
        found: list[Any] = []
        for shard in (await streams.describe_stream(StreamArn=arn))["StreamDescription"]["Shards"]:
            first = await streams.get_shard_iterator(
                StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
            iterator: str | None = first["ShardIterator"]
            while iterator is not None:
                answer = await streams.get_records(ShardIterator=iterator, Limit=1000)
                if not answer["Records"]:
                    break
                found += [each["dynamodb"] for each in answer["Records"]]
                iterator = answer.get("NextShardIterator")
    return found


def _sent(journal: Path) -> Iterator[str]:
    for request in read_journal(journal).requests:
        yield f"{request.method} {request.target} {request.body.decode(errors='replace')}"
