"""What became of a grade that was to be recorded, and how that is seen from what stands in its place."""

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from luca_interactive.grade_drafts import Draft
from luca_interactive.sealed_texts import SealedTexts, comment_of
from luca_shared.aws.attributes import Item
from luca_shared.aws.errors import AwsError
from luca_shared.records.grade import Grade, same_content
from luca_shared.tenancy.context import TenantContext

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Recorded:
    """The grade as it stands now, by this request or by an earlier sending of the same."""

    grade: Grade
    comment: str | None


@dataclass(frozen=True, slots=True)
class Superseded:
    """Nothing was written: not what the request would replace stands there, but `current`, or nothing."""

    current: Grade | None
    comment: str | None


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing is known to be written: the request is refused (a `Problem`), or something below failed."""

    error: Exception

    @property
    def may_have_been_written(self) -> bool:
        """Whether only the answer may be missing."""
        return isinstance(self.error, TimeoutError) or (
            isinstance(self.error, AwsError) and self.error.lost_answers > 0
        )


Outcome: TypeAlias = Recorded | Superseded | Failed


async def attempted(work: Awaitable[T]) -> T | Failed:
    """What work on one grade comes to; its failure is that grade's alone."""
    try:
        return await work
    except Exception as error:  # noqa: BLE001  # it is the grade's outcome, and raised or answered as such
        return Failed(error)


async def compared(
    texts: SealedTexts, context: TenantContext, item: Item | None, draft: Draft
) -> Recorded | Superseded:
    """Say what stands in the place of the grade that was to be replaced, and whether it is the wanted one."""
    if item is None:
        return Superseded(None, None)
    current = Grade.from_item(item)
    comment = await texts.open(context, comment_of(current))
    if _is_same_request(current, draft.grade) and comment == draft.change.comment:
        return Recorded(current, comment)
    return Superseded(current, comment)


def _is_same_request(current: Grade, wanted: Grade) -> bool:
    """Whether `current` is what an earlier sending of the request for `wanted` has written, comments apart."""
    same_step = current.version == wanted.version and current.recorded_by == wanted.recorded_by
    return same_step and same_content(current, wanted)
