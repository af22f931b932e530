"""The tables themselves, past every service: all kinds of items, in every way, with another school's credentials.

Which kinds there are is seen from the tables: of each, a real item is taken. So a kind that is new is tried, too.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from luca_local.demo.evidence.attempts import Attempt, Control
from luca_local.demo.intruder.requests_to_items import LET_THROUGH, Reach, at_everything, at_item, at_partition
from luca_shared.aws import AwsClient, AwsError, Credentials, Item, Service

_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException"})
_AT_ONCE: Final = 8
_INDEXES: Final = ("by_class", "pending", "open")


@dataclass(frozen=True, slots=True)
class Told:
    """What AWS answered: its code, "OK" when it had nothing against it, and the rest as text."""

    code: str
    text: str


def samples(tables: Mapping[str, Iterable[Item]]) -> dict[str, list[tuple[str, Item]]]:
    """Return, by school, one item of each kind that it has, with the name of its table.

    What is no school's (the directory, the state of a run) is under the name of the platform, "".
    """
    found: dict[str, dict[tuple[str, ...], tuple[str, Item]]] = {}
    for table, items in tables.items():
        for item in items:
            parts = str(item["pk"]).split("#")
            school_id = parts[1] if parts[0] == "TENANT" else ""
            kind = (table, parts[0], *parts[2:3], str(item["sk"]).split("#")[0])
            found.setdefault(school_id, {}).setdefault(kind, (table, item))
    return {school_id: list(kinds.values()) for school_id, kinds in found.items()}


def one_of_each_table(items: Iterable[tuple[str, Item]]) -> list[tuple[str, Item]]:
    """Return the first item of each table."""
    return list({table: (table, item) for table, item in reversed(list(items))}.values())


def reaches(items: Iterable[tuple[str, Item]]) -> Iterator[Reach]:
    """Return every way to get at these items, and at the partitions of indexes that they are in."""
    for table, item in items:
        yield from at_item(table, item)
        for index in _INDEXES:
            if f"{index}_pk" in item:
                yield from at_partition(table, f"{index}_pk", str(item[f"{index}_pk"]), index)


async def attempts(
    client: AwsClient, credentials: Credentials, mine: str, target: str, items: Iterable[tuple[str, Item]]
) -> list[Attempt]:
    """Try everything at these items of another school with a school's credentials."""

    async def one(reach: Reach) -> Attempt:
        told = await _tell(client, credentials, reach)
        return Attempt(
            surface="table",
            school_id=mine,
            target=target,
            what=reach.what,
            outcome=told.code,
            succeeded=told.code in LET_THROUGH,
            refused=told.code in _DENIED,
            got=told.text,
        )

    tables = sorted({table for table, _ in items})
    everything = [reach for table in tables for reach in at_everything(table)]
    return await _all(one, [*reaches(items), *everything])


async def controls(
    client: AwsClient, credentials: Credentials, school_id: str, items: Iterable[tuple[str, Item]]
) -> list[Control]:
    """Make the same requests with the school's own credentials: each has to get as far as the item.

    Transactions of statements are made of one item only: for each, the emulator copies the whole table.
    """

    async def one(reach: Reach) -> Control:
        told = await _tell(client, credentials, reach)
        return Control(f"{school_id}'s own {reach.what}", told.code, told.code in LET_THROUGH)

    slow: dict[str, Reach] = {}
    quick: list[Reach] = []
    for reach in reaches(items):
        if reach.operation == "ExecuteTransaction":
            slow.setdefault(reach.form, reach)
        else:
            quick.append(reach)
    return await _all(one, [*quick, *slow.values()])


async def _all(one: Callable[[Reach], Awaitable[Any]], tried: Iterable[Reach]) -> list[Any]:
    turnstile = asyncio.Semaphore(_AT_ONCE)

    async def limited(reach: Reach) -> Any:
        async with turnstile:
            return await one(reach)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(limited(reach)) for reach in tried]
    return [task.result() for task in tasks]


async def _tell(client: AwsClient, credentials: Credentials, reach: Reach) -> Told:
    try:
        answer = await client.call(Service.DYNAMODB, reach.operation, reach.request, credentials=credentials)
    except AwsError as error:
        return Told(error.code, "")
    text = json.dumps(answer, ensure_ascii=False)
    for response in answer.get("Responses", ()) if reach.operation == "BatchExecuteStatement" else ():
        if "Error" in response:  # HTTP says 200 whatever becomes of a statement
            return Told(response["Error"]["Code"], text)
    return Told("OK", text)
