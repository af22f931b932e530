"""Each of the four walls by itself, with the other three taken away.

The first wall's own battery is `tests/unit/shared/tenancy/test_tokens.py` and `tests/e2e/test_tokens.py`; the fourth's
is `test_table.py` (the deployed policy, asked past all of our code) and `policy/` (its text, and what it is without
each of its parts).
"""

import ast
import asyncio
import inspect
import random
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import UnionType
from typing import Any

import pytest

from luca_local.platform_process import PlatformProcess
from luca_shared.aws import AwsClient, Credentials, DynamoDB
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext, VerifiedClaims
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId, StudentId, Term
from luca_shared.tenancy.key_types import Key, Range
from luca_shared.tenancy.table import Amendment, ForeignKey, Put, TableNames, Tables, TenantTable

ROOT = Path(__file__).parents[2]
NAMES = TableNames("luca", "luca-keys", "luca-gov-sync")
ANA, TERM = StudentId("ana"), Term("2026-Q4")


def school(school_id: str) -> TenantContext:
    return TenantContext.of_directory(SchoolId(school_id), "test")


# --- The second wall alone: everybody has root's credentials, so no policy stands behind it.


async def root_for_everybody(role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:  # noqa: ARG001
    return Credentials("test", "test")


async def test_with_credentials_for_everything_the_types_still_keep_schools_apart(platform: PlatformProcess) -> None:
    run = platform.record
    async with AwsClient(region=run.region, endpoint_url=run.aws_endpoint) as client:
        dynamodb = DynamoDB(client)
        tables = Tables(dynamodb, TenantCredentials(root_for_everybody, role_arn="any"), NAMES)
        norte, other = tables.of(school("norte")), school("norte-2")
        foreign = keys.profile(other, ANA)

        # With these credentials alone, the other school's items are anybody's.
        await dynamodb.put_item("luca", {"pk": foreign.pk, "sk": foreign.sk}, credentials=Credentials("test", "test"))

        for attempt in (
            norte.get(foreign),
            norte.get_many([foreign]),
            norte.query(keys.grades_of_student(other, ANA)),
            norte.put(foreign, {}),
            norte.put(keys.profile(school("norte"), ANA), {"by_class_pk": "TENANT#norte-2#CLASS#c1"}),
            norte.delete(foreign),
            norte.transact([Put(foreign, {})], token="t"),
            norte.insert_many([(foreign, {})]),
            norte.amend_many([Amendment(foreign, sets={"note": 1}, removes=(), where={})]),
            anext(norte.items(keys.grades_of_student(other, ANA))),
        ):
            with pytest.raises(ForeignKey):
                await attempt
        assert await tables.of(other).get(foreign) is not None


def test_no_method_of_the_table_takes_a_key_as_text() -> None:
    methods = {name: each for name, each in vars(TenantTable).items() if inspect.isfunction(each) and name[0] != "_"}
    assert {
        "get",
        "get_many",
        "query",
        "put",
        "update",
        "delete",
        "transact",
        "insert_many",
        "amend_many",
        "items",
    } <= methods.keys()
    texts = {
        f"{name}({parameter})"
        for name, method in methods.items()
        for parameter, kind in typing.get_type_hints(method).items()
        if parameter != "return" and (kind is str or (isinstance(kind, UnionType) and str in typing.get_args(kind)))
    }
    # positions inside a range that is the school's, and a transaction's token
    assert texts == {"query(after)", "items(after)", "transact(token)"}


def test_no_key_can_be_made_without_a_context() -> None:
    builders = [each for _, each in inspect.getmembers(keys, inspect.isfunction) if each.__module__ == keys.__name__]
    no_keys = {keys.pending_shard, keys.pending_at}  # of a position in a school's own range, and back
    public = [each for each in builders if not each.__name__.startswith("_") and each not in no_keys]
    assert len(public) > 20
    for make in (*public, Key.__init__, Range.__init__):
        hints = typing.get_type_hints(make)
        assert hints["context"] is TenantContext, make
    with pytest.raises(TypeError, match="verified token"):
        TenantContext()


# Who may say on whose behalf something is done: the verifiers of tokens, the reader of the queue, and what the platform
# does by itself, school by school.
SOURCES = {
    "VerifiedClaims": {"shared/src/luca_shared/tenancy/token_claims.py"},
    "of_token": {"services/interactive/src/luca_interactive/authentication.py"},
    "of_queue_message": {"services/ingest-worker/src/luca_ingest_worker/messages.py"},
}


def calls_of(name: str) -> Iterator[str]:
    for folder in ("shared", "services", "infra"):
        for path in sorted((ROOT / folder).rglob("src/**/*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                called = node.func if isinstance(node, ast.Call) else None
                if getattr(called, "id", None) == name or getattr(called, "attr", None) == name:
                    yield str(path.relative_to(ROOT))


@pytest.mark.parametrize("source", SOURCES)
def test_a_context_has_few_sources_and_they_are_known(source: str) -> None:
    assert set(calls_of(source)) == SOURCES[source]


def test_only_what_nobody_asked_for_acts_for_a_school_of_the_directory() -> None:
    platforms_own = ("services/gov-sync/", "infra/local/", "services/interactive/src/luca_interactive/erase_school.py")
    assert all(path.startswith(platforms_own) for path in calls_of("of_directory"))


# --- The third wall alone: nobody checks keys, and no policy stands behind it; only who signs counts.


@dataclass
class EverythingAllowed:
    """AWS without IAM: it answers whoever signs, and remembers who has asked for which keys."""

    asked: list[tuple[str, str]] = field(default_factory=list)
    assumed: int = 0

    async def assume_role(self, role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:  # noqa: ARG002
        self.assumed += 1
        await asyncio.sleep(random.random() / 500)
        return Credentials(f"key-of-{tags['school_id']}", "secret")

    async def get_item(self, _table: str, key: Mapping[str, str], *, credentials: Credentials, **_: Any) -> None:
        await asyncio.sleep(random.random() / 500)
        self.asked.append((credentials.access_key_id, key["pk"]))


async def test_requests_of_a_hundred_schools_are_each_signed_as_their_own() -> None:
    aws = EverythingAllowed()
    dynamodb = typing.cast("DynamoDB", aws)
    # room for a tenth of the schools: credentials come and go all the time
    tables = Tables(dynamodb, TenantCredentials(aws.assume_role, role_arn="any", capacity=10), NAMES)
    schools = [school(f"school-{number}") for number in range(100)]

    async def read(context: TenantContext) -> None:
        try:
            async with asyncio.timeout(random.choice([0.001, 1])):
                await tables.of(context).get(keys.profile(context, ANA))
        except TimeoutError:
            pass

    async with asyncio.TaskGroup() as group:
        for context in random.choices(schools, k=2_000):
            group.create_task(read(context))
    assert len(aws.asked) > 500
    assert aws.assumed >= 100
    assert {(key.removeprefix("key-of-"), pk.split("#")[1]) for key, pk in aws.asked} == {
        (context.school_id, context.school_id) for context in schools
    }


def test_without_a_context_there_are_no_credentials() -> None:
    credentials = TenantCredentials(EverythingAllowed().assume_role, role_arn="any")
    stranger = VerifiedClaims(SchoolId("norte"), typing.cast("Any", "p1"), frozenset(), 0)
    for nobody in (None, "norte", stranger):
        with pytest.raises(TypeError, match="no tenant"):
            asyncio.run(credentials.get(typing.cast("TenantContext", nobody)))
