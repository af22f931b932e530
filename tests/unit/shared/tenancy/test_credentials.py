"""Each school's credentials: its own, one AssumeRole at a time, renewed in time, and no more of them than allowed."""

import asyncio
import contextlib
import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import ConditionFailed, CredentialsRejected, Throttled, Unavailable
from luca_shared.tenancy.context import TenantContext, VerifiedClaims
from luca_shared.tenancy.credentials import TenantCredentials, session_name
from luca_shared.tenancy.ids import InvalidId, PersonId, SchoolId

ActAs = Callable[[str], TenantContext]
ROLE = "arn:aws:iam::000000000000:role/luca-tenant"
LIFETIME = 3600


@pytest.fixture
def credentials(sts: Any, clock: Any) -> TenantCredentials:
    sts.expires_at = lambda: datetime.fromtimestamp(clock.now + LIFETIME, UTC)
    return TenantCredentials(sts, role_arn=ROLE, clock=clock, chance=lambda: 0.0)


async def test_a_school_is_named_in_the_tag_and_in_nothing_else(
    credentials: TenantCredentials, sts: Any, act_as: ActAs
) -> None:
    await credentials.get(act_as("norte"))
    assert sts.calls == [(ROLE, {"school_id": "norte"}, "luca-norte")]


async def test_credentials_are_reused_until_they_are_due(
    credentials: TenantCredentials, sts: Any, clock: Any, act_as: ActAs
) -> None:
    first = await credentials.get(act_as("norte"))
    clock.pass_(LIFETIME - 301)
    assert await credentials.get(act_as("norte")) is first
    clock.pass_(1)
    assert await credentials.get(act_as("norte")) is not first
    assert len(sts.calls) == 2


async def test_schools_never_get_each_others(credentials: TenantCredentials, act_as: ActAs) -> None:
    assert (await credentials.get(act_as("norte"))).access_key_id.startswith("norte:")
    assert (await credentials.get(act_as("norte-2"))).access_key_id.startswith("norte-2:")
    assert (await credentials.get(act_as("norte"))).access_key_id.startswith("norte:")


