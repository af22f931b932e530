"""A sync with a planted fault: a task knows nothing of the batches of the one before, and names its own otherwise."""

import sys
import uuid

from luca_gov_sync import batching
from luca_gov_sync.batch_table import BatchTable
from luca_gov_sync.command_line import main
from luca_shared.records.submission import Batch
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import Term


async def _none(_: BatchTable, __: TenantContext, ___: Term) -> list[Batch]:
    return []


BatchTable.all = _none  # type: ignore[method-assign, assignment]  # the planted fault
batching._NAMESPACE = uuid.uuid4()  # type: ignore[misc]  # and the other half of it

if __name__ == "__main__":
    sys.exit(main())
