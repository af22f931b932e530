"""Runs the ingest worker: `python -m luca_ingest_worker`, or with `--help` to see its settings."""

import argparse
import sys

from luca_ingest_worker.events_queue import DeadLetterQueue, EventsQueue
from luca_ingest_worker.settings import IngestSettings
from luca_ingest_worker.worker import Worker
from luca_shared.aws import AwsClient, DynamoDB, PlatformCredentials, Sqs
from luca_shared.runtime import logs, service
from luca_shared.runtime.service import Life
from luca_shared.runtime.settings import load
from luca_shared.runtime.settings_table import text_table
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables

# What every service of a deployment may be told, and this one has no use for: it serves nobody and verifies no token.
_NOT_OURS = ("LUCA_PORT", "LUCA_JWKS_URL", "LUCA_TOKEN_ISSUER", "LUCA_CLIENT_ID")


async def serve(life: Life) -> None:
    """Take events from the queue into the table until told to stop."""
    settings = load(IngestSettings, also_known=_NOT_OURS)
    logs.configure("ingest-worker", settings.log_level)
    await life.operations(host=settings.host, port=settings.operations_port)
    client = await life.enter(AwsClient(region=settings.aws_region, endpoint_url=settings.aws_endpoint_url))
    assume_role = await life.enter(StsAssumeRole(region=settings.aws_region, endpoint_url=settings.aws_endpoint_url))
    tables = Tables(
        DynamoDB(client),
        TenantCredentials(assume_role, role_arn=settings.tenant_role_arn),
        TableNames(luca=settings.table),
    )
    sqs, own = Sqs(client), PlatformCredentials()
    worker = Worker(
        settings,
        EventsQueue(sqs, settings.queue_url, own, visibility=settings.visibility),
        DeadLetterQueue(sqs, settings.dead_letter_url, own),
        tables.of,
    )
    life.ready_when("queue", worker.check_queue)
    life.ready_when("table", worker.check_table)
    await worker.run(life.until_stopped)


def main() -> int:
    """Return the process's exit code."""
    argparse.ArgumentParser(
        prog="python -m luca_ingest_worker",
        description="Path 2 of Luca: events from the queue into the table, each of them once.",
        epilog="settings, read from the environment:\n\n" + text_table(IngestSettings),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ).parse_args()
    return service.run(serve, service="ingest-worker")


if __name__ == "__main__":
    sys.exit(main())
