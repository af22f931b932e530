"""What the sync stores, on the emulator with IAM enforced: fences that hold, marks on the right version, walls."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import msgspec
import pytest
from tests.integration.gov_sync.sync_process import SCHOOLS, Quarter

from luca_gov_sync.batch_table import BatchTable
from luca_gov_sync.clock import stamp
from luca_gov_sync.grade_table import GradeTable
from luca_gov_sync.object_store import AlreadyThere, ObjectStore
from luca_gov_sync.payload_store import PlatformReports, SchoolPayloads
from luca_gov_sync.ports import Fenced, Mark, MarkKind
from luca_gov_sync.run_table import RunTable
from luca_local.isolated_environment import isolate
from luca_shared.aws import AwsClient, DynamoDB, PlatformCredentials
from luca_shared.aws.errors import AccessDenied
from luca_shared.records.grade import SyncStatus
from luca_shared.records.submission import Batch, BatchState, Member, Run, RunState
from luca_shared.records.timestamps import now
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ownership import ForeignKey
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables


@dataclass(frozen=True)
class Stores:
    """The sync's edges, under its own role."""

    runs: RunTable
    batches: BatchTable
    grades: GradeTable
    payloads: SchoolPayloads
    reports: PlatformReports
    objects: ObjectStore
    own: PlatformCredentials
    tables: Tables


@pytest.fixture
async def stores(quarter: Quarter, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Stores]:
    environ = dict(os.environ)
    isolate(environ)
    for name in os.environ.keys() - environ.keys():
        monkeypatch.delenv(name)
    for name, value in (environ | dict(quarter.credentials)).items():
        monkeypatch.setenv(name, value)
    deployment, region, url = quarter.deployment, quarter.emulator.region, quarter.emulator.endpoint_url
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(AwsClient(region=region, endpoint_url=url))
        sts = await stack.enter_async_context(StsAssumeRole(region=region, endpoint_url=url))
        objects = await stack.enter_async_context(
            ObjectStore(region=region, bucket=deployment.payload_bucket_name, endpoint_url=url)
        )
        dynamodb, own = DynamoDB(client), PlatformCredentials()
        names = TableNames(luca=deployment.table_name, luca_gov_sync=deployment.gov_sync_table_name)
        tables = Tables(dynamodb, TenantCredentials(sts, role_arn=deployment.tenant_role_arn), names)
        yield Stores(
            RunTable(dynamodb, own, runs=deployment.gov_sync_table_name, directory=deployment.table_name),
            BatchTable(tables),
            GradeTable(tables),
            SchoolPayloads(objects, tables),
            PlatformReports(objects, own),
            objects,
            own,
            tables,
        )


def run_of(quarter: Quarter, owner: str, epoch: int = 1) -> Run:
    at = stamp(1_800_000_000)
    return Run(
        period=quarter.period, state=RunState.RUNNING, cutoff=at, started_at=at, epoch=epoch, owner=owner, beat_at=at
    )


def batch_of(quarter: Quarter, name: str = "b1", *members: Member, epoch: int = 1) -> Batch:
    return Batch(
        batch_id=name,
        period=quarter.period,
        state=BatchState.SEND_BATCH,
        epoch=epoch,
        members=members,
        payload_key=f"norte/{quarter.period}/{name}.json",
        payload_sha256="0" * 64,
        next_attempt_at=now(),
    )


async def test_of_two_tasks_that_begin_or_take_over_a_run_one_does(quarter: Quarter, stores: Stores) -> None:
    begun = await asyncio.gather(*(stores.runs.create(run_of(quarter, owner)) for owner in "ab"))
    assert sorted(begun) == [False, True]
    was = await stores.runs.get(quarter.period)
    assert was is not None
    taken = await asyncio.gather(*(stores.runs.replace(run_of(quarter, owner, 2), was) for owner in "cd"))
    assert sorted(taken) == [False, True]
    assert not await stores.runs.replace(run_of(quarter, "a", 2), was)  # who has lost it doesn't write it any more


async def test_a_batch_is_written_by_the_holder_of_its_epoch_alone(quarter: Quarter, stores: Stores) -> None:
    context, batch = quarter.context("norte"), batch_of(quarter)
    assert await stores.batches.add(context, batch)
    assert not await stores.batches.add(context, batch)
    attempted = msgspec.structs.replace(batch, attempts=1)
    await stores.batches.save(context, attempted)
    adopted = await stores.batches.stamp(context, batch, 2)  # as it was read before
    assert adopted == msgspec.structs.replace(attempted, epoch=2)  # what was written since is not undone
    with pytest.raises(Fenced):
        await stores.batches.stamp(context, batch, 3)
    with pytest.raises(Fenced):
        await stores.batches.save(context, msgspec.structs.replace(batch, attempts=1))
    with pytest.raises(Fenced):
        await stores.batches.split(context, batch, (batch_of(quarter, "h1"), batch_of(quarter, "h2")))
    assert await stores.batches.all(context, quarter.period) == [adopted]
    assert await stores.batches.all(quarter.context("norte-2"), quarter.period) == []


