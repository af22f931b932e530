"""One's own items filed under another school in an index: there no policy looks, so only this wall does."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from luca_local.isolation.attempts import Tried
from luca_local.isolation.type_wall.builders import attributes_made
from luca_local.isolation.type_wall.rig import PAIRS, Rig, school
from luca_local.isolation.type_wall.trying import TOKEN, Try, attempt, control
from luca_shared.aws import Update as Expression
from luca_shared.aws import assign
from luca_shared.tenancy import keys
from luca_shared.tenancy.ids import StudentId
from luca_shared.tenancy.key_types import Key
from luca_shared.tenancy.table import Amendment, Put, TenantTable, Update


async def tried_index_attributes(rig: Rig) -> list[Tried]:
    """File them by every write, in every form that an expression has; and give them another key altogether."""
    found: list[Tried] = []
    kind = "a foreign index attribute"
    for mine, theirs in PAIRS:
        table, own = rig.of(mine), keys.profile(school(mine), StudentId("s1"))
        for builder in attributes_made():
            attributes = builder.of(school(theirs))
            for what, call in _filing(table, own, attributes):
                found.append(await attempt(rig, mine, kind, f"{what} by {theirs}'s {builder.name}", call))
            good = partial(table.put, own, builder.of(school(mine)))
            found.append(await control(rig, mine, kind, f"{mine}'s own put by {builder.name}", good))
        for attribute in ("by_class_pk", "pending_pk"):
            for value in (
                f"TENANT#{theirs}#CLASS#c1", f"TENANT#{theirs}", "TENANT#", "", "x", f"tenant#{mine}#CLASS#c1",
                f" TENANT#{mine}#CLASS#c1", None, 7, [f"TENANT#{mine}#CLASS#c1"], {"S": f"TENANT#{mine}#"}, b"TENANT#",
            ):  # fmt: skip
                for what, call in _putting(table, own, {attribute: value}):
                    found.append(
                        await attempt(rig, mine, kind, f"{what}, {attribute} as {value!r}", call, anything=True)
                    )
        for attribute in ("pk", "sk"):
            value = f"TENANT#{theirs}#STUDENT#s1"
            for what, call in _putting(table, own, {attribute: value}):
                found.append(
                    await attempt(rig, mine, "a key among the attributes", f"{what}, {attribute}", call, anything=True)
                )
    return found


def _putting(table: TenantTable, own: Key, attributes: dict[str, Any]) -> Iterator[Try]:
    yield "put", partial(table.put, own, attributes)
    yield "insert_many", partial(table.insert_many, [(own, attributes)])
    yield "transact Put", partial(table.transact, [Put(own, attributes)], token=TOKEN)
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
        yield f"transact {what}", partial(table.transact, [Update(own, update)], token=TOKEN)
