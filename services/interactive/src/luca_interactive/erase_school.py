"""Erases a school: `python -m luca_interactive.erase_school sur --really sur`, a command for operators.

It runs as a task of this service, with its settings and its role; there is no way to it through the API. It is one
write: killed before it, nothing has happened; after it, everything has; done again, it changes nothing.
"""

import argparse
import sys
from collections.abc import Sequence

from luca_interactive.settings import Settings
from luca_shared.aws.client import AwsClient
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.kms import Kms
from luca_shared.runtime import correlation, logs, service, settings
from luca_shared.runtime.service import Life
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.ids import InvalidId, SchoolId, parse_id
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables

SERVICE = "luca-interactive-erase-school"
NO_SUCH_SCHOOL = 3


async def erase(life: Life, school_id: SchoolId) -> float | None:
    """Destroy the school's key; return after how many seconds nobody reads anything, None when it never had a key."""
    given = settings.load(Settings)
    logs.configure(SERVICE, given.log_level)
    aws = await life.enter(AwsClient(region=given.region, endpoint_url=given.aws_endpoint_url))
    sts = await life.enter(StsAssumeRole(region=given.region, endpoint_url=given.aws_endpoint_url))
    names = TableNames(given.table, given.keys_table, given.gov_sync_table)
    tables = Tables(DynamoDB(aws), TenantCredentials(sts, role_arn=given.tenant_role_arn), names)
    encryption = FieldEncryption(tables, Kms(aws), key_id=given.kms_key_id, max_age=given.data_keys_cache)
    context = TenantContext.of_directory(school_id, correlation.new())
    if await tables.of(context).get(keys.school_key(context), consistent=True) is None:
        return None  # most likely a slip of the pen: it must not leave a tombstone for a school to come
    await encryption.erase_school(context)
    return 2 * encryption.max_age


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m luca_interactive.erase_school", description=__doc__)
    parser.add_argument("school", type=_school, help="the school's id")
    parser.add_argument("--really", type=_school, required=True, metavar="SCHOOL", help="the same once more")
    options = parser.parse_args(arguments)
    if options.school != options.really:
        parser.error("that is another school")
    answers: list[float | None] = []

    async def serve(life: Life) -> None:
        answers.append(await erase(life, options.school))

    code = service.run(serve, service=SERVICE)
    if code != service.ORDERLY or not answers:
        return code or service.CRASHED
    seconds = answers[0]
    if seconds is None:
        _say(f"{options.school} has no key: nothing was ever encrypted for it, and nothing is changed.")
        return NO_SUCH_SCHOOL
    _say(f"{options.school} is erased: in {seconds:.0f} s, no task reads a name or a comment of it any more.")
    _say("Until a day has passed, a restored luca-keys would still do.")
    return service.ORDERLY


def _school(text: str) -> SchoolId:
    try:
        return parse_id(SchoolId, text)
    except InvalidId:
        raise argparse.ArgumentTypeError("no school can have that id") from None


def _say(text: str) -> None:
    print(text)  # noqa: T201  # the command's answer


if __name__ == "__main__":
    sys.exit(main())
