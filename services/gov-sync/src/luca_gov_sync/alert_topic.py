"""The operators' topic. An alert that can't be published is logged, and what it tells of goes on."""

import logging
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

import msgspec
from aiobotocore.config import AioConfig
from aiobotocore.session import get_session
from botocore.exceptions import BotoCoreError, ClientError

from luca_gov_sync.ports import AlertKind, Alerts
from luca_shared.tenancy.ids import Term

if TYPE_CHECKING:  # its stubs are installed for development only
    from types_aiobotocore_sns.client import SNSClient

_log = logging.getLogger(__name__)

_SUBJECTS: Final = {
    AlertKind.DEAD_LETTER: "a batch is among the dead letters",
    AlertKind.OUTAGE: "the government does not answer; sending pauses",
    AlertKind.OUTAGE_OVER: "the government answers again",
    AlertKind.HALTED: "CRITICAL: halted until an operator resumes it",
    AlertKind.TIMED_OUT: "CRITICAL: not finished before the deadline",
    AlertKind.INCOMPLETE: "CRITICAL: finished, but the government does not hold everything",
    AlertKind.COMPLETED: "complete",
}
_SUBJECT_LENGTH: Final = 99  # SNS's limit is 100


class AlertTopic(Alerts):
    """Publishes as the platform's role; an async context manager that owns its connections."""

    def __init__(self, *, region: str, endpoint_url: str | None, topic_arn: str) -> None:
        self._region = region
        self._endpoint_url = endpoint_url
        self._topic_arn = topic_arn
        self._owned = AsyncExitStack()
        self._sns: SNSClient | None = None

    async def __aenter__(self) -> Self:
        config = AioConfig(
            connect_timeout=5,
            read_timeout=10,
            retries={"mode": "standard", "total_max_attempts": 4},  # set outright: botocore's defaults may change
        )
        client = get_session().create_client(
            "sns", region_name=self._region, endpoint_url=self._endpoint_url, config=config
        )
        self._sns = await self._owned.enter_async_context(client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._owned.aclose()

    async def tell(self, kind: AlertKind, period: Term, **facts: str | int) -> None:
        """Publish."""
        if self._sns is None:
            raise RuntimeError("the topic is not open")
        message = {"service": "gov-sync", "kind": kind.value, "period": period, **facts}
        subject = f"Luca gov-sync {period}: {_SUBJECTS[kind]}"
        try:
            await self._sns.publish(
                TopicArn=self._topic_arn,
                Subject=subject[:_SUBJECT_LENGTH],
                Message=msgspec.json.format(msgspec.json.encode(message)).decode(),
                MessageAttributes={"kind": {"DataType": "String", "StringValue": kind.value}},
            )
        except (BotoCoreError, ClientError, OSError, TimeoutError):
            _log.exception("an alert could not be published", extra={"kind": kind})
