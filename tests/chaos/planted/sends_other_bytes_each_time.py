"""A sync with a planted fault: what it sends under an id depends on which task sends it."""

import os
import sys

from luca_gov_sync.command_line import main
from luca_gov_sync.government_client import GovernmentClient
from luca_gov_sync.outcomes import Outcome

_submit = GovernmentClient.submit


async def _submit_with_spaces(self: GovernmentClient, batch_id: str, payload: bytes) -> Outcome:
    return await _submit(self, batch_id, payload + b" " * (os.getpid() % 1000))


GovernmentClient.submit = _submit_with_spaces  # type: ignore[method-assign]  # the planted fault

if __name__ == "__main__":
    sys.exit(main())
