"""What else holds a school's data: its key at KMS, its payloads in S3; and the queue, which is no school's."""

from collections.abc import Awaitable, Mapping
from typing import Any, Final

from aiobotocore.session import get_session
from botocore.exceptions import ClientError

from luca_local.aws_clients import CONFIG
from luca_local.demo.evidence.attempts import Attempt, Control
from luca_local.deployment import Deployment
from luca_local.run_record import RunRecord
from luca_shared.aws import Credentials, Item

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})


class KeysAndFiles:
    """Reaches for a school's key and files with somebody's credentials."""

    def __init__(self, record: RunRecord, deployment: Deployment) -> None:
        self._record = record
        self._deployment = deployment

    async def attempts(
        self, credentials: Credentials, mine: str, target: str, wrapped: bytes, payload_key: str | None
    ) -> list[Attempt]:
        """Try to unwrap another school's data key, to read and to write its files, and to send events in its name."""
        outcomes = await self._outcomes(credentials, target, wrapped, payload_key, own=False)
        return [
            Attempt(
                surface=surface,
                school_id=mine,
                target=target,
                what=what,
                outcome=code,
                succeeded=code == "OK",
                refused=code in _DENIED,
                got=got,
            )
            for (surface, what), (code, got) in outcomes.items()
        ]

    async def controls(
        self, credentials: Credentials, school_id: str, wrapped: bytes, payload_key: str | None
    ) -> list[Control]:
        """Do the same as the school itself."""
        outcomes = await self._outcomes(credentials, school_id, wrapped, payload_key, own=True)
        return [Control(f"{school_id}'s own {what}", code, code == "OK") for (_, what), (code, _) in outcomes.items()]

    async def _outcomes(
        self, credentials: Credentials, school_id: str, wrapped: bytes, payload_key: str | None, *, own: bool
    ) -> dict[tuple[str, str], tuple[str, str]]:
        bucket, key = self._deployment.payload_bucket_name, self._deployment.kms_key_arn
        context = {"school_id": school_id}
        outcomes: dict[tuple[str, str], tuple[str, str]] = {}
        options: Mapping[str, Any] = {
            "region_name": self._record.region,
            "endpoint_url": self._record.aws_endpoint,
            "aws_access_key_id": credentials.access_key_id,
            "aws_secret_access_key": credentials.secret_access_key,
            "aws_session_token": credentials.session_token,
            "config": CONFIG,
        }
        session = get_session()
        async with (
            session.create_client("kms", **options) as kms,
            session.create_client("s3", **options) as s3,
            session.create_client("sqs", **options) as sqs,
        ):
            outcomes["KMS", "Decrypt"] = await _outcome(
                kms.decrypt(KeyId=key, CiphertextBlob=wrapped, EncryptionContext=context)
            )
            outcomes["KMS", "GenerateDataKey"] = await _outcome(
                kms.generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=context)
            )
            if payload_key is not None:
                outcomes["S3", "GetObject"] = await _outcome(s3.get_object(Bucket=bucket, Key=payload_key))
            if not own:
                outcomes["KMS", "Decrypt without a context"] = await _outcome(
                    kms.decrypt(KeyId=key, CiphertextBlob=wrapped)
                )
                outcomes["S3", "PutObject"] = await _outcome(
                    s3.put_object(Bucket=bucket, Key=f"{school_id}/intruder.json", Body=b"{}")
                )
                outcomes["S3", "ListObjectsV2"] = await _outcome(
                    s3.list_objects_v2(Bucket=bucket, Prefix=f"{school_id}/")
                )
                outcomes["SQS", "SendMessage"] = await _outcome(
                    sqs.send_message(QueueUrl=self._record.queue_url, MessageBody="{}", MessageGroupId=school_id)
                )
                outcomes["SQS", "ReceiveMessage"] = await _outcome(
                    sqs.receive_message(QueueUrl=self._record.queue_url, VisibilityTimeout=0)
                )
        return outcomes


def wrapped_key(items: list[tuple[str, Item]]) -> bytes:
    """Return a school's data key as its table has it."""
    return next(bytes(item["wrapped"]) for _, item in items if item.get("entity") == "school-key")


def payload_key(items: list[tuple[str, Item]]) -> str | None:
    """Return where one of a school's payloads is, if it has any."""
    return next((str(item["payload_key"]) for _, item in items if item.get("entity") == "batch"), None)


async def _outcome(call: Awaitable[Any]) -> tuple[str, str]:
    try:
        answer = await call
    except ClientError as error:
        return error.response["Error"]["Code"], ""
    body = await answer["Body"].read() if "Body" in answer else b""
    return "OK", body.decode(errors="replace")
