"""The keys of the templates: who may use one is not who may administer it."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load

KEYS = [("identity", "SchoolKey"), ("messaging", "DeadLetterKey"), ("data", "PayloadKey")]
USES = ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "GenerateMac", "Sign", "CreateGrant")


def resource(template: str, name: str) -> dict[str, Any]:
    return dict(load(TEMPLATES / f"{template}.yaml").body["Resources"][name])


def test_the_key_policy_repeats_the_schools_condition() -> None:
    # A key policy that names the role is enough to allow by itself.
    [_, use] = resource("identity", "SchoolKey")["Properties"]["KeyPolicy"]["Statement"]
    policy = resource("identity", "TenantPolicy")["Properties"]["PolicyDocument"]["Statement"]
    [of_the_role] = [each for each in policy if each["Sid"] == "DataKeyOfTheSchool"]
    assert use["Principal"] == {"AWS": {"Fn::GetAtt": ["TenantRole", "Arn"]}}
    for part in ("Action", "Condition"):
        assert use[part] == of_the_role[part]


@pytest.mark.parametrize(("template", "name"), KEYS)
def test_administrators_of_a_key_can_neither_use_it_nor_grant_its_use(template: str, name: str) -> None:
    administration = resource(template, name)["Properties"]["KeyPolicy"]["Statement"][0]
    for action in administration["Action"]:
        assert not any(fnmatchcase(f"kms:{use}", action) for use in USES)


@pytest.mark.parametrize(("template", "name"), KEYS)
def test_a_key_rotates_and_can_not_be_lost_by_a_slip(template: str, name: str) -> None:
    key = resource(template, name)
    assert key["DeletionPolicy"] == key["UpdateReplacePolicy"] == "Retain"
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["Properties"]["PendingWindowInDays"] == 30
