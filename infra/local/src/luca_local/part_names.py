"""The names of those parts of the platform that it can do without."""

from typing import Final

INGEST_WORKER: Final = "ingest-worker"
GOVERNMENT: Final = "government"
OPTIONAL: Final = (INGEST_WORKER, GOVERNMENT)
