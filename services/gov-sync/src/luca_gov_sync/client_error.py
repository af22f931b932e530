"""ClientError: one record alone that the government refuses; the grade says so, and its 99 companions are through."""

import msgspec

from luca_shared.records.submission import Batch, BatchState, Refusal


def refused_alone(batch: Batch, code: str) -> Batch:
    """Return a batch of one record with the outcome of its sending: from here on it is not sent again.

    That it has no digest says that the government has received nothing of it.
    """
    return msgspec.structs.replace(
        batch, state=BatchState.MARK_SYNCED, refused=(Refusal(member=0, code=code),), digest=None
    )
