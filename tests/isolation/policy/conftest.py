"""The deployed templates on an emulator of their own, whose policies can be changed and asked."""

from collections.abc import Iterator

import pytest
from tests.localstack import NewEmulator, require_identity

from luca_local.isolation.policy_wall.account import Account
from luca_local.isolation.policy_wall.decision_table import CALLERS


@pytest.fixture(scope="module")
def account(new_emulator: NewEmulator) -> Iterator[Account]:
    """The deployed account, with a session for every caller of the table."""
    with new_emulator() as emulator:
        require_identity(emulator)
        yield Account(emulator, CALLERS)
