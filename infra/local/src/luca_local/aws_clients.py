"""aiobotocore's clients for what an administrator does: once, at the start, never for a request."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session

from luca_shared.aws.credentials import Credentials

if TYPE_CHECKING:
    from types_aiobotocore_cloudformation.client import CloudFormationClient
    from types_aiobotocore_cognito_idp.client import CognitoIdentityProviderClient
    from types_aiobotocore_dynamodb.client import DynamoDBClient
    from types_aiobotocore_iam.client import IAMClient
    from types_aiobotocore_kms.client import KMSClient
    from types_aiobotocore_s3.client import S3Client
    from types_aiobotocore_sns.client import SNSClient
    from types_aiobotocore_sqs.client import SQSClient
    from types_aiobotocore_sts.client import STSClient

CONFIG = AioConfig(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 2},  # set outright: botocore's defaults may change
    proxies={},  # the emulator is on this machine, whatever HTTP_PROXY says
    s3={"addressing_style": "path"},  # an emulator that has a name has none for each bucket
)


def session_as(credentials: Credentials) -> AioSession:
    """Return a session that signs with these credentials, whatever the environment holds."""
    session = get_session()
    session.set_credentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    return session


@dataclass(frozen=True, slots=True)
class AwsClients:
    """One client a service."""

    cloudformation: "CloudFormationClient"
    cognito: "CognitoIdentityProviderClient"
    dynamodb: "DynamoDBClient"
    iam: "IAMClient"
    kms: "KMSClient"
    s3: "S3Client"
    sns: "SNSClient"
    sqs: "SQSClient"
    sts: "STSClient"


@asynccontextmanager
async def aws_clients(endpoint_url: str, admin: Credentials, region: str) -> AsyncIterator[AwsClients]:
    """Clients of the services that a deployment touches, signed as the administrator."""
    session = get_session()
    options: dict[str, Any] = {
        "region_name": region,
        "endpoint_url": endpoint_url,
        "aws_access_key_id": admin.access_key_id,
        "aws_secret_access_key": admin.secret_access_key,
        "aws_session_token": admin.session_token,
        "config": CONFIG,
    }
    async with AsyncExitStack() as stack:
        yield AwsClients(
            cloudformation=await stack.enter_async_context(session.create_client("cloudformation", **options)),
            cognito=await stack.enter_async_context(session.create_client("cognito-idp", **options)),
            dynamodb=await stack.enter_async_context(session.create_client("dynamodb", **options)),
            iam=await stack.enter_async_context(session.create_client("iam", **options)),
            kms=await stack.enter_async_context(session.create_client("kms", **options)),
            s3=await stack.enter_async_context(session.create_client("s3", **options)),
            sns=await stack.enter_async_context(session.create_client("sns", **options)),
            sqs=await stack.enter_async_context(session.create_client("sqs", **options)),
            sts=await stack.enter_async_context(session.create_client("sts", **options)),
        )
