"""Another school's keys and ranges at every method of the tables: nothing may leave the process."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from luca_local.isolation.attempts import Tried
from luca_local.isolation.type_wall.builders import keys_made, ranges_made
from luca_local.isolation.type_wall.rig import PAIRS, Rig, school
from luca_local.isolation.type_wall.trying import TOKEN, Try, attempt, control
from luca_shared.aws import absent, assign, present
from luca_shared.records.grade import Grade
from luca_shared.records.wire import item_type
from luca_shared.tenancy.key_types import Key, Range
from luca_shared.tenancy.table import Amendment, Check, Delete, Put, TenantTable, Update


async def tried_keys(rig: Rig) -> list[Tried]:
    """Reach for every kind of item of another school, by every method; and for one's own."""
    found: list[Tried] = []
    for mine, theirs in PAIRS:
        table = rig.of(mine)
        for builder in keys_made():
            own, foreign = builder.of(school(mine)), builder.of(school(theirs))
            for what, call in with_key(table, foreign, own):
                found.append(await attempt(rig, mine, "a foreign key", f"{what} {theirs}'s {builder.name}", call))
            found.append(
                await control(rig, mine, "a foreign key", f"{mine}'s own {builder.name}", partial(table.get, own))
            )
        for builder in ranges_made():
            for what, call in with_range(table, builder.of(school(theirs))):
                found.append(await attempt(rig, mine, "a foreign range", f"{what} {theirs}'s {builder.name}", call))
            own_range = partial(table.query, builder.of(school(mine)))
            found.append(await control(rig, mine, "a foreign range", f"{mine}'s own {builder.name}", own_range))
    return found


def with_key(table: TenantTable, key: Key, own: Key) -> Iterator[Try]:
    """Return every method that takes a key, with one; `own` is another that the school may use."""
    update = assign({"note": 1}, condition=present())
    yield "get", partial(table.get, key)
    yield "get consistently", partial(table.get, key, consistent=True)
    yield "get_many", partial(table.get_many, [key])
    yield "get_many, one's own first", partial(table.get_many, [own, key])
    yield "read_many", partial(table.read_many, [key], item_type(Grade))
    yield "read_many, one's own first", partial(table.read_many, [own, key], item_type(Grade))
    yield "put", partial(table.put, key, {"note": 1})
    yield "put if absent", partial(table.put, key, {"note": 1}, condition=absent())
    yield "update", partial(table.update, key, update)
    yield "delete", partial(table.delete, key)
    for write in (Put(key, {}), Update(key, update), Delete(key), Check(key, present())):
        name = type(write).__name__
        yield f"transact {name}", partial(table.transact, [write], token=TOKEN)
        yield f"transact {name}, after one's own", partial(table.transact, [Put(own, {}), write], token=TOKEN)
    yield "insert_many", partial(table.insert_many, [(key, {"note": 1})])
    yield "insert_many, one's own first", partial(table.insert_many, [(own, {}), (key, {})])
    yield "amend_many", partial(table.amend_many, [Amendment(key, sets={"note": 1}, removes=(), where={})])


def with_range(table: TenantTable, range_: Range) -> Iterator[Try]:
    """Return every method that takes a range, with one."""

    async def items(**options: Any) -> None:
        async for _ in table.items(range_, **options):
            pass

    yield "query", partial(table.query, range_)
    yield "query backwards", partial(table.query, range_, limit=1, ascending=False)
    yield "read", partial(table.read, range_, item_type(Grade))
    yield "items", items
    yield "items, one at a time", partial(items, at_once=1)
