"""What a set-up has made, kept in the emulator itself: it is there exactly as long as what it speaks of."""

from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import ClientError

from luca_local.deployment import Deployment
from luca_local.run_record import Account, Example

if TYPE_CHECKING:
    from types_aiobotocore_s3.client import S3Client

_BUCKET = "luca-set-up"
_KEY = "made.json"
_NOTHING_THERE = frozenset({"NoSuchBucket", "NoSuchKey", "404"})


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A platform that was set up whole. `tokens` are those for the services' credentials."""

    deployment: Deployment
    accounts: tuple[Account, ...]
    example: Example
    tokens: dict[str, str]


async def remember(s3: "S3Client", made: Made) -> None:
    """Keep it: the last step of a set-up, and what tells it from one that was cut off."""
    await s3.create_bucket(Bucket=_BUCKET)
    await s3.put_object(Bucket=_BUCKET, Key=_KEY, Body=msgspec.json.encode(made))


async def remembered(s3: "S3Client") -> Made | None:
    """Return what is kept; None when the emulator is empty, or half set up.

    Raises:
        BotoCoreError: the emulator doesn't answer.
    """
    try:
        answer = await s3.get_object(Bucket=_BUCKET, Key=_KEY)
    except ClientError as error:
        if error.response["Error"]["Code"] in _NOTHING_THERE:
            return None
        raise
    async with answer["Body"] as body:
        return msgspec.json.decode(await body.read(), type=Made)
