"""Another school's keys, ranges and index attributes at every method of the tables: nothing may leave the process."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import FrozenInstanceError, replace
from functools import partial
from types import SimpleNamespace
from typing import Any, Final, cast

from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.type_wall.builders import attributes_made, builders, keys_made, ranges_made
from luca_local.isolation.type_wall.rig import PAIRS, Rig, school
from luca_shared.aws import Update as Expression
from luca_shared.aws import absent, assign, present
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext, VerifiedClaims
from luca_shared.tenancy.ids import PersonId, SchoolId, StudentId
from luca_shared.tenancy.key_types import Key, Range, Table
from luca_shared.tenancy.ownership import ForeignKey
from luca_shared.tenancy.range_query import OutsideRange
from luca_shared.tenancy.table import Amendment, Check, Delete, Put, TenantTable, Update

Try = tuple[str, Callable[[], Awaitable[Any]]]

_TOKEN: Final = "t"  # noqa: S105  # of a transaction
_REFUSALS: Final = (ForeignKey, OutsideRange, TypeError, ValueError, AttributeError)


async def tried_keys(rig: Rig) -> list[Tried]:
    """Reach for every kind of item of another school, by every method; and for one's own."""
    found: list[Tried] = []
    for mine, theirs in PAIRS:
        table = rig.of(mine)
        for builder in keys_made():
            own, foreign = builder.of(school(mine)), builder.of(school(theirs))
            for what, call in _with_key(table, foreign, own):
                found.append(await _attempt(rig, mine, "a foreign key", f"{what} {theirs}'s {builder.name}", call))
            found.append(
                await _control(rig, mine, "a foreign key", f"{mine}'s own {builder.name}", partial(table.get, own))
            )
        for builder in ranges_made():
            for what, call in _with_range(table, builder.of(school(theirs))):
                found.append(await _attempt(rig, mine, "a foreign range", f"{what} {theirs}'s {builder.name}", call))
            own_range = partial(table.query, builder.of(school(mine)))
            found.append(await _control(rig, mine, "a foreign range", f"{mine}'s own {builder.name}", own_range))
    return found


def _with_key(table: TenantTable, key: Key, own: Key) -> Iterator[Try]:
    update = assign({"note": 1}, condition=present())
    yield "get", partial(table.get, key)
    yield "get consistently", partial(table.get, key, consistent=True)
    yield "get_many", partial(table.get_many, [key])
    yield "get_many, one's own first", partial(table.get_many, [own, key])
    yield "put", partial(table.put, key, {"note": 1})
    yield "put if absent", partial(table.put, key, {"note": 1}, condition=absent())
    yield "update", partial(table.update, key, update)
    yield "delete", partial(table.delete, key)
    for write in (Put(key, {}), Update(key, update), Delete(key), Check(key, present())):
        name = type(write).__name__
        yield f"transact {name}", partial(table.transact, [write], token=_TOKEN)
        yield f"transact {name}, after one's own", partial(table.transact, [Put(own, {}), write], token=_TOKEN)
    yield "insert_many", partial(table.insert_many, [(key, {"note": 1})])
    yield "insert_many, one's own first", partial(table.insert_many, [(own, {}), (key, {})])
    yield "amend_many", partial(table.amend_many, [Amendment(key, sets={"note": 1}, removes=(), where={})])


def _with_range(table: TenantTable, range_: Range) -> Iterator[Try]:
    async def items(**options: Any) -> None:
        async for _ in table.items(range_, **options):
            pass

    yield "query", partial(table.query, range_)
    yield "query backwards", partial(table.query, range_, limit=1, ascending=False)
    yield "items", items
    yield "items, one at a time", partial(items, at_once=1)


