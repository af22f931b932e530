"""Logs a demo account in and gives its ID token: what a client does first, without any library."""

import json
import urllib.error
import urllib.request
from pathlib import Path

import msgspec

from luca_local.platform_errors import PlatformError
from luca_local.run_record import RunRecord


def read_run(path: Path) -> RunRecord:
    """Return what a running platform says of itself.

    Raises:
        PlatformError: there is none.
    """
    try:
        return RunRecord.from_json(path.read_bytes())
    except (FileNotFoundError, msgspec.DecodeError):
        raise PlatformError(f"no platform is running ({path} is missing): start one with `make run`") from None


def id_token(run: RunRecord, username: str) -> str:
    """Return a token that the edge believes for an hour.

    Raises:
        PlatformError: there is no such account, or nobody answers.
    """
    account = next((account for account in run.accounts if account.username == username), None)
    if account is None:
        known = ", ".join(account.username for account in run.accounts)
        raise PlatformError(f"there is no account of that name; there are {known}")
    body = {
        "AuthFlow": "USER_PASSWORD_AUTH",
        "ClientId": run.client_id,
        "AuthParameters": {"USERNAME": account.username, "PASSWORD": account.password},
    }
    request = urllib.request.Request(  # noqa: S310  # http, ours
        run.aws_endpoint + "/",
        data=json.dumps(body).encode(),
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": "AWSCognitoIdentityProviderService.InitiateAuth",
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return str(json.load(answer)["AuthenticationResult"]["IdToken"])
    except (urllib.error.URLError, OSError, KeyError, ValueError):
        raise PlatformError(
            f"nobody could be logged in at {run.aws_endpoint}: is the platform still running?"
        ) from None
