"""Deletes from the queue what is durable."""

import asyncio
import logging

from luca_ingest_worker import metrics
from luca_ingest_worker.acknowledgement import Delivery, Ledger
from luca_ingest_worker.events_queue import EventsQueue
from luca_ingest_worker.tens import next_entries
from luca_shared.aws.errors import AwsError
from luca_shared.runtime.log_values import Public

_log = logging.getLogger(__name__)


class Deletions:
    """Deletes messages ten at a time. One that could not be deleted comes again, and is then a duplicate."""

    def __init__(self, queue: EventsQueue, ledger: Ledger) -> None:
        self._queue = queue
        self._ledger = ledger

    async def run(self) -> None:
        """Delete what the ledger says is deletable, until cancelled."""
        async with asyncio.TaskGroup() as calls:
            while True:
                deliveries = await next_entries(self._ledger.deletable)
                calls.create_task(self._delete(deliveries))

    async def _delete(self, deliveries: list[Delivery]) -> None:
        try:
            failed = len(await self._queue.delete([delivery.handle for delivery in deliveries]))
        except AwsError as error:
            _log.warning("messages were not deleted", extra={"code": Public(error.code), "messages": len(deliveries)})
            failed = len(deliveries)
        metrics.DELETED.inc(len(deliveries) - failed)
        metrics.NOT_DELETED.inc(failed)
        now = asyncio.get_running_loop().time()
        for delivery in deliveries:
            metrics.AGE.observe(now - delivery.received_at)
            self._ledger.close(delivery)
