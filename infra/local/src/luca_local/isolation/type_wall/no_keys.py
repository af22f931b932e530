"""Texts, lookalikes and changed copies where a key or a context is wanted, and keys made of parts that are two."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

from luca_local.isolation.attempts import Control, Tried
from luca_local.isolation.type_wall.builders import builders
from luca_local.isolation.type_wall.foreign_keys import with_key, with_range
from luca_local.isolation.type_wall.rig import PAIRS, Rig, school
from luca_local.isolation.type_wall.trying import attempt, made
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext, VerifiedClaims
from luca_shared.tenancy.ids import PersonId, SchoolId, StudentId
from luca_shared.tenancy.key_types import Key, Range, Table


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
        for method, call in (*with_key(table, cast("Key", no_key), own), *with_range(table, cast("Range", no_key))):
            found.append(await attempt(rig, mine, "no key for a key", f"{method} {what}", call))
    claims = VerifiedClaims(SchoolId(theirs), PersonId("p1"), frozenset(), 9e9)
    twin = SimpleNamespace(school_id=theirs, correlation_id="")
    for what, nobody in (("nothing", None), ("a text", theirs), ("claims", claims), ("a lookalike", twin)):
        found.append(made("no context for a context", f"tables of {what}", partial(rig.tables.of, cast("Any", nobody))))
    context = school(mine)
    makings: tuple[tuple[str, Callable[[], object]], ...] = (
        ("made by its constructor", TenantContext),
        ("changed by `replace`", partial(replace, context, school_id=SchoolId(theirs))),
        ("changed in place", partial(setattr, context, "school_id", SchoolId(theirs))),
    )
    for what, make in makings:
        found.append(made("no context for a context", f"a context {what}", make))
    makings = (
        ("changed by `replace`", partial(replace, own, pk=foreign.pk)),
        ("changed in place", partial(setattr, own, "pk", foreign.pk)),
    )
    for what, make in makings:
        found.append(made("no key for a key", f"a key {what}", make))
    return found


def tried_parts() -> list[Tried]:
    """Make keys of parts that hold the separator, so that one part would be two."""
    found: list[Tried] = []
    context = school("norte")
    for builder in builders():
        for name in builder.texts:
            for part in ("", "#", "a#b", "#a", "a#", "s1#GRADE", "TENANT#norte-2#STUDENT#s1"):
                make = partial(builder.of, context, **{name: part})
                found.append(made("a part that is two", f"{builder.name} with {name} as {part!r}", make))
        right = builder.of(context)
        found.append(Control("a part that is two", f"{builder.name} of right parts", "made", succeeded=bool(right)))
    return found
