"""The texts about a student that are stored encrypted under the student's own key."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, overload

from luca_shared.records.grade import GradeContent, GradeVersion
from luca_shared.records.student import Student
from luca_shared.runtime import problems
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.encryption import FieldEncryption, KeyDestroyed, Sealed
from luca_shared.tenancy.ids import StudentId


class SealedText(NamedTuple):
    """A stored text, None when there is none, and the place that it is bound to: moved elsewhere, it doesn't open."""

    student_id: StudentId
    field: str
    ciphertext: bytes | None


def name_of(student: Student) -> SealedText:
    """The student's name."""
    return SealedText(student.student_id, "name", student.name)


def comment_of(grade: GradeContent) -> SealedText:
    """The comment on a grade, in its current form and in the version that is kept of it."""
    return SealedText(grade.student_id, f"comment on {_version(grade)}", grade.comment)


def comments_of(grades: Iterable[GradeContent]) -> list[SealedText | None]:
    """The comments on grades, None where there is none: of a gradebook's grades, few have any."""
    return [None if grade.comment is None else comment_of(grade) for grade in grades]


def reason_of(version: GradeVersion) -> SealedText:
    """The reason for a version."""
    return SealedText(version.student_id, f"reason for {_version(version)}", version.reason)


def _version(grade: GradeContent) -> str:
    return f"{grade.term}/{grade.class_id}/{grade.assessment_id}/{grade.version}"


class SealedTexts:
    """Seals and opens texts that may be missing; one whose student's key is destroyed is missing too."""

    def __init__(self, encryption: FieldEncryption) -> None:
        self._encryption = encryption

    @overload
    async def seal(self, context: TenantContext, place: SealedText, text: str) -> bytes: ...
    @overload
    async def seal(self, context: TenantContext, place: SealedText, text: str | None) -> bytes | None: ...

    async def seal(self, context: TenantContext, place: SealedText, text: str | None) -> bytes | None:
        """Encrypt a text for its place.

        Raises:
            Problem: 404, the student has been erased.
        """
        if text is None:
            return None
        try:
            return await self._encryption.encrypt(context, place.student_id, place.field, text)
        except KeyDestroyed:
            raise problems.not_found() from None

    async def open(self, context: TenantContext, text: SealedText) -> str | None:
        """Decrypt a text."""
        (plain,) = await self.open_many(context, [text])
        return plain

    async def open_many(self, context: TenantContext, texts: Sequence[SealedText | None]) -> list[str | None]:
        """Decrypt texts of many students, whose keys are read together; in their order."""
        sealed = [
            Sealed(text.student_id, text.field, text.ciphertext)
            for text in texts
            if text is not None and text.ciphertext is not None
        ]
        opened = iter(await self._encryption.decrypt_many(context, sealed) if sealed else ())
        return [None if text is None or text.ciphertext is None else next(opened) for text in texts]