async def tried_index_attributes(rig: Rig) -> list[Tried]:
    """File one's own item under another school in an index, where no policy looks."""
    found: list[Tried] = []
    kind = "a foreign index attribute"
    for mine, theirs in PAIRS:
        table, own = rig.of(mine), keys.profile(school(mine), StudentId("s1"))
        for builder in attributes_made():
            attributes = builder.of(school(theirs))
            for what, call in _filing(table, own, attributes):
                found.append(await _attempt(rig, mine, kind, f"{what} by {theirs}'s {builder.name}", call))
            good = partial(table.put, own, builder.of(school(mine)))
            found.append(await _control(rig, mine, kind, f"{mine}'s own put by {builder.name}", good))
        for attribute in ("by_class_pk", "pending_pk"):
            for value in (
                f"TENANT#{theirs}#CLASS#c1", f"TENANT#{theirs}", "TENANT#", "", "x", f"tenant#{mine}#CLASS#c1",
                f" TENANT#{mine}#CLASS#c1", None, 7, [f"TENANT#{mine}#CLASS#c1"], {"S": f"TENANT#{mine}#"}, b"TENANT#",
            ):  # fmt: skip
                for what, call in _putting(table, own, {attribute: value}):
                    found.append(
                        await _attempt(rig, mine, kind, f"{what}, {attribute} as {value!r}", call, anything=True)
                    )
        for attribute in ("pk", "sk"):
            value = f"TENANT#{theirs}#STUDENT#s1"
            for what, call in _putting(table, own, {attribute: value}):
                found.append(
                    await _attempt(rig, mine, "a key among the attributes", f"{what}, {attribute}", call, anything=True)
                )
    return found


def _putting(table: TenantTable, own: Key, attributes: dict[str, Any]) -> Iterator[Try]:
    yield "put", partial(table.put, own, attributes)
    yield "insert_many", partial(table.insert_many, [(own, attributes)])
    yield "transact Put", partial(table.transact, [Put(own, attributes)], token=_TOKEN)
    yield "amend_many", partial(table.amend_many, [Amendment(own, sets=attributes, removes=(), where={})])


def _filing(table: TenantTable, own: Key, attributes: dict[str, Any]) -> Iterator[Try]:
    yield from _putting(table, own, attributes)
    (name, value), *_ = attributes.items()
    for what, update in (
        ("update", assign(attributes)),
        ("update by another placeholder", Expression("SET #a = :b", {"#a": name}, {":b": value})),
        ("update without a placeholder", Expression(f"SET {name} = :b", {}, {":b": value})),
        ("update if absent", Expression(f"SET {name} = if_not_exists({name}, :b)", {}, {":b": value})),
        ("update of two", Expression("SET #n = :n, #a = :b", {"#n": "note", "#a": name}, {":n": 1, ":b": value})),
    ):
        yield what, partial(table.update, own, update)
        yield f"transact {what}", partial(table.transact, [Update(own, update)], token=_TOKEN)


async def tried_texts_as_keys(rig: Rig) -> list[Tried]:
    """Hand the tables texts, tuples and lookalikes for keys, and no context for a context."""
    found: list[Tried] = []
    mine, theirs = PAIRS[0]
    table, foreign = rig.of(mine), keys.profile(school(theirs), StudentId("s1"))
    lookalike = SimpleNamespace(table=Table.LUCA, school_id=mine, pk=foreign.pk, sk=foreign.sk)
    past = object.__new__(Key)
    for name, value in {"table": Table.LUCA, "school_id": SchoolId(mine), "pk": foreign.pk, "sk": foreign.sk}.items():
        object.__setattr__(past, name, value)
    own = keys.profile(school(mine), StudentId("s1"))
    for what, no_key in (
        ("a text", foreign.pk), ("a pair of texts", (foreign.pk, foreign.sk)), ("a primary key", {"pk": foreign.pk}),
        ("a lookalike", lookalike), ("a key made past its constructor", past), ("nothing", None),
    ):  # fmt: skip
        for method, call in (*_with_key(table, cast("Key", no_key), own), *_with_range(table, cast("Range", no_key))):
            found.append(await _attempt(rig, mine, "no key for a key", f"{method} {what}", call))
    claims = VerifiedClaims(SchoolId(theirs), PersonId("p1"), frozenset(), 9e9)
    twin = SimpleNamespace(school_id=theirs, correlation_id="")
    for what, nobody in (("nothing", None), ("a text", theirs), ("claims", claims), ("a lookalike", twin)):
        found.append(
            _made("no context for a context", f"tables of {what}", partial(rig.tables.of, cast("Any", nobody)))
        )
    context = school(mine)
    makings: tuple[tuple[str, Callable[[], object]], ...] = (
        ("made by its constructor", TenantContext),
        ("changed by `replace`", partial(replace, context, school_id=SchoolId(theirs))),
        ("changed in place", partial(setattr, context, "school_id", SchoolId(theirs))),
    )
    for what, make in makings:
        found.append(_made("no context for a context", f"a context {what}", make))
    makings = (
        ("changed by `replace`", partial(replace, own, pk=foreign.pk)),
        ("changed in place", partial(setattr, own, "pk", foreign.pk)),
    )
    for what, make in makings:
        found.append(_made("no key for a key", f"a key {what}", make))
    return found


