"""Who asks, for tests that ask past HTTP."""

from luca_interactive.access import Caller
from luca_shared.tenancy.context import Role, TenantContext, VerifiedClaims
from luca_shared.tenancy.ids import PersonId, SchoolId


def administrator(person_id: str = "h1") -> Caller:
    """An administrator of the school norte."""
    roles = frozenset({Role.SCHOOL_ADMIN})
    claims = VerifiedClaims(SchoolId("norte"), PersonId(person_id), roles, 2**33)
    return Caller(TenantContext.of_token(claims, "test"), claims.person_id, roles)
