"""The interactive service without walls: `python -m tests.benchmarks.isolation.service --without credentials types`.

What is taken away here can't be taken away by any setting: it exists so that somebody can say what the walls cost.
"""

import argparse
import sys
from typing import Final

from luca_interactive import __main__ as interactive
from luca_interactive import app
from luca_shared.aws.credentials import Credentials
from luca_shared.tenancy import table
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ownership import Ownership

CREDENTIALS: Final = "credentials"
TYPES: Final = "types"

_ANYBODYS: Final = Credentials("AKIABENCHMARK", "benchmark")


class OneForAll(TenantCredentials):
    """Credentials for everything, whoever asks: those of a service that isn't scoped to a school."""

    async def get(self, context: TenantContext) -> Credentials:  # noqa: ARG002
        """Return them."""
        return _ANYBODYS


class OwnershipOfEverything(Ownership):
    """Looks at nothing."""

    def check_key(self, key: object) -> None:
        """Let it pass."""

    check_range = check_attributes = check_update = check_key  # type: ignore[assignment]


def main() -> int:
    """Take walls away, and be the service."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.isolation.service")
    parser.add_argument("--without", choices=(CREDENTIALS, TYPES), nargs="+", default=[])
    without = parser.parse_args().without
    # What is imported by a name is found by that name: that of the module which uses it.
    if CREDENTIALS in without:
        vars(app)["TenantCredentials"] = OneForAll
    if TYPES in without:
        vars(table)["Ownership"] = OwnershipOfEverything
    sys.argv = sys.argv[:1]
    return interactive.main()


if __name__ == "__main__":
    sys.exit(main())
