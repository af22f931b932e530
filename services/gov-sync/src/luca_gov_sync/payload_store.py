"""Payloads and reports in the bucket: a school's under its own prefix and role, reports under the platform's."""

import contextlib
from functools import partial

from luca_gov_sync.object_store import AlreadyThere, ObjectStore
from luca_gov_sync.ports import Payloads, Reports
from luca_shared.aws.platform_credentials import PlatformCredentials
from luca_shared.runtime import correlation
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ownership import ForeignKey
from luca_shared.tenancy.table import Tables

REPORTS = "_reports"  # no school's id begins so


class SchoolPayloads(Payloads):
    """Payloads, each written once: what lies under a key never changes."""

    def __init__(self, store: ObjectStore, tables: Tables) -> None:
        self._store = store
        self._tables = tables

    async def put(self, context: TenantContext, key: str, payload: bytes) -> None:
        """Store; what is there already stays."""
        _check(context, key)
        put = partial(self._store.put, key, payload, content_type="application/json", once=True)
        with contextlib.suppress(AlreadyThere):
            await self._tables.of(context).signed(put)

    async def get(self, context: TenantContext, key: str) -> bytes:
        """Return what was stored."""
        _check(context, key)
        return await self._tables.of(context).signed(partial(self._store.get, key))


class PlatformReports(Reports):
    """Reports."""

    def __init__(self, store: ObjectStore, own: PlatformCredentials) -> None:
        self._store = store
        self._own = own

    async def put(self, name: str, content: bytes, content_type: str) -> str:
        """Store one, in place of the one before; return its key."""
        key = f"{REPORTS}/{name}"
        await self._store.put(
            key,
            content,
            content_type=content_type,
            credentials=await self._own.get(),
            correlation_id=correlation.current(),
        )
        return key


def _check(context: TenantContext, key: str) -> None:
    if not key.startswith(f"{context.school_id}/"):
        raise ForeignKey("a payload")
