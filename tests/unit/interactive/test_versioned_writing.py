"""Storing what has a version: in all places or none, over the version that was seen, and twice like once."""

from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from luca_interactive.versioned_writing import next_version, remove, store
from luca_shared.aws.errors import Unavailable
from luca_shared.records.term import Term, TermState
from luca_shared.runtime.preconditions import Create, Precondition, Replace
from luca_shared.runtime.problems import Problem
from luca_shared.tenancy.ids import Term as TermId

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

NAME = TermId("2027-Q1")


def titled(title: str, precondition: Precondition) -> Term:
    return Term(term=NAME, version=next_version(precondition), state=TermState.OPEN, title=title)


def same(one: Term, other: Term) -> bool:
    return one.title == other.title


async def put(school: "School", title: str, precondition: Precondition) -> Term:
    record = titled(title, precondition)
    table = school.table()
    places = [record.key(table.context), record.directory_key(table.context)]
    return await store(table, record, places, precondition, read=Term.from_item, same=same, shown=lambda term: term)


async def drop(school: "School", version: int) -> None:
    table = school.table()
    places = [titled("", Create()).key(table.context), titled("", Create()).directory_key(table.context)]
    await remove(table, places, version, read=Term.from_item, shown=lambda term: term)


async def stored(school: "School") -> list[Any]:
    table = school.table()
    record = titled("", Create())
    return [await table.get(record.key(table.context)), await table.get(record.directory_key(table.context))]


async def test_a_record_is_the_same_in_all_places_and_counts_its_changes(school: "School") -> None:
    assert (await put(school, "first", Create())).version == 1
    assert (await put(school, "second", Replace(1))).version == 2
    one, other = await stored(school)
    assert (one["title"], one["version"]) == (other["title"], other["version"]) == ("second", 2)


@pytest.mark.parametrize("precondition", [Create(), Replace(2)])
async def test_another_version_stands_and_is_shown(school: "School", precondition: Precondition) -> None:
    first = await put(school, "first", Create())
    with pytest.raises(Problem) as raised:
        await put(school, "other", precondition)
    assert (raised.value.status, raised.value.headers["ETag"]) == (412, '"1"')
    assert raised.value.extensions["current"] == first


async def test_there_is_nothing_to_replace(school: "School") -> None:
    with pytest.raises(Problem) as raised:
        await put(school, "first", Replace(1))
    assert (raised.value.status, raised.value.extensions["current"]) == (412, None)


async def test_the_same_twice_is_answered_like_once(school: "School") -> None:
    school.dynamodb.lost = Unavailable("TransactWriteItems", "ServiceUnavailable")
    with pytest.raises(Unavailable):
        await put(school, "first", Create())
    assert (await put(school, "first", Create())).version == 1
    second = await put(school, "second", Replace(1))
    assert await put(school, "second", Replace(1)) == second
    with pytest.raises(Problem):
        await put(school, "first", Create())  # it was so once, and is no longer


async def test_one_place_that_is_otherwise_keeps_the_others_as_they_are(school: "School") -> None:
    table = school.table()
    stray = replace(titled("stray", Create()), version=7)
    await table.put(stray.directory_key(table.context), stray.to_item())
    with pytest.raises(Problem):
        await put(school, "first", Create())
    assert (await stored(school))[0] is None


async def test_a_version_is_removed_from_all_places(school: "School") -> None:
    await put(school, "first", Create())
    with pytest.raises(Problem) as raised:
        await drop(school, 2)
    assert raised.value.status == 412
    await drop(school, 1)
    assert await stored(school) == [None, None]
    with pytest.raises(Problem) as raised:
        await drop(school, 1)
    assert raised.value.status == 404
