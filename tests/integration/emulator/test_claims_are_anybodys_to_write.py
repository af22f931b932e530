from collections.abc import Callable
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "claims_are_anybodys_to_write"
PASSWORD = "Correct-horse-9"


class Pool:
    """A pool as Luca's is: a school that nobody may change, and a client that may write the locale only."""

    def __init__(self, cognito: Any, *, administrators_only: bool = True) -> None:
        self.cognito = cognito
        pool = cognito.create_user_pool(
            PoolName="schools",
            AdminCreateUserConfig={"AllowAdminCreateUserOnly": administrators_only},
            Schema=[
                {"Name": "school_id", "AttributeDataType": "String", "Mutable": False},
                {"Name": "nickname_of_ours", "AttributeDataType": "String", "Mutable": True},
            ],
        )
        self.pool_id = pool["UserPool"]["Id"]
        client = cognito.create_user_pool_client(
            UserPoolId=self.pool_id,
            ClientName="web",
            WriteAttributes=["locale"],
            ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        )
        self.client_id = client["UserPoolClient"]["ClientId"]
        cognito.admin_create_user(
            UserPoolId=self.pool_id,
            Username="ana",
            MessageAction="SUPPRESS",
            UserAttributes=[{"Name": "custom:school_id", "Value": "norte"}],
        )
        cognito.admin_set_user_password(UserPoolId=self.pool_id, Username="ana", Password=PASSWORD, Permanent=True)

    def attributes(self) -> dict[str, str]:
        user = self.cognito.admin_get_user(UserPoolId=self.pool_id, Username="ana")
        return {each["Name"]: each["Value"] for each in user["UserAttributes"]}

    def write(self, answer: Callable[..., str], **values: str) -> str:
        logged_in = self.cognito.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH",
            ClientId=self.client_id,
            AuthParameters={"USERNAME": "ana", "PASSWORD": PASSWORD},
        )
        token = logged_in["AuthenticationResult"]["AccessToken"]
        changes = [{"Name": name.replace("__", ":"), "Value": value} for name, value in values.items()]
        return answer(self.cognito.update_user_attributes, AccessToken=token, UserAttributes=changes)

    def administer(self, answer: Callable[..., str], name: str) -> str:
        changes = [{"Name": name, "Value": "sur"}]
        call = self.cognito.admin_update_user_attributes
        return answer(call, UserPoolId=self.pool_id, Username="ana", UserAttributes=changes)


Make = Callable[[Emulator], Any]


def test_a_person_can_write_what_the_client_may(
    emulator: Emulator, faulty: Emulator, root: Make, answer: Callable[..., str]
) -> None:
    def moved(on: Emulator) -> tuple[str, str]:
        pool = Pool(root(on)("cognito-idp"))
        return pool.write(answer, custom__school_id="sur"), pool.attributes()["custom:school_id"]

    assert moved(faulty) == ("ok", "sur")
    assert moved(emulator) == ("NotAuthorizedException", "norte")
    pool = Pool(root(emulator)("cognito-idp"))
    assert pool.write(answer, locale="es") == "ok"
    assert pool.write(answer, locale="en", custom__school_id="sur") == "NotAuthorizedException"
    assert pool.attributes()["locale"] == "es"


@pytest.mark.parametrize(
    ("attribute", "with_the_fault", "mended"),
    [("custom:school_id", "ok", "InvalidParameterException"), ("custom:nickname_of_ours", "ok", "ok")],
)
def test_what_is_immutable_is_so_for_administrators_too(
    emulator: Emulator,
    faulty: Emulator,
    root: Make,
    answer: Callable[..., str],
    attribute: str,
    with_the_fault: str,
    mended: str,
) -> None:
    assert Pool(root(faulty)("cognito-idp")).administer(answer, attribute) == with_the_fault
    assert Pool(root(emulator)("cognito-idp")).administer(answer, attribute) == mended


def test_nobody_signs_up_where_administrators_do(
    emulator: Emulator, faulty: Emulator, root: Make, answer: Callable[..., str]
) -> None:
    def sign_up(on: Emulator, *, administrators_only: bool = True) -> str:
        pool = Pool(root(on)("cognito-idp"), administrators_only=administrators_only)
        return answer(pool.cognito.sign_up, ClientId=pool.client_id, Username="eva", Password=PASSWORD)

    assert sign_up(faulty) == "ok"
    assert sign_up(emulator) == "NotAuthorizedException"
    assert sign_up(emulator, administrators_only=False) == "ok"
