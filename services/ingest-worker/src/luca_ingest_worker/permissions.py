"""Who may report which types of event about whom."""

from collections.abc import Mapping
from typing import Final, Self

from luca_shared.tenancy.context import Role, TenantContext
from luca_shared.tenancy.ids import StudentId

# Whatever the setting gives another role, it is about the reporter alone.
_ABOUT_ANYBODY: Final = frozenset({Role.TEACHER, Role.SCHOOL_ADMIN})
_ANY_TYPE: Final = "*"

_TYPES = r"(\*|[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*)"
_ENTRY = rf"({'|'.join(Role)})={_TYPES}"
PATTERN: Final = rf"{_ENTRY}(;{_ENTRY})*"
DEFAULT: Final = "student=app_open,session,participation;teacher=*;school-admin=*"


class Permissions:
    """The types of event that each role may report; a role that is not mentioned may report nothing.

    A teacher and a school administrator report about any student of the school, the others only about themselves.
    """

    def __init__(self, types: Mapping[Role, frozenset[str]]) -> None:
        self._types = dict(types)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a setting such as `student=app_open,session;teacher=*`, which matches PATTERN."""
        entries = (entry.split("=") for entry in text.split(";"))
        return cls({Role(role): frozenset(types.split(",")) for role, types in entries})

    def allow(self, reporter: TenantContext, student_id: StudentId, event_type: str) -> bool:
        """Whether the reporter may report this type of event about this student, in one of the reporter's roles."""
        about_self = reporter.person_id is not None and StudentId(reporter.person_id) == student_id
        return any(self._covers(role, event_type) and (about_self or role in _ABOUT_ANYBODY) for role in reporter.roles)

    def _covers(self, role: Role, event_type: str) -> bool:
        types = self._types.get(role, frozenset())
        return event_type in types or _ANY_TYPE in types
