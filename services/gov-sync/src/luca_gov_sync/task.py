"""One task of the sync, wired to AWS and to the government."""

import uuid

from luca_gov_sync import metrics
from luca_gov_sync.alert_topic import AlertTopic
from luca_gov_sync.batch_table import BatchTable
from luca_gov_sync.clock import LoopClock
from luca_gov_sync.dead_letter_queue import DeadLetterQueue
from luca_gov_sync.endings import Ending
from luca_gov_sync.government_client import GovernmentClient
from luca_gov_sync.grade_table import GradeTable
from luca_gov_sync.heartbeat import Heartbeat
from luca_gov_sync.lease import LeaseTimes, take
from luca_gov_sync.object_store import ObjectStore
from luca_gov_sync.pace import Pace
from luca_gov_sync.payload_store import PlatformReports, SchoolPayloads
from luca_gov_sync.ports import Ports
from luca_gov_sync.run_table import RunTable
from luca_gov_sync.settings import RunSettings, SyncSettings
from luca_gov_sync.tally import Tally
from luca_gov_sync.workflow import Workflow, gate_of
from luca_shared.aws import AwsClient, DynamoDB, PlatformCredentials, Sqs
from luca_shared.runtime import correlation
from luca_shared.runtime.service import Life
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import Term
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables


async def run_table(life: Life, settings: RunSettings, *, directory: str = "luca") -> RunTable:
    """Return the runs, for who only looks at them or changes one's state."""
    client = await life.enter(AwsClient(region=settings.aws_region, endpoint_url=settings.aws_endpoint_url))
    return RunTable(DynamoDB(client), PlatformCredentials(), runs=settings.gov_sync_table, directory=directory)


async def carry_out(
    life: Life, settings: SyncSettings, period: Term, heartbeat: Heartbeat, *, create: bool, wait: bool
) -> Ending:
    """Work on a run until its end, or until told to stop."""
    with correlation.bind(correlation.new()):
        region, endpoint_url = settings.aws_region, settings.aws_endpoint_url
        client = await life.enter(AwsClient(region=region, endpoint_url=endpoint_url))
        own = PlatformCredentials()
        runs = RunTable(DynamoDB(client), own, runs=settings.gov_sync_table, directory=settings.table)
        clock = LoopClock()
        times = LeaseTimes(lasts=settings.lease, skew=settings.lease_skew)
        taken = await take(runs, clock, times, period, uuid.uuid4().hex, create=create, wait=wait)
        if isinstance(taken, Ending):
            return taken
        lease, departed = taken
        ports = await _ports(life, settings, client, own, runs)
        pace = Pace(clock, per_second=settings.government_rate, margin=settings.rate_margin, last_departure=departed)
        government = await life.enter(
            GovernmentClient(
                settings.government_url,
                settings.government_token.reveal(),
                gate_of(pace, lease),
                timeout=settings.http_timeout,
                in_flight=settings.in_flight,
            )
        )
        tally = Tally()
        metrics.publish(tally)
        return await Workflow(ports, government, lease, pace, clock, heartbeat, settings, tally).run()


async def _ports(
    life: Life, settings: SyncSettings, client: AwsClient, own: PlatformCredentials, runs: RunTable
) -> Ports:
    region, endpoint_url = settings.aws_region, settings.aws_endpoint_url
    assume_role = await life.enter(StsAssumeRole(region=region, endpoint_url=endpoint_url))
    dynamodb = DynamoDB(client)
    tables = Tables(
        dynamodb,
        TenantCredentials(assume_role, role_arn=settings.tenant_role_arn),
        TableNames(luca=settings.table, luca_gov_sync=settings.gov_sync_table),
    )
    store = await life.enter(ObjectStore(region=region, bucket=settings.payload_bucket, endpoint_url=endpoint_url))
    alerts = await life.enter(AlertTopic(region=region, endpoint_url=endpoint_url, topic_arn=settings.alerts_topic_arn))
    return Ports(
        runs=runs,
        batches=BatchTable(tables),
        payloads=SchoolPayloads(store, tables),
        grades=GradeTable(tables),
        dead_letters=DeadLetterQueue(Sqs(client), settings.dead_letter_url, own),
        alerts=alerts,
        reports=PlatformReports(store, own),
    )
