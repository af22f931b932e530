"""Schools of one class each: hundreds of them have room in memory."""

from collections.abc import Iterator

from tests.benchmarks.aws_stub.store import Wire
from tests.benchmarks.interactive import school
from tests.benchmarks.interactive.school import school_id

__all__ = ["items_of", "school_id"]


def items_of(of: str) -> Iterator[tuple[str, Wire]]:
    """Yield what a school begins with: each item with its table."""
    return school.items_of(of, classes=1)
