"""The schools of a run, each with the context in which the sync works for it."""

from luca_gov_sync.ports import Runs
from luca_shared.runtime import correlation
from luca_shared.tenancy.context import TenantContext


async def contexts(runs: Runs, correlation_id: str | None = None) -> list[TenantContext]:
    """Return a context for each school of the directory, in the order of their ids."""
    joined = correlation_id or correlation.current() or correlation.new()
    return [TenantContext.of_directory(school_id, joined) for school_id in sorted(await runs.schools())]
