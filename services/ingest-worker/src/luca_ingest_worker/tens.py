"""Entries for SQS's batch calls, which take ten."""

import asyncio
from typing import TypeVar

from luca_shared.aws.sqs import BATCH_MESSAGES

T = TypeVar("T")

LINGER = 0.1
"""Seconds that an entry waits for others: a call for each ten instead of one for each."""


async def next_entries(queue: asyncio.Queue[T], *, linger: float = LINGER) -> list[T]:
    """Wait for an entry; return it with those that are there or come soon, at most ten."""
    entries = [await queue.get()]
    try:
        async with asyncio.timeout(linger):
            while len(entries) < BATCH_MESSAGES:
                entries.append(queue.get_nowait() if queue.qsize() else await queue.get())
    except TimeoutError:
        pass
    return entries
