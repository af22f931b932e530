"""The real worker as a process of its own, on a deployed emulator with IAM enforced."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from tests.localstack import NewEmulator, require_identity

from luca_local.aws_clients import AwsClients, aws_clients
from luca_local.container_credentials import ContainerEndpoint, container_endpoint
from luca_local.deployment import Deployment, deploy
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.sqs import OutgoingMessage, Sqs


@dataclass
class WorkerProcess:
    process: asyncio.subprocess.Process
    log: list[dict[str, Any]] = field(default_factory=list)

    async def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal it, and return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        return await self.process.wait()

    async def read_log(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(json.loads(line))


@dataclass
class Stage:
    """What a test can do to the worker, and see of what it did."""

    emulator: EmulatorAccount
    deployment: Deployment
    aws: AwsClients
    sqs: Sqs
    endpoint: ContainerEndpoint
    edge: Credentials
    workers: list[WorkerProcess] = field(default_factory=list)
    readers: list[asyncio.Task[None]] = field(default_factory=list)

    async def send(self, messages: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        """Put bodies with their attributes on the queue, as the edge does."""
        outgoing = [OutgoingMessage(body, attributes, attributes.get("school_id")) for body, attributes in messages]
        for first in range(0, len(outgoing), 10):
            tens = outgoing[first : first + 10]
            failed = await self.sqs.send_message_batch(self.deployment.queue_url, tens, credentials=self.edge)
            assert not failed

    async def start(self, **settings: str) -> WorkerProcess:
        deployment = self.deployment
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "luca_ingest_worker",
            env={
                "PATH": os.defpath,
                "AWS_CONFIG_FILE": os.devnull,  # nothing of this machine's own AWS set-up
                "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
                "AWS_EC2_METADATA_DISABLED": "true",
                **self.endpoint.environment("ingest-worker"),
                "AWS_REGION": deployment.region,
                "LUCA_AWS_ENDPOINT_URL": self.emulator.endpoint_url,
                "LUCA_QUEUE_URL": deployment.queue_url,
                "LUCA_DEAD_LETTER_URL": deployment.dead_letter_url,
                "LUCA_TABLE": deployment.table_name,
                "LUCA_TENANT_ROLE_ARN": deployment.tenant_role_arn,
                "LUCA_HOST": "127.0.0.1",
                "LUCA_OPERATIONS_PORT": "0",
                "LUCA_BATCH_AGE": "0.5",
                **settings,
            },
            stderr=asyncio.subprocess.PIPE,
        )
        started = WorkerProcess(process)
        self.workers.append(started)
        self.readers.append(asyncio.create_task(started.read_log()))
        return started

    async def stored(self) -> Counter[tuple[str, str]]:
        """The events in the table, by school and event id."""
        found: Counter[tuple[str, str]] = Counter()
        async for page in self.aws.dynamodb.get_paginator("scan").paginate(TableName=self.deployment.table_name):
            for item in page["Items"]:
                if item["sk"]["S"].startswith("EVENT#"):
                    found[item["pk"]["S"].split("#")[1], item["event_id"]["S"]] += 1
        return found

    async def in_queue(self, which: str = "") -> int:
        """How many messages are on the queue, or of one kind: `NotVisible` for those that somebody has in hand."""
        answer = await self.aws.sqs.get_queue_attributes(QueueUrl=self.deployment.queue_url, AttributeNames=["All"])
        counts: Mapping[str, str] = {str(name): value for name, value in answer["Attributes"].items()}
        kinds = [which] if which else ["", "NotVisible"]
        return sum(int(counts[f"ApproximateNumberOfMessages{kind}"]) for kind in kinds)

    async def dead_letters(self) -> list[tuple[dict[str, str], str]]:
        """Take all dead letters: attributes and body of each."""
        letters: list[tuple[dict[str, str], str]] = []
        while True:
            answer = await self.aws.sqs.receive_message(
                QueueUrl=self.deployment.dead_letter_url,
                MaxNumberOfMessages=10,
                WaitTimeSeconds=0,
                MessageAttributeNames=["All"],
            )
            if not answer.get("Messages"):
                return letters
            for message in answer["Messages"]:
                attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
                letters.append((attributes, message["Body"]))
                await self.aws.sqs.delete_message(
                    QueueUrl=self.deployment.dead_letter_url, ReceiptHandle=message["ReceiptHandle"]
                )

    async def queue_is_empty(self, within: float = 60) -> None:
        await until(lambda: _is_zero(self.in_queue()), within)


async def until(condition: Callable[[], Awaitable[bool]], within: float = 60) -> None:
    """Wait until a condition holds."""
    async with asyncio.timeout(within):
        while not await condition():  # noqa: ASYNC110  # what it asks is another process
            await asyncio.sleep(0.05)


async def _is_zero(number: Awaitable[int]) -> bool:
    return await number == 0


@pytest.fixture
async def stage(new_emulator: NewEmulator) -> AsyncIterator[Stage]:
    # An emulator for each test: a long poll that ended with its worker goes on there, and would take messages away.
    with new_emulator() as emulator:
        require_identity(emulator)
        deployment = await deploy(emulator.endpoint_url, emulator.admin, emulator.region)
        async with _stage(emulator, deployment) as scene:
            yield scene


@contextlib.asynccontextmanager
async def _stage(emulator: EmulatorAccount, deployment: Deployment) -> AsyncIterator[Stage]:
    async with (
        aws_clients(emulator.endpoint_url, emulator.admin, emulator.region) as aws,
        AwsClient(region=emulator.region, endpoint_url=emulator.endpoint_url) as client,
        container_endpoint(
            emulator.endpoint_url,
            emulator.admin,
            emulator.region,
            {"ingest-worker": deployment.ingest_worker_role_arn},
        ) as endpoint,
    ):
        role = (await aws.sts.assume_role(RoleArn=deployment.edge_role_arn, RoleSessionName="test"))["Credentials"]
        edge = Credentials(role["AccessKeyId"], role["SecretAccessKey"], role["SessionToken"])
        scene = Stage(emulator, deployment, aws, Sqs(client), endpoint, edge)
        try:
            yield scene
        finally:
            for worker in scene.workers:
                await worker.end(signal.SIGKILL)
            await asyncio.gather(*scene.readers)
            for number, worker in enumerate(scene.workers):  # pytest shows it when the test fails
                sys.stderr.writelines(f"worker {number}: {json.dumps(line)}\n" for line in worker.log)
