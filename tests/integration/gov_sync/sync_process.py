"""A quarter's grades in the real table, and the real process that is to send them."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.integration.gov_sync.local_government import TOKEN, LocalGovernment

from luca_gov_sync.government_record import record_id
from luca_local.aws_clients import AwsClients
from luca_local.deployment import Deployment
from luca_local.isolated_environment import isolate
from luca_local.running_emulator import EmulatorAccount
from luca_shared.aws import DynamoDB, decode_item
from luca_shared.aws.transactions import TransactPut
from luca_shared.records.grade import Grade, GradeStatus, SyncStatus
from luca_shared.records.submission import Batch, Run, run_key
from luca_shared.records.timestamps import now
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Term

SCHOOLS = ("norte", "norte-2", "sur")
# Everything that takes minutes on a real night takes less than a second here.
FAST = {
    "LUCA_GOVERNMENT_RATE": "50",
    "LUCA_RATE_MARGIN": "0.3",  # this machine is shared: requests may arrive some tens of milliseconds late
    "LUCA_RETRY_FIRST": "0.1",
    "LUCA_RETRY_SECOND": "0.2",
    "LUCA_RETRY_THIRD": "0.4",
    "LUCA_LEASE": "3",
    "LUCA_LEASE_RENEWAL": "0.5",
    "LUCA_LEASE_SKEW": "0.1",
    "LUCA_QUIET": "0",
    "LUCA_PROBE_INTERVAL": "0.2",
    "LUCA_AWS_RETRY": "0.2",
    "LUCA_HTTP_TIMEOUT": "2",
    "LUCA_OPERATIONS_PORT": "0",
    "LUCA_BATCH_RECORDS": "5",
}


async def until(holds: Callable[[], object], *, within: float = 30) -> None:
    """Wait until something holds that another process brings about."""
    async with asyncio.timeout(within):
        while not holds():  # noqa: ASYNC110  # no event tells of it
            await asyncio.sleep(0.02)


@dataclass
class Finished:
    """A process that has ended."""

    code: int
    output: str
    log: str


@dataclass
class Quarter:
    """One term of all schools, and how it is synced."""

    period: Term
    emulator: EmulatorAccount
    deployment: Deployment
    dynamodb: DynamoDB
    aws: AwsClients
    government: LocalGovernment
    credentials: Mapping[str, str]
    folder: Path
    grades: dict[str, tuple[SchoolId, Grade]] = field(default_factory=dict)
    """By record id, as they were last recorded."""

    async def record(self, school_id: str, student: int, assessment: int = 1, **changes: Any) -> Grade:
        """Record a grade, or a new version of it, as the interactive service does."""
        school = SchoolId(school_id)
        student_id, assessment_id, class_id = StudentId(f"s{student}"), AssessmentId(f"a{assessment}"), ClassId("c1")
        name = record_id(school, self.period, class_id, assessment_id, student_id)
        version = self.grades[name][1].version + 1 if name in self.grades else 1
        values: dict[str, Any] = {
            "class_id": class_id,
            "assessment_id": assessment_id,
            "student_id": student_id,
            "term": self.period,
            "version": version,
            "status": GradeStatus.SCORED,
            "score": Decimal(student % 10),
            "max_score": Decimal(10),
            "percent": Decimal(student % 10 * 10),
            "letter": "B",
            "rules_version": 1,
            "recorded_by": PersonId("p9"),
            "recorded_at": now(),
            "sync_status": SyncStatus.PENDING,
        }
        grade = Grade(**values | changes)
        context = self.context(school_id)
        item = _item(grade.key(context), grade.to_indexed_item(context))
        version_of_it = grade.as_version(None)
        await self.dynamodb.transact_write(
            [
                TransactPut(self.deployment.table_name, item),
                TransactPut(self.deployment.table_name, _item(version_of_it.key(context), version_of_it.to_item())),
            ],
            token=f"{self.period}-{len(name)}-{student}-{assessment}-{version}"[-36:],
            credentials=self.emulator.admin,
        )
        self.grades[name] = (school, grade)
        return grade

    async def record_all(self, *, students: int, assessments: int = 1) -> None:
        """Record every school's grades."""
        async with asyncio.TaskGroup() as group:
            for school_id in SCHOOLS:
                for student in range(students):
                    for assessment in range(assessments):
                        group.create_task(self.record(school_id, student, assessment))

    def environment(self, **settings: str) -> dict[str, str]:
        """What the process is told."""
        environ = dict(os.environ)
        isolate(environ)
        return {
            **environ,
            **self.credentials,
            "AWS_REGION": self.deployment.region,
            "LUCA_AWS_ENDPOINT_URL": self.emulator.endpoint_url,
            "LUCA_TABLE": self.deployment.table_name,
            "LUCA_GOV_SYNC_TABLE": self.deployment.gov_sync_table_name,
            "LUCA_TENANT_ROLE_ARN": self.deployment.tenant_role_arn,
            "LUCA_PAYLOAD_BUCKET": self.deployment.payload_bucket_name,
            "LUCA_DEAD_LETTER_URL": self.deployment.gov_sync_dead_letter_url,
            "LUCA_ALERTS_TOPIC_ARN": self.deployment.alerts_topic_arn,
            "LUCA_GOVERNMENT_URL": self.government.url,
            "LUCA_GOVERNMENT_TOKEN": TOKEN,
            **FAST,
            **settings,
        }

    async def start(self, *arguments: str, **settings: str) -> asyncio.subprocess.Process:
        """Start a command of the sync."""
        log = (self.folder / "gov-sync.log").open("ab")
        with log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "luca_gov_sync", *arguments, "--period", self.period),
                env=self.environment(**settings),
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )

    async def command(self, *arguments: str, within: float = 60, **settings: str) -> Finished:
        """Carry out a command of the sync."""
        process = await self.start(*arguments, **settings)
        try:
            async with asyncio.timeout(within):
                output, _ = await process.communicate()
        except TimeoutError:
            process.kill()
            await process.communicate()
            raise AssertionError(f"not finished within {within} s:\n{self.log()[-3000:]}") from None
        assert process.returncode is not None
        return Finished(process.returncode, output.decode(), self.log())

    def begun(self) -> bool:
        """Whether something was sent."""
        return bool(self.government.lines("request"))

    def log(self) -> str:
        return (self.folder / "gov-sync.log").read_text()

    def context(self, school_id: str) -> TenantContext:
        return TenantContext.of_directory(SchoolId(school_id), "test")

    async def run(self) -> Run | None:
        """The run as it is stored."""
        item = await self.dynamodb.get_item(
            self.deployment.gov_sync_table_name,
            dict(run_key(self.period)),
            credentials=self.emulator.admin,
            consistent=True,
        )
        return None if item is None else Run.from_item(item)

    async def report(self) -> Any:
        """The report, as JSON."""
        run = await self.run()
        assert run is not None
        assert run.report_key is not None
        answer = await self.aws.s3.get_object(Bucket=self.deployment.payload_bucket_name, Key=run.report_key)
        return json.loads(await answer["Body"].read())

    async def listen(self) -> Callable[[], Awaitable[list[str]]]:
        """Listen on the operators' topic from now on; return how to read what kinds of alerts came for this term."""
        arn = f"arn:aws:sqs:{self.deployment.region}:{self.deployment.account_id}:alerts-{self.period}"
        sns_may = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [{**sns_may, "Resource": arn}]})
        made = await self.aws.sqs.create_queue(QueueName=f"alerts-{self.period}", Attributes={"Policy": policy})
        url = made["QueueUrl"]
        await self.aws.sns.subscribe(
            TopicArn=self.deployment.alerts_topic_arn,
            Protocol="sqs",
            Endpoint=arn,
            Attributes={"RawMessageDelivery": "true"},
        )

        async def heard() -> list[str]:
            answer = await self.aws.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            alerts = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
            return [alert["kind"] for alert in alerts if alert["period"] == self.period]

        return heard

    async def dead_letters(self) -> list[dict[str, Any]]:
        """The bodies of this term's dead letters."""
        found: list[dict[str, Any]] = []
        while True:
            answer = await self.aws.sqs.receive_message(
                QueueUrl=self.deployment.gov_sync_dead_letter_url, MaxNumberOfMessages=10, WaitTimeSeconds=0
            )
            bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
            if not bodies:
                return [body for body in found if body["period"] == self.period]
            found += bodies

    async def batches(self) -> list[Batch]:
        """All batches of the term."""
        found: list[Batch] = []
        for school_id in SCHOOLS:
            range_ = keys.batches(self.context(school_id), self.period)
            answer = await self.aws.dynamodb.query(
                TableName=self.deployment.gov_sync_table_name,
                KeyConditionExpression="pk = :pk",
                ExpressionAttributeValues={":pk": {"S": range_.pk}},
                ConsistentRead=True,
            )
            found += [Batch.from_item(decode_item(item)) for item in answer["Items"]]
        return found

    async def stored(self) -> dict[str, Grade]:
        """All grades as they are stored, by record id."""
        stored = {}
        for name, (school_id, grade) in self.grades.items():
            key = grade.key(self.context(school_id))
            item = await self.dynamodb.get_item(
                self.deployment.table_name,
                {"pk": key.pk, "sk": key.sk},
                credentials=self.emulator.admin,
                consistent=True,
            )
            assert item is not None
            stored[name] = Grade.from_item(item)
            assert ("pending_pk" in item) == (stored[name].sync_status is SyncStatus.PENDING)
        return stored

    async def judge(self, *, refused: frozenset[str] = frozenset()) -> None:
        """Every grade is at the government at its latest version, or was refused; and nothing was done that must not.

        `refused` are the ids of students whose grades the government does not want.
        """
        assert self.government.lines("violation") == []
        accepted = self.government.accepted()
        expected = {name for name, (_, grade) in self.grades.items() if grade.student_id not in refused}
        assert accepted.keys() == expected
        for name, versions in accepted.items():
            numbers = sorted(version for version, _ in versions)
            assert numbers[-1] == self.grades[name][1].version, "the latest version is not there"
            assert len(set(numbers)) == len(numbers), "a version was accepted with two contents"
        for name, grade in (await self.stored()).items():
            wanted = SyncStatus.REFUSED if grade.student_id in refused else SyncStatus.SYNCED
            assert (name, grade.sync_status) == (name, wanted)


def _item(key: Any, attributes: dict[str, Any]) -> dict[str, Any]:
    return {"pk": key.pk, "sk": key.sk, **attributes}
