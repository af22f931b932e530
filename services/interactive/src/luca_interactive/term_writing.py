"""Setting up a term, freezing it for the government, and reopening it.

    freeze asked for   stored           last look       last grade
    |--- deadline -----|--- staleness --|--- deadline --|--- margin ---|
      freezing: no task that knows takes a grade                       frozen: no task takes one

Grades are written by tasks that remember the term: at the moment of a write it is at most `staleness` old, and the
write has until its request's deadline. So, once a freeze is stored, grades may still come for as long as both; and the
freeze itself may need a deadline to be stored. All that is counted into `frozen_from`, which is stored with the freeze:
from then on the term is frozen for whoever reads it, and nobody has to write that it is. Grades are refused from the
freeze on, wherever it is known.

`margin` is for what isn't in that sum: a task that says `frozen` by a clock that is fast, or has frozen by one that is
slow, and a write that is still on the wire when its request has been given up. All tasks need the same settings.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from luca_interactive.access import Caller
from luca_interactive.api.terms import TermAnswer, TermChange
from luca_interactive.configuration import Configuration
from luca_interactive.versioned_writing import conflict_with, store
from luca_shared.records import timestamps
from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime import problems
from luca_shared.runtime.preconditions import Create, Precondition, Replace
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.table import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeTimes:
    """What a freeze has to wait for, in seconds.

    Attributes:
        staleness: How old what is known of a term may be when a grade is written.
        deadline: How long a request may take.
        margin: How far two tasks' clocks may be apart, and how late what a request has sent may arrive.
    """

    staleness: float = 5.0
    deadline: float = 5.0
    margin: float = 5.0

    @property
    def total(self) -> float:
        """From the asking until no grade can come any more."""
        return self.deadline + self.staleness + self.deadline + self.margin


class TermWriting:
    """Changes terms, each in the school's directory too.

    Args:
        tables: Where to.
        configuration: What is remembered of terms, here.
        freeze: What a freeze has to wait for.
        now: The present, as it is stored.
    """

    def __init__(
        self,
        tables: Tables,
        configuration: Configuration,
        freeze: FreezeTimes,
        *,
        now: Callable[[], Timestamp] = timestamps.now,
    ) -> None:
        self._tables = tables
        self._configuration = configuration
        self._freeze = freeze
        self._now = now

    def shown(self, term: Term, *, to_staff: bool = True) -> TermAnswer:
        """Make an answer of a term as it is now."""
        return TermAnswer.of(term, self._now(), to_staff=to_staff)

    async def set_up(self, caller: Caller, term: TermId, change: TermChange, precondition: Precondition) -> Term:
        """Create a term, open, or change what is said of it.

        Raises:
            Problem: 412, another version stands there, or none.
        """
        match precondition:
            case Create():
                wanted = Term(
                    term=term,
                    version=1,
                    state=TermState.OPEN,
                    title=change.title,
                    changed_at=self._now(),
                    changed_by=caller.person_id,
                )
                return await self._store(caller.context, wanted, precondition)
            case Replace(version):
                current = await self._stored(caller.context, term)
                if current is None:
                    raise conflict_with(current, self.shown)
                return await self._change(caller, current, version, title=change.title)

    async def freeze(self, caller: Caller, term: TermId, reason: str, version: int) -> Term:
        """Freeze a term: it is `freezing` at once, and `frozen` once no grade can come any more.

        Raises:
            Problem: 404; 412, another version stands there; 409, it is frozen already, for another reason.
        """
        now = self._now()
        end = timestamps.moment(now) + timedelta(seconds=self._freeze.total)
        return await self._decide(
            caller, term, version, state=TermState.FREEZING, reason=reason, frozen_from=timestamps.timestamp(end)
        )

    async def reopen(self, caller: Caller, term: TermId, reason: str, version: int) -> Term:
        """Reopen a term that is freezing or frozen, whether or not the government has got grades of it.

        Raises:
            Problem: 404; 412, another version stands there; 409, it is open already, for another reason.
        """
        return await self._decide(caller, term, version, state=TermState.OPEN, reason=reason, frozen_from=None)

    async def _decide(self, caller: Caller, term: TermId, version: int, *, state: TermState, **changes: Any) -> Term:
        current = await self._stored(caller.context, term)
        if current is None:
            raise problems.not_found()
        decided = {"changed_at": self._now(), "changed_by": caller.person_id}
        return await self._change(caller, current, version, state=state, **changes, **decided)

    async def _change(self, caller: Caller, current: Term, version: int, **changes: Any) -> Term:
        wanted = replace(current, version=version + 1, **changes)
        if current.version in {version, version + 1} and _say_the_same(current, wanted):
            return current  # the request was carried out before; or there is nothing in it
        if current.version != version:
            raise conflict_with(current, self.shown)
        if "state" in changes and _is_open(current) == _is_open(wanted):
            raise problems.conflict(f"the term is {current.state_at(self._now())} already, for another reason")
        return await self._store(caller.context, wanted, Replace(version))

    async def _store(self, context: TenantContext, term: Term, precondition: Precondition) -> Term:
        places = [term.key(context), term.directory_key(context)]
        try:
            return await store(
                self._tables.of(context),
                term,
                places,
                precondition,
                read=Term.from_item,
                same=_say_the_same,
                shown=self.shown,
            )
        finally:  # also when the answer was lost: it may have been stored
            self._configuration.term_changed(context, term.term)

    async def _stored(self, context: TenantContext, term: TermId) -> Term | None:
        item = await self._tables.of(context).get(keys.term_info(context, term), consistent=True)
        return None if item is None else Term.from_item(item)


def _say_the_same(one: Term, other: Term) -> bool:
    return (one.title, _is_open(one), one.reason) == (other.title, _is_open(other), other.reason)


def _is_open(term: Term) -> bool:
    return term.state is TermState.OPEN
