"""One piece of work at a time for each key: whoever asks while it is under way shares its outcome.

There is no task behind it. The first who asks does the work, inside his or her own deadline; when that one is
cancelled, one of those who wait does it again. So nothing outlives its askers, and no asker is lost with another.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class SingleFlight(Generic[Key, Result]):
    """Work under way, by key."""

    def __init__(self) -> None:
        # A flight ends with its result in a tuple, with its error, or with None when who flew it was cancelled.
        self._flights: dict[Key, asyncio.Future[tuple[Result] | None]] = {}

    def __contains__(self, key: Key) -> bool:
        return key in self._flights

    async def run(self, key: Key, work: Callable[[], Awaitable[Result]]) -> Result:
        """Return the outcome of the work under way for `key`, else of `work`; its error is everybody's who waited."""
        while (flight := self._flights.get(key)) is not None:
            outcome = await asyncio.shield(flight)  # cancelling one who waits must not end the flight
            if outcome is not None:
                return outcome[0]
        return await self._fly(key, work)

    async def _fly(self, key: Key, work: Callable[[], Awaitable[Result]]) -> Result:
        flight = self._flights[key] = asyncio.get_running_loop().create_future()
        try:
            result = await work()
        except Exception as error:
            flight.set_exception(error)
            flight.exception()  # so that asyncio doesn't complain when nobody waited
            raise
        else:
            flight.set_result((result,))
            return result
        finally:
            del self._flights[key]
            if not flight.done():
                flight.set_result(None)
