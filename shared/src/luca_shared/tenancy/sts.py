"""STS's AssumeRole through aiobotocore: the one call for a school that the service's own credentials sign."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession, get_session
from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError, NoCredentialsError

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import (
    AccessDenied,
    AwsError,
    CredentialsRejected,
    NoCredentials,
    Rejected,
    Throttled,
    Unavailable,
)

if TYPE_CHECKING:  # its stubs are installed for development only
    from types_aiobotocore_sts.client import STSClient

_OPERATION: Final = "AssumeRole"
# A role assumed from a role's session, as here, lasts an hour at most (IAM user guide, "role chaining").
_DURATION_SECONDS: Final = 3600
_KINDS: Final[Mapping[str, type[AwsError]]] = {
    "AccessDenied": AccessDenied,
    "ExpiredToken": CredentialsRejected,
    "ExpiredTokenException": CredentialsRejected,
    "InvalidClientTokenId": CredentialsRejected,
    "RequestLimitExceeded": Throttled,
    "SignatureDoesNotMatch": CredentialsRejected,
    "Throttling": Throttled,
    "ThrottlingException": Throttled,
}


class StsAssumeRole:
    """An `AssumeRole`; an async context manager that owns its connections.

    It signs with the process's own credentials, found and kept fresh by botocore's provider chain.

    Args:
        region: Whose regional endpoint answers.
        endpoint_url: Where an emulator answers; None for AWS's own address.
        session: Another source of the process's own credentials.
        connect_timeout: Seconds.
        read_timeout: Seconds.
    """

    def __init__(
        self,
        *,
        region: str,
        endpoint_url: str | None = None,
        session: AioSession | None = None,
        connect_timeout: float = 1.0,
        read_timeout: float = 2.0,
    ) -> None:
        self._session = session or get_session()
        self._region = region
        self._endpoint_url = endpoint_url
        self._config = AioConfig(
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            retries={"mode": "standard", "total_max_attempts": 2},  # both named: botocore's defaults are changing
            max_pool_connections=32,
        )
        self._open = AsyncExitStack()
        self._client: STSClient | None = None

    async def __aenter__(self) -> Self:
        self._client = await self._open.enter_async_context(
            self._session.create_client(
                "sts", region_name=self._region, endpoint_url=self._endpoint_url, config=self._config
            )
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client = None
        await self._open.aclose()

    async def __call__(self, role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
        """Return credentials of a new session of the role that carries the tags.

        Raises:
            AwsError: STS did not give them.
        """
        if self._client is None:
            raise RuntimeError("used outside of its `async with` block")
        try:
            answer = await self._client.assume_role(
                RoleArn=role_arn,
                RoleSessionName=session_name,
                Tags=[{"Key": name, "Value": value} for name, value in tags.items()],
                DurationSeconds=_DURATION_SECONDS,
            )
        except ClientError as error:
            raise _from_answer(error) from error
        except (NoCredentialsError, CredentialRetrievalError) as error:
            raise NoCredentials(_OPERATION, type(error).__name__) from error
        except (BotoCoreError, OSError, TimeoutError) as error:
            raise Unavailable(_OPERATION, type(error).__name__) from error
        given = answer["Credentials"]
        return Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], given["Expiration"])


def _from_answer(error: ClientError) -> AwsError:
    code = error.response.get("Error", {}).get("Code", "Unknown")
    metadata = error.response.get("ResponseMetadata", {})
    kind = _KINDS.get(code) or (Unavailable if metadata.get("HTTPStatusCode", 500) >= 500 else Rejected)
    return kind(_OPERATION, code, metadata.get("RequestId"))