async def test_a_split_is_all_or_nothing_and_done_once(quarter: Quarter, stores: Stores) -> None:
    context, batch = quarter.context("norte"), batch_of(quarter)
    await stores.batches.add(context, batch)
    parent = msgspec.structs.replace(batch, state=BatchState.SPLIT, next_attempt_at=None)
    halves = batch_of(quarter, "h1"), batch_of(quarter, "h2")
    for _ in range(2):  # the second time as after a lost answer
        await stores.batches.split(context, parent, halves)
    found = {each.batch_id: each.state for each in await stores.batches.all(context, quarter.period)}
    assert found == {"b1": BatchState.SPLIT, "h1": BatchState.SEND_BATCH, "h2": BatchState.SEND_BATCH}


async def test_only_open_batches_are_listed_and_with_nothing_but_ids_and_times(
    quarter: Quarter, stores: Stores
) -> None:
    context = quarter.context("norte")
    for number in range(3):
        await stores.batches.add(context, batch_of(quarter, f"b{number}"))
    await stores.batches.save(
        context, msgspec.structs.replace(batch_of(quarter, "b0"), state=BatchState.SYNCED, next_attempt_at=None)
    )
    listed = []
    for shard in range(8):
        answer = await quarter.aws.dynamodb.query(
            TableName=quarter.deployment.gov_sync_table_name,
            IndexName="open",
            KeyConditionExpression="open_pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"RUN#{quarter.period}#OPEN#{shard}"}},
        )
        listed += answer["Items"]
    assert {item["sk"]["S"] for item in listed} == {"BATCH#b1", "BATCH#b2"}
    assert {name for item in listed for name in item} == {"pk", "sk", "open_pk", "open_sk"}


async def test_a_grade_is_marked_at_the_version_that_was_sent_and_not_at_another(
    quarter: Quarter, stores: Stores
) -> None:
    context = quarter.context("norte")
    sent = [await quarter.record("norte", student) for student in range(30)]
    members = [
        Member(class_id=g.class_id, assessment_id=g.assessment_id, student_id=g.student_id, version=1) for g in sent
    ]
    await quarter.record("norte", 7)  # corrected while the batch was on its way
    batch = batch_of(quarter, "b1", *members)
    marks = [Mark(member, MarkKind.SYNCED) for member in members[:-1]] + [Mark(members[-1], MarkKind.REFUSED, "why")]
    assert await stores.grades.mark(context, batch, marks, now()) == 29
    assert await stores.grades.mark(context, batch, marks, now()) == 0  # again, as after a kill
    [left] = await stores.grades.pending(context, quarter.period)
    assert (left.student_id, left.version) == ("s7", 2)
    stored = {str(grade.student_id): grade for grade in (await quarter.stored()).values()}
    assert (stored["s29"].sync_status, stored["s29"].sync_error) == (SyncStatus.REFUSED, "why")
    assert (stored["s0"].sync_status, stored["s0"].sync_batch_id) == (SyncStatus.SYNCED, "b1")

    lost = [Mark(members[0], MarkKind.PENDING, recorded_at=sent[0].recorded_at)]
    assert await stores.grades.mark(context, batch_of(quarter, "another", *members), lost, now()) == 0
    assert await stores.grades.mark(context, batch, lost, now()) == 1
    assert {grade.student_id for grade in await stores.grades.pending(context, quarter.period)} == {"s0", "s7"}


async def test_a_payload_never_changes(quarter: Quarter, stores: Stores) -> None:
    context, key = quarter.context("norte"), f"norte/{quarter.period}/b1.json"
    await stores.payloads.put(context, key, b"first")
    await stores.payloads.put(context, key, b"second")
    assert await stores.payloads.get(context, key) == b"first"


async def test_a_payload_is_its_schools_alone(quarter: Quarter, stores: Stores) -> None:
    norte, other = quarter.context("norte"), quarter.context("norte-2")
    key = f"norte/{quarter.period}/b1.json"
    await stores.payloads.put(norte, key, b"{}")
    with pytest.raises(ForeignKey):
        await stores.payloads.get(other, key)
    # Without that check IAM refuses it, to another school and to the platform itself.
    with pytest.raises(AccessDenied):
        await stores.tables.of(other).signed(lambda **who: stores.objects.get(key, **who))
    with pytest.raises(AccessDenied):
        await stores.objects.get(key, credentials=await stores.own.get())


async def test_a_report_is_the_platforms_alone(quarter: Quarter, stores: Stores) -> None:
    key = await stores.reports.put(f"{quarter.period}/report.json", b"{}", "application/json")
    assert await stores.objects.get(key, credentials=await stores.own.get()) == b"{}"
    with pytest.raises(AccessDenied):
        await stores.tables.of(quarter.context("norte")).signed(lambda **who: stores.objects.get(key, **who))


async def test_an_object_that_must_not_be_there_is_told_from_one_that_is(quarter: Quarter, stores: Stores) -> None:
    key, own = f"_reports/{quarter.period}/once", await stores.own.get()
    await stores.objects.put(key, b"1", content_type="text/plain", once=True, credentials=own)
    with pytest.raises(AlreadyThere):
        await stores.objects.put(key, b"2", content_type="text/plain", once=True, credentials=own)


async def test_the_directory_gives_all_schools(stores: Stores) -> None:
    assert sorted(await stores.runs.schools()) == sorted(SCHOOLS)
