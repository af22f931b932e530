"""Reading a behavior profile, from a bounded number of events of each day.

Few events are one query. A query ends at 2,001 events or at 1 MB, wherever that is; the next one goes on from there,
and gets no more of that day than there is left to get. One event beyond the 2,000 shows that a day has more: what it
has is skipped, and the next query begins with the next day.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from luca_interactive.api.behavior import BehaviorAnswer
from luca_interactive.behavior import Tally
from luca_shared.aws.attributes import Item
from luca_shared.records.event import Event
from luca_shared.records.timestamps import Timestamp, moment
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.table import RangePage, TenantTable

MOST_OF_A_DAY: Final = 2_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """What a query reads: from a day to the last, after a position (None: from its beginning), so many at most."""

    first_day: date
    after: str | None
    limit: int


class CappedReading:
    """Says which stretch of the days to read next, and which of the events read count.

    Attributes:
        next: None when everything has been read.
        capped_days: The days that have more than `most` events.
    """

    def __init__(self, first_day: date, last_day: date, *, most: int = MOST_OF_A_DAY) -> None:
        self._last_day = last_day
        self._most = most
        self._day = first_day  # of the event read last
        self._read = 0  # of that day
        self.next: Stretch | None = Stretch(first_day, None, most + 1)
        self.capped_days: list[date] = []

    def take(self, page: RangePage[Item]) -> list[Item]:
        """Return the events that count of the page that the next stretch gave, and go on."""
        taken = [item for item in page.items if self._counts(item)]
        self.next = None if self.next is None or page.after is None else self._following(self.next, page.after)
        return taken

    def _counts(self, item: Item) -> bool:
        day = date.fromisoformat(item["sk"].split("#")[1])  # the key's, by which it was read
        if day != self._day:
            self._day, self._read = day, 0
        self._read += 1
        if self._read == self._most + 1:
            self.capped_days.append(day)
        return self._read <= self._most

    def _following(self, stretch: Stretch, after: str) -> Stretch | None:
        if self._read <= self._most:
            return Stretch(stretch.first_day, after, self._most + 1 - self._read)
        next_day = self._day + timedelta(days=1)
        return Stretch(next_day, None, self._most + 1) if next_day <= self._last_day else None


async def read_behavior(table: TenantTable, student_id: StudentId, now: Timestamp) -> BehaviorAnswer:
    """Read a student's behavior profile as it is now."""
    tally = Tally(moment(now))
    reading = CappedReading(tally.first_day, tally.last_day)
    while (stretch := reading.next) is not None:
        first_day, last_day = stretch.first_day.isoformat(), tally.last_day.isoformat()
        days = keys.events_of_student(table.context, student_id, first_day, last_day)
        page = await table.query(days, limit=stretch.limit, after=stretch.after)
        for item in reading.take(page):
            tally.add(Event.from_item(item))
    return tally.profile(student_id, reading.capped_days)
