"""The fourth wall: what the deployed policies, trust policies and key policies let through, and the user pool."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from typing import Any

from luca_local.emulator_process import Emulator
from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.guards import Guard
from luca_local.isolation.policy_wall.account import Account
from luca_local.isolation.policy_wall.decision_table import (
    CALLERS,
    MUTATIONS,
    POLICIES,
    REQUESTS,
    changed_by,
    decisions_of_the_oracle,
    mutated,
    outdated,
)
from luca_local.isolation.policy_wall.lax_pools import another_pool, open_to_sign_ups
from luca_local.isolation.policy_wall.user_pool import SIGN_UP, UPDATE, tried_user_pool
from luca_local.isolation.walls import Plan, Wall
from luca_local.running_emulator import EmulatorAccount


class PolicyWall(Wall):
    """The templates, deployed to an account of their own.

    Args:
        emulator: Where, if somebody else has started one; an own one by default.
    """

    name = "policy"
    alone = "requests made past all of our code, with sessions that STS really gave"

    def __init__(self, emulator: EmulatorAccount | None = None) -> None:
        self._emulator = emulator
        self._account: Account | None = None

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[None]:
        """Deploy the templates, and log everybody in."""
        if self._emulator is not None:
            self._account = await asyncio.to_thread(Account, self._emulator, CALLERS)
            yield
            return
        async with Emulator() as emulator:
            self._account = await asyncio.to_thread(Account, emulator, CALLERS)
            yield

    @property
    def guards(self) -> Sequence[Guard]:
        """Each mutation of the policies, and what keeps the user pool's claims."""
        return [*(_mutation(self._there, each) for each in MUTATIONS), *_of_the_pool(self._there)]

    async def tried(self, plan: Plan) -> list[Tried]:
        """Make every request of the table, and ask the user pool."""
        return await asyncio.to_thread(self._tried, plan)

    @property
    def _there(self) -> Account:
        if self._account is None:
            raise RuntimeError("the wall is tried while it stands")
        return self._account

    def _tried(self, plan: Plan) -> list[Tried]:
        wanted = [request for request in REQUESTS if plan.wants(_kind(request))]
        found: list[Tried] = [_decided(request, self._there.decide(request)) for request in wanted]
        if not plan.kinds:
            found += self._committed()
        if plan.wants(SIGN_UP) or plan.wants(UPDATE):
            found += tried_user_pool(self._there)
        return found

    def _committed(self) -> Iterator[Control]:
        """What the table is about is what is deployed, and another implementation of IAM decides it alike."""
        yield Control("the table", "the templates' policies", "compared", self._there.policies() == POLICIES)
        decided = decisions_of_the_oracle() == len(REQUESTS) * (len(MUTATIONS) + 1)
        yield Control("the table", "the oracle's decisions", ", ".join(outdated()) or "all", decided and not outdated())


def _kind(request: Mapping[str, Any]) -> str:
    return f"{request['service']} {request['operation']}"


def _decided(request: Mapping[str, Any], decision: str) -> Tried:
    kind, what = _kind(request), f"{request['caller']}: {request['name']}"
    if request["decision"] == "allow":
        return Control(kind, what, decision, decision == "allow")
    return Attempt(kind, what, decision, ending(leaked=decision == "allow", refused=decision == "deny"))


def _mutation(account: Account, mutation: Mapping[str, Any]) -> Guard:
    @contextmanager
    def removed() -> Iterator[None]:
        documents = mutated(mutation["changes"])
        account.install(documents)
        try:
            yield
        finally:
            account.install({place: POLICIES[place] for place in documents})

    changed = changed_by(mutation["name"])
    kinds = frozenset(_kind(request) for request in REQUESTS if request["name"] in changed)
    # A policy can also be broken so that it lets nobody through: that is missed by those whom it concerns.
    return Guard(f"the deployed text ({mutation['name']})", removed, kinds=kinds, missed_by_controls=True)


def _of_the_pool(account: Account) -> Iterator[Guard]:
    def guard(name: str, removed: Callable[[], AbstractContextManager[None]], kind: str, backed_by: str = "") -> Guard:
        return Guard(name, removed, backed_by, frozenset({kind}))

    lax = another_pool
    yield guard("a pool closed to sign-ups", open_to_sign_ups(account), SIGN_UP)
    yield guard(
        "claims that can't be changed",
        lax(account, mutable=True, writable=False),
        UPDATE,
        "a client that may not write the claims",
    )
    yield guard(
        "a client that may not write the claims",
        lax(account, mutable=False, writable=True),
        UPDATE,
        "claims that can't be changed",
    )
    yield guard(
        "claims that can't be changed, nor written by the client", lax(account, mutable=True, writable=True), UPDATE
    )
