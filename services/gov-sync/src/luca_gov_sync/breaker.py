"""Whether the government is taken to be there, by what became of the last requests."""


class Breaker:
    """Opens after so many failures in a row, over all batches, and closes at the first answer that is none.

    While it is open nothing is sent but one probe at a time, and a batch that fails is not the batch's fault.
    """

    def __init__(self, failures: int, *, is_open: bool = False) -> None:
        if failures < 1:
            raise ValueError("a breaker opens after at least one failure")
        self._limit = failures
        self._failures = failures if is_open else 0

    @property
    def is_open(self) -> bool:
        """Whether there is an outage."""
        return self._failures >= self._limit

    def failed(self) -> bool:
        """Count a failure; return whether the outage begins with it."""
        self._failures += 1
        return self._failures == self._limit

    def succeeded(self) -> bool:
        """Count an answer; return whether an outage ends with it."""
        was_open, self._failures = self.is_open, 0
        return was_open
