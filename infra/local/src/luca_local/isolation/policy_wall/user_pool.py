"""Attempts to be of another school at the user pool itself: to sign up as one's, and to write the claims oneself."""

import base64
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.policy_wall.account import Account

SIGN_UP: Final = "a sign-up"
UPDATE: Final = "an update of one's attributes"
_PASSWORD: Final = "Correct-horse-9"  # noqa: S105  # of accounts that live as long as this process
_MINE, _THEIRS, _PERSON = "norte", "norte-2", "p1"
CLAIMS: Final = ("custom:school_id", "custom:person_id")

Call = Callable[[], Any]


def tried_user_pool(account: Account) -> list[Tried]:
    """Try everything that somebody may ask of a user pool, and what only administrators may."""
    stranger, right = _Person(account), _Person(account)
    found: list[Tried] = [Control(UPDATE, "somebody's own token", right.says(), right.says() == _as_made())]
    locale = _outcome(partial(right.write, {"locale": "es"}))
    found.append(Control(UPDATE, "somebody's own language", locale, locale == "OK"))
    found.append(Control(SIGN_UP, "an account that an administrator makes", right.says(), right.says() == _as_made()))
    for what, call in _sign_ups(account):
        outcome = _outcome(call)
        found.append(Attempt(SIGN_UP, what, outcome, ending(leaked=outcome == "OK", refused=outcome != "OK")))
    for what, call in _updates(stranger):
        outcome = _outcome(call)
        says = stranger.says()
        found.append(Attempt(UPDATE, what, outcome, ending(leaked=says != _as_made(), refused=says == _as_made())))
        if says != _as_made():
            stranger = _Person(account)
    return found


class _Person:
    """Somebody of one school, as an administrator made the account."""

    def __init__(self, account: Account) -> None:
        self.name = f"ana-{secrets.token_hex(4)}"
        self.account = account
        self.pool = account.pool
        self.admin = account.client("root", "cognito-idp")
        self.admin.admin_create_user(
            UserPoolId=self.pool.pool_id,
            Username=self.name,
            MessageAction="SUPPRESS",
            UserAttributes=_attributes({"custom:school_id": _MINE, "custom:person_id": _PERSON}),
        )
        self.admin.admin_set_user_password(
            UserPoolId=self.pool.pool_id, Username=self.name, Password=_PASSWORD, Permanent=True
        )

    def log_in(self, **more: Any) -> dict[str, Any]:
        """Return the tokens."""
        given = {"USERNAME": self.name, "PASSWORD": _PASSWORD}
        answer = self.admin.initiate_auth(
            AuthFlow="USER_PASSWORD_AUTH", ClientId=self.pool.client_id, AuthParameters=given, **more
        )
        tokens: dict[str, Any] = answer["AuthenticationResult"]
        return tokens

    def says(self) -> str:
        """Return the school, the person and the groups that a new token says, and one that is refreshed."""
        tokens = self.log_in()
        refreshed = self.admin.initiate_auth(
            AuthFlow="REFRESH_TOKEN_AUTH",
            ClientId=self.pool.client_id,
            AuthParameters={"REFRESH_TOKEN": tokens["RefreshToken"]},
        )["AuthenticationResult"]
        said = {_claims(tokens["IdToken"]), _claims(refreshed["IdToken"])}
        return " or ".join(sorted(said))

    def write(self, values: Mapping[str, str]) -> Any:
        """Write one's own attributes."""
        token = self.log_in()["AccessToken"]
        return self.admin.update_user_attributes(AccessToken=token, UserAttributes=_attributes(values))


def _as_made() -> str:
    return f"{_MINE} {_PERSON} []"


def _sign_ups(account: Account) -> Iterator[tuple[str, Call]]:
    client = account.client("root", "cognito-idp")
    for what, values in (
        ("as somebody of a school", {"custom:school_id": _THEIRS, "custom:person_id": "p1"}),
        ("with a school only", {"custom:school_id": _THEIRS}),
        ("with nothing", {}),
        ("with a name that the pool doesn't know", {"school_id": _THEIRS}),
    ):
        yield (
            what,
            partial(
                client.sign_up,
                ClientId=account.pool.client_id,
                Username=f"eve-{secrets.token_hex(4)}",
                Password=_PASSWORD,
                UserAttributes=_attributes(values),
            ),
        )


def _updates(person: _Person) -> Iterator[tuple[str, Call]]:
    for name, value in (("custom:school_id", _THEIRS), ("custom:person_id", "p2")):
        yield f"{name}", partial(person.write, {name: value})
        yield f"{name}, beside the language", partial(person.write, {"locale": "en", name: value})
        yield f"{name}, the value that it has", partial(person.write, {name: _MINE})
        yield f"{name}, empty", partial(person.write, {name: ""})
        yield f"{name}, in another case", partial(person.write, {name.upper(): value})
        yield f"{name} deleted", partial(_delete, person, name)
    for name in ("school_id", "dev:custom:school_id", "cognito:groups", "custom:roles", "sub", "cognito:username"):
        yield f"{name}", partial(person.write, {name: _THEIRS})
    yield "said when logging in", partial(person.log_in, ClientMetadata={"custom:school_id": _THEIRS})
    # As a school, and as each service: what only an administrator of the pool may.
    for caller in ("norte-2", "interactive", "ingest-worker", "gov-sync", "edge"):
        for what, call in _administrative(person, caller):
            yield f"{what}, with the credentials of {caller}", call


def _delete(person: _Person, name: str) -> Any:
    token = person.log_in()["AccessToken"]
    return person.admin.delete_user_attributes(AccessToken=token, UserAttributeNames=[name])


def _administrative(person: _Person, caller: str) -> Iterator[tuple[str, Call]]:
    cognito = person.account.client(caller, "cognito-idp")
    pool, name = person.pool, person.name
    whose = {"UserPoolId": pool.pool_id, "Username": name}
    yield (
        "AdminUpdateUserAttributes",
        partial(
            cognito.admin_update_user_attributes, **whose, UserAttributes=_attributes({"custom:school_id": _THEIRS})
        ),
    )
    yield (
        "AdminDeleteUserAttributes",
        partial(cognito.admin_delete_user_attributes, **whose, UserAttributeNames=list(CLAIMS)),
    )
    yield "AdminAddUserToGroup", partial(cognito.admin_add_user_to_group, **whose, GroupName="school-admin")
    yield "AdminSetUserPassword", partial(cognito.admin_set_user_password, **whose, Password=_PASSWORD, Permanent=True)


def _attributes(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def _claims(token: str) -> str:
    part = token.split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    school, person = (said.get(name) for name in CLAIMS)
    return f"{school} {person} {said.get('cognito:groups', [])}"


def _outcome(call: Call) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except BotoCoreError as error:  # refused before it was sent
        return type(error).__name__
    return "OK"