@given(seed=st.integers(0, 2**32))
async def test_a_hundred_schools_interleaved_and_cancelled_get_their_own(act_as: ActAs, seed: int) -> None:
    chance = random.Random(seed)
    under_way: dict[str, int] = {}

    async def assume(role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:
        school = tags["school_id"]
        assert (role_arn, session_name) == (ROLE, f"luca-{school}")
        under_way[school] = under_way.get(school, 0) + 1
        assert under_way[school] == 1  # one flight a school
        try:
            for _turn in range(chance.randrange(4)):
                await asyncio.sleep(0)
            if chance.random() < 0.1:
                raise Unavailable("AssumeRole", "Timeout")
            return Credentials(school, "secret")
        finally:
            under_way[school] -= 1

    credentials = TenantCredentials(assume, role_arn=ROLE, capacity=chance.randrange(1, 120), chance=chance.random)

    async def ask(school: str) -> None:
        with contextlib.suppress(Unavailable):
            assert (await credentials.get(act_as(school))).access_key_id == school

    async with asyncio.TaskGroup() as tasks:
        for _ in range(300):
            asker = tasks.create_task(ask(f"s{chance.randrange(100)}"))
            if chance.random() < 0.2:
                asyncio.get_running_loop().call_soon(asker.cancel)
            if chance.random() < 0.3:
                await asyncio.sleep(0)


async def test_many_askers_make_one_call_that_survives_the_first_ones_cancellation(
    credentials: TenantCredentials, sts: Any, act_as: ActAs
) -> None:
    sts.turns = 5
    askers = [asyncio.create_task(credentials.get(act_as("norte"))) for _ in range(20)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    askers[0].cancel()
    outcomes = await asyncio.gather(*askers, return_exceptions=True)
    assert isinstance(outcomes[0], asyncio.CancelledError)
    assert all(isinstance(outcome, Credentials) for outcome in outcomes[1:])
    assert sts.most_under_way == 1
    assert len(sts.calls) == 2  # the cancelled one, and that of one who waited


async def test_while_one_asker_renews_the_others_use_the_old_ones(
    credentials: TenantCredentials, sts: Any, clock: Any, act_as: ActAs
) -> None:
    old = await credentials.get(act_as("norte"))
    clock.pass_(LIFETIME - 300)
    sts.turns = 5
    renewing = asyncio.create_task(credentials.get(act_as("norte")))
    await asyncio.sleep(0)
    assert await credentials.get(act_as("norte")) is old
    assert await renewing is not old
    assert len(sts.calls) == 2


async def test_a_failed_renewal_leaves_the_old_ones_in_use_and_is_not_repeated_at_once(
    credentials: TenantCredentials, sts: Any, clock: Any, act_as: ActAs
) -> None:
    old = await credentials.get(act_as("norte"))
    sts.error = Throttled("AssumeRole", "Throttling")
    clock.pass_(LIFETIME - 300)
    for _ in range(10):
        assert await credentials.get(act_as("norte")) is old
    assert len(sts.calls) == 2
    clock.pass_(15)
    assert await credentials.get(act_as("norte")) is old
    assert len(sts.calls) == 3
    clock.pass_(300 - 15 - 10)
    with pytest.raises(Throttled):  # they are too near their end
        await credentials.get(act_as("norte"))


async def test_a_failure_is_told_to_all_who_waited_and_not_remembered(
    credentials: TenantCredentials, sts: Any, act_as: ActAs
) -> None:
    sts.error, sts.turns = Unavailable("AssumeRole", "Timeout"), 3
    outcomes = await asyncio.gather(*(credentials.get(act_as("norte")) for _ in range(10)), return_exceptions=True)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    assert len(sts.calls) == 1
    sts.error = None
    assert (await credentials.get(act_as("norte"))).access_key_id == "norte:2"


async def test_renewals_are_spread_by_chance(sts: Any, clock: Any, act_as: ActAs) -> None:
    sts.expires_at = lambda: datetime.fromtimestamp(clock.now + LIFETIME, UTC)
    early = TenantCredentials(sts, role_arn=ROLE, clock=clock, chance=lambda: 0.999)
    await early.get(act_as("norte"))
    clock.pass_(LIFETIME - 355)
    await early.get(act_as("norte"))
    assert len(sts.calls) == 2


async def test_short_lived_credentials_are_not_renewed_at_every_request(sts: Any, clock: Any, act_as: ActAs) -> None:
    sts.expires_at = lambda: datetime.fromtimestamp(clock.now + 120, UTC)
    credentials = TenantCredentials(sts, role_arn=ROLE, clock=clock)
    for _ in range(20):
        await credentials.get(act_as("norte"))
        clock.pass_(1)
    assert len(sts.calls) == 1


async def test_the_least_recently_used_school_goes_first(sts: Any, act_as: ActAs) -> None:
    credentials = TenantCredentials(sts, role_arn=ROLE, capacity=2)
    for school in ("a", "b", "a", "c", "a"):
        await credentials.get(act_as(school))
    assert [tags["school_id"] for _, tags, _ in sts.calls] == ["a", "b", "c"]
    await credentials.get(act_as("b"))
    assert len(sts.calls) == 4


async def test_dropped_credentials_are_had_anew_and_newer_ones_are_not_dropped(
    credentials: TenantCredentials, sts: Any, act_as: ActAs
) -> None:
    norte = act_as("norte")
    first = await credentials.get(norte)
    credentials.drop(norte, first)
    second = await credentials.get(norte)
    credentials.drop(norte, first)  # a slower request tells of the first ones again
    assert await credentials.get(norte) is second
    assert len(sts.calls) == 2


async def test_rejected_credentials_are_replaced_once(credentials: TenantCredentials, act_as: ActAs) -> None:
    used: list[str] = []

    async def call(by: Credentials) -> str:
        used.append(by.access_key_id)
        if len(used) == 1:
            raise CredentialsRejected("GetItem", "ExpiredTokenException")
        return "answer"

    assert await credentials.signed(act_as("norte"), call) == "answer"
    assert used == ["norte:1", "norte:2"]


async def test_a_second_rejection_is_the_callers(credentials: TenantCredentials, sts: Any, act_as: ActAs) -> None:
    async def call(_: Credentials) -> str:
        raise CredentialsRejected("GetItem", "UnrecognizedClientException")

    with pytest.raises(CredentialsRejected):
        await credentials.signed(act_as("norte"), call)
    assert len(sts.calls) == 2


async def test_answers_lost_before_the_rejection_are_told(credentials: TenantCredentials, act_as: ActAs) -> None:
    rejection = CredentialsRejected("PutItem", "ExpiredTokenException")
    rejection.attempts, rejection.lost_answers = 2, 1
    errors = [rejection, ConditionFailed("PutItem", "ConditionalCheckFailedException")]

    async def call(_: Credentials) -> str:
        raise errors.pop(0)

    with pytest.raises(ConditionFailed) as failure:
        await credentials.signed(act_as("norte"), call)
    assert (failure.value.attempts, failure.value.lost_answers) == (3, 1)


async def test_without_a_tenant_nothing_leaves_the_process(credentials: TenantCredentials, sts: Any) -> None:
    for nobody in (None, "norte", object()):
        with pytest.raises(TypeError, match="no tenant"):
            await credentials.get(nobody)  # type: ignore[arg-type]  # the point of it
    assert sts.calls == []


@pytest.mark.parametrize("school", ["*", "norte#", "", "Norte", "a/b", "norte*"])
async def test_a_malformed_school_gets_no_tag(credentials: TenantCredentials, sts: Any, school: str) -> None:
    claims = VerifiedClaims(SchoolId(school), PersonId("p9"), frozenset(), 0.0)  # as a faulty verifier might give it
    with pytest.raises(InvalidId):
        await credentials.get(TenantContext.of_token(claims, "c-1"))
    assert sts.calls == []


@given(st.from_regex(r"[a-z0-9][a-z0-9-]{0,62}", fullmatch=True))
def test_a_session_has_a_name_that_sts_takes(school: str) -> None:
    name = session_name(SchoolId(school))
    assert 2 <= len(name) <= 64
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    if len(school) <= 59:
        assert name == f"luca-{school}"


def test_long_schools_that_begin_alike_have_sessions_of_different_names() -> None:
    assert session_name(SchoolId("n" * 62 + "a")) != session_name(SchoolId("n" * 62 + "b"))


async def test_credentials_show_no_secret(credentials: TenantCredentials, act_as: ActAs) -> None:
    assert "secret" not in repr(await credentials.get(act_as("norte")))
