"""How long an AWS call may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds.

    Attributes:
        connect: For a new connection, TLS included.
        read: Between two reads of an answer, the wait for its first byte included.
        total: For the whole call with all its retries and the waits between them.
    """

    connect: float = 1.0
    read: float = 2.0
    total: float = 4.5

    def __post_init__(self) -> None:
        if not (self.connect > 0 and self.read > 0 and self.total > 0):
            raise ValueError("time-outs are positive")
