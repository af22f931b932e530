"""A context comes from three sources only, and says exactly what they said."""

import dataclasses

import pytest

from luca_shared.tenancy.context import Role, TenantContext, VerifiedClaims, roles_among
from luca_shared.tenancy.ids import InvalidId, PersonId, SchoolId


def test_nobody_can_make_a_context_out_of_parts() -> None:
    with pytest.raises(TypeError, match="comes from"):
        TenantContext()
    context = TenantContext.of_directory(SchoolId("norte"), "c-1")
    with pytest.raises(TypeError):
        dataclasses.replace(context, school_id=SchoolId("sur"))
    with pytest.raises(AttributeError):
        context.school_id = SchoolId("sur")  # type: ignore[misc]  # the point of it


def test_a_token_gives_its_bearers_school_person_and_roles() -> None:
    claims = VerifiedClaims(SchoolId("norte"), PersonId("p9"), frozenset({Role.TEACHER}), 1.0)
    context = TenantContext.of_token(claims, "c-1")
    assert (context.school_id, context.person_id, context.correlation_id) == ("norte", "p9", "c-1")
    assert context.roles == {Role.TEACHER}


def test_a_queue_message_gives_what_the_edge_set() -> None:
    attributes = {"school_id": "norte", "person_id": "p9", "roles": "student,unheard-of", "correlation_id": "c-1"}
    context = TenantContext.of_queue_message(attributes)
    assert (context.school_id, context.person_id, context.correlation_id) == ("norte", "p9", "c-1")
    assert context.roles == {Role.STUDENT}


@pytest.mark.parametrize(
    "attributes",
    [
        {},
        {"school_id": "norte"},
        {"person_id": "p9"},
        {"school_id": "norte#STUDENT", "person_id": "p9"},
        {"school_id": "*", "person_id": "p9"},
        {"school_id": "Norte", "person_id": "p9"},
        {"school_id": "norte\n", "person_id": "p9"},
        {"school_id": "", "person_id": "p9"},
        {"school_id": "norte", "person_id": "p/9"},
    ],
)
def test_a_queue_message_without_valid_ids_gives_no_context(attributes: dict[str, str]) -> None:
    with pytest.raises(InvalidId):
        TenantContext.of_queue_message(attributes)


def test_work_of_the_platform_itself_has_no_person_and_no_role() -> None:
    context = TenantContext.of_directory(SchoolId("norte"), "c-1")
    assert context.person_id is None
    assert context.roles == frozenset()
    with pytest.raises(InvalidId):
        TenantContext.of_directory(SchoolId("no#rte"), "c-1")


def test_a_group_that_is_no_role_grants_nothing() -> None:
    assert roles_among(["teacher", "Teacher", "admin", "school-admin "]) == {Role.TEACHER}
