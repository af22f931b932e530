"""On whose behalf a piece of work is done: the one value from which keys and credentials can be had.

A context has three sources, each a constructor of its own: a verified token, a queue message that the edge filled
from one, and the platform's directory of schools (for work that no person asked for). There is no other way to make
one, and none of the three takes a path, a body or a header.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from luca_shared.tenancy.ids import PersonId, SchoolId, parse_id


class Role(StrEnum):
    """What a person may be in a school; the names are Cognito's groups."""

    TEACHER = "teacher"
    SCHOOL_ADMIN = "school-admin"
    STUDENT = "student"
    GUARDIAN = "guardian"
    COMPLIANCE = "compliance"


_ROLES: Final = {role.value: role for role in Role}


def roles_among(names: Iterable[str]) -> frozenset[Role]:
    """Return the roles in a list of group names; a group that is no role of ours grants nothing."""
    return frozenset(_ROLES[name] for name in names if name in _ROLES)


@dataclass(frozen=True, slots=True)
class VerifiedClaims:
    """What a token says of its bearer, once its signature and its other claims have been verified."""

    school_id: SchoolId
    person_id: PersonId
    roles: frozenset[Role]
    expires_at: float  # seconds since the epoch


@dataclass(frozen=True, slots=True, init=False)
class TenantContext:
    """A school, the person who acts in it (`None` when the platform itself does) and the id that joins its traces."""

    school_id: SchoolId
    person_id: PersonId | None
    roles: frozenset[Role]
    correlation_id: str

    def __init__(self) -> None:
        raise TypeError("a TenantContext comes from a verified token, a queue message or the directory of schools")

    @classmethod
    def of_token(cls, claims: VerifiedClaims, correlation_id: str) -> Self:
        """Act as the bearer of a verified token."""
        return cls._make(claims.school_id, claims.person_id, claims.roles, correlation_id)

    @classmethod
    def of_queue_message(cls, attributes: Mapping[str, str]) -> Self:
        """Act as the sender of an event; only the edge may write to the queue, and it copies verified claims.

        Raises:
            InvalidId: an attribute is missing or malformed.
        """
        return cls._make(
            parse_id(SchoolId, attributes.get("school_id")),
            parse_id(PersonId, attributes.get("person_id")),
            roles_among(attributes.get("roles", "").split(",")),
            attributes.get("correlation_id", ""),
        )

    @classmethod
    def of_directory(cls, school_id: SchoolId, correlation_id: str) -> Self:
        """Act for a school of the directory, in work that the platform does by itself.

        Raises:
            InvalidId: the directory holds a malformed id.
        """
        return cls._make(parse_id(SchoolId, school_id), None, frozenset(), correlation_id)

    @classmethod
    def _make(
        cls, school_id: SchoolId, person_id: PersonId | None, roles: frozenset[Role], correlation_id: str
    ) -> Self:
        context = object.__new__(cls)  # past the constructor, which refuses everybody
        object.__setattr__(context, "school_id", school_id)
        object.__setattr__(context, "person_id", person_id)
        object.__setattr__(context, "roles", roles)
        object.__setattr__(context, "correlation_id", correlation_id)
        return context