async def tried_positions(rig: Rig) -> list[Tried]:
    """Go on from positions that are none of a range: of other lists, of other schools, of nowhere."""
    found: list[Tried] = []
    kind = "a position outside the range"
    mine, theirs = PAIRS[0]
    table = rig.of(mine)
    for builder in ranges_made():
        range_ = builder.of(school(mine))
        for position in (
            "", "\x00", "\U0010ffff" * 300, "\ud800", f"TENANT#{theirs}#STUDENT#s1", "PROFILE", "GRADE", "GRADE#", "A",
            "ZZZ", "~", "GRADE#2026-Q4#a1#s1#x", "GRADEV#x#y#z", "2026-Q4#x", "x" * 2000, range_.low[:-1],
            range_.low + "\ud800",
        ):  # fmt: skip
            if (
                position
                and position in range_
                and range_.index is None
                and len(position.encode(errors="replace")) <= 1024
            ):
                continue  # it is one: which item is read, the partition decides
            call = partial(table.query, range_, after=position)
            what = f"{builder.name} after {ascii(position)[:40]}"
            mark = rig.mark()
            outcome = await _outcome(call)
            leaked = any(_starts_outside(each.named, range_, mine) for each in rig.since(mark))
            refused = outcome == "OutsideRange" or (bool(rig.since(mark)) and not leaked)
            found.append(Attempt(kind, what, outcome, ending(leaked=leaked, refused=refused)))
    return found


def _starts_outside(named: list[str], range_: Range, mine: str) -> bool:
    """Whether a query goes on from somewhere that the range doesn't hold, or in another school's partition."""
    partitions = [text for text in named if text.startswith("TENANT#")]
    rest = [text for text in named if not text.startswith("TENANT#")]
    foreign = any(not text.startswith(f"TENANT#{mine}#") for text in partitions)
    return foreign or not any(text in range_ for text in rest[-1:])


def tried_parts() -> list[Tried]:
    """Make keys of parts that hold the separator, so that one part would be two."""
    found: list[Tried] = []
    context = school("norte")
    for builder in builders():
        for name in builder.texts:
            for part in ("", "#", "a#b", "#a", "a#", "s1#GRADE", "TENANT#norte-2#STUDENT#s1"):
                make = partial(builder.of, context, **{name: part})
                found.append(_made("a part that is two", f"{builder.name} with {name} as {part!r}", make))
        made = builder.of(context)
        found.append(Control("a part that is two", f"{builder.name} of right parts", "made", succeeded=bool(made)))
    return found


async def _attempt(
    rig: Rig, mine: str, kind: str, what: str, call: Callable[[], Awaitable[Any]], *, anything: bool = False
) -> Attempt:
    """Try something that must not leave: anything at all, or anything that names another school."""
    mark = rig.mark()
    outcome = await _outcome(call)
    gone = rig.since(mark)
    leaked = bool(gone) if anything else any(each.schools - {mine} for each in gone)
    refused = not gone and outcome in {each.__name__ for each in _REFUSALS}
    return Attempt(kind, f"{mine}: {what}", outcome, ending(leaked=leaked, refused=refused))


async def _control(rig: Rig, mine: str, kind: str, what: str, call: Callable[[], Awaitable[Any]]) -> Control:
    mark = rig.mark()
    outcome = await _outcome(call)
    return Control(kind, what, outcome, {school for each in rig.since(mark) for school in each.schools} == {mine})


def _made(kind: str, what: str, make: Callable[[], object]) -> Attempt:
    try:
        make()
    except (*_REFUSALS, FrozenInstanceError) as refusal:
        return Attempt(kind, what, type(refusal).__name__, ending(leaked=False, refused=True))
    return Attempt(kind, what, "made", ending(leaked=True, refused=False))


async def _outcome(call: Callable[[], Awaitable[Any]]) -> str:
    try:
        await call()
    except Exception as error:  # noqa: BLE001  # whatever it is, it is told
        return type(error).__name__
    return "done"
