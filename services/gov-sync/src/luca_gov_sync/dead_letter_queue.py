"""The dead-letter queue of the sync: which batch, of which run and school, and nothing of what is in it."""

import msgspec

from luca_gov_sync.ports import DeadLetters
from luca_shared.aws.platform_credentials import PlatformCredentials
from luca_shared.aws.sqs import Sqs
from luca_shared.records.submission import Batch
from luca_shared.tenancy.context import TenantContext


class DeadLetterQueue(DeadLetters):
    """Sends as the platform's role."""

    def __init__(self, sqs: Sqs, queue_url: str, own: PlatformCredentials) -> None:
        self._sqs = sqs
        self._queue_url = queue_url
        self._own = own

    async def put(self, context: TenantContext, batch: Batch, reason: str) -> None:
        """Put a batch there."""
        body = {
            "period": batch.period,
            "school_id": context.school_id,
            "batch_id": batch.batch_id,
            "payload_key": batch.payload_key,
            "records": len(batch.members),
            "attempts": batch.attempts,
        }
        attributes = {"reason": reason, "school_id": context.school_id, "correlation_id": context.correlation_id}
        await self._sqs.send_message(
            self._queue_url,
            msgspec.json.encode(body).decode(),
            {name: value for name, value in attributes.items() if value},
            credentials=await self._own.get(),
            correlation_id=context.correlation_id or None,
        )
