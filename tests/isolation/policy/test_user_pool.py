"""Nobody makes oneself a person of a school, and nobody moves to another, whatever is asked of the user pool."""

from collections.abc import Sequence

import pytest

from luca_local.isolation.attempts import Attempt, Control, Ending, Tried
from luca_local.isolation.policy_wall.account import Account
from luca_local.isolation.policy_wall.lax_pools import another_pool, open_to_sign_ups
from luca_local.isolation.policy_wall.user_pool import SIGN_UP, UPDATE, tried_user_pool


def leaks(tried: Sequence[Tried]) -> set[str]:
    return {each.kind for each in tried if isinstance(each, Attempt) and each.ending is not Ending.REFUSED}


def test_the_deployed_pool_lets_nobody_say_whose_he_is(account: Account) -> None:
    tried = tried_user_pool(account)
    assert len(tried) > 40
    assert not leaks(tried)
    assert all(each.succeeded for each in tried if isinstance(each, Control))


def test_a_pool_that_is_open_is_found_open(account: Account) -> None:
    with open_to_sign_ups(account)():
        assert leaks(tried_user_pool(account)) == {SIGN_UP}


@pytest.mark.parametrize(("mutable", "writable"), [(True, False), (False, True), (True, True)])
def test_claims_are_kept_twice(account: Account, *, mutable: bool, writable: bool) -> None:
    with another_pool(account, mutable=mutable, writable=writable)():
        assert leaks(tried_user_pool(account)) == ({UPDATE} if mutable and writable else set())
