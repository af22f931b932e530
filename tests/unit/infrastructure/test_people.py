"""identity.yaml, people: which school a person belongs to is said once, by an administrator."""

from typing import Any

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load
from luca_shared.tenancy.context import Role

RESOURCES: dict[str, dict[str, Any]] = dict(load(TEMPLATES / "identity.yaml").body["Resources"])
POOL: dict[str, Any] = RESOURCES["UserPool"]["Properties"]
CLIENT: dict[str, Any] = RESOURCES["UserPoolClient"]["Properties"]
CLAIMS = {"school_id", "person_id"}


def test_the_claims_that_decide_who_sees_what_never_change() -> None:
    immutable = {attribute["Name"] for attribute in POOL["Schema"] if attribute["Mutable"] is False}
    assert immutable == CLAIMS
    assert len(POOL["Schema"]) == len(CLAIMS)


def test_a_person_may_change_the_language_and_nothing_else() -> None:
    # An absent list would be Cognito's default, every standard attribute.
    assert CLIENT["WriteAttributes"] == ["locale"]


def test_there_is_one_client_and_its_tokens_carry_the_claims() -> None:
    assert [each["Type"] for each in RESOURCES.values()].count("AWS::Cognito::UserPoolClient") == 1
    assert set(CLIENT["ReadAttributes"]) >= {f"custom:{claim}" for claim in CLAIMS}


def test_only_an_administrator_creates_accounts_and_resets_them() -> None:
    assert POOL["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert [each["Name"] for each in POOL["AccountRecoverySetting"]["RecoveryMechanisms"]] == ["admin_only"]


def test_the_pool_can_not_be_lost_by_a_slip() -> None:
    assert POOL["DeletionProtection"] == "ACTIVE"
    assert RESOURCES["UserPool"]["DeletionPolicy"] == "Retain"
    assert RESOURCES["UserPool"]["UpdateReplacePolicy"] == "Retain"


def test_a_stranger_learns_nothing_at_the_log_in() -> None:
    assert CLIENT["PreventUserExistenceErrors"] == "ENABLED"
    assert CLIENT["GenerateSecret"] is False


def test_the_client_logs_in_with_a_password_and_an_hour_of_token() -> None:
    assert set(CLIENT["ExplicitAuthFlows"]) == {
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        "ALLOW_REFRESH_TOKEN_AUTH",
    }
    assert (CLIENT["IdTokenValidity"], CLIENT["TokenValidityUnits"]["IdToken"]) == (1, "hours")


def test_the_groups_are_the_roles_and_give_no_aws_role() -> None:
    groups = [each["Properties"] for each in RESOURCES.values() if each["Type"] == "AWS::Cognito::UserPoolGroup"]
    assert sorted(group["GroupName"] for group in groups) == sorted(Role)
    assert not any("RoleArn" in group for group in groups)
