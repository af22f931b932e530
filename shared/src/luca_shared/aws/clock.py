"""This machine's clock as AWS sees it, so that a wrong clock doesn't make every signature wrong."""

import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime

from luca_shared.aws.errors import AwsError

_SKEW_CODES = frozenset(
    {
        "InvalidSignatureException",  # DynamoDB's and SQS's "Signature expired" and "Signature not yet current"
        "RequestExpired",
        "RequestInTheFuture",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
    }
)
_TOLERANCE = 60.0
"""Seconds. AWS allows 5 minutes, and says the time to the second: less than this was not what it objected to."""


class CorrectedClock:
    """The time for signatures: the machine's, plus what AWS's `Date` headers have taught."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self.offset = 0.0
        """Seconds to add to the machine's time."""

    def time(self) -> float:
        """Seconds since the epoch."""
        return self._now() + self.offset

    def corrected_by(self, error: AwsError, date: str | None, signed_at: float) -> bool:
        """Learn from a refused signature; True when its time was the fault, so that a new one may be accepted.

        `date` is the answer's `Date` header, `signed_at` the time that the refused signature named.
        """
        if error.code not in _SKEW_CODES or date is None:
            return False
        try:
            theirs = parsedate_to_datetime(date).timestamp()
        except ValueError:
            return False
        if abs(theirs - signed_at) <= _TOLERANCE:
            return False
        self.offset = theirs - self._now()
        return True
