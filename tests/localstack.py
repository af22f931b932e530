"""AWS for a test that asks for one of its own: the embedded emulator, or LocalStack in a container (`--localstack`)."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError
from testcontainers.community.localstack import LocalStackContainer

from luca_local.emulator_process import REGION, Emulator
from luca_local.running_emulator import EmulatorAccount, GivenEmulator
from luca_shared.aws.credentials import Credentials

NewEmulator = Callable[[], AbstractContextManager[EmulatorAccount]]
"""Starts an AWS that is empty, and stops it at the end."""

_STAND_IN = "luca-emulator"  # the image that holds the embedded emulator
_NOBODY = Credentials("AKIAIOSFODNN7EXAMPLE", "nobody")


def described(image: str | None) -> str:
    """Say for the report what plays AWS."""
    if image is None:
        return "AWS: the embedded emulator, as a process"
    note = " - stands in for LocalStack: the embedded emulator with its shims" if image.startswith(_STAND_IN) else ""
    return f"AWS: the image {image}{note}"


def emulators(image: str | None) -> NewEmulator:
    """Return what starts one: of an image, or embedded."""
    return Emulator if image is None else lambda: _container(image)


@contextmanager
def _container(image: str) -> Iterator[EmulatorAccount]:
    container = LocalStackContainer(image, region_name=REGION)
    loopback: Any = {container.edge_port: ("127.0.0.1", None)}
    container.ports = loopback
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of how testcontainers itself waits for LocalStack
        container.start()
    try:
        yield GivenEmulator(container.get_url().replace("localhost", "127.0.0.1"))
    finally:
        container.stop()


def require_identity(emulator: EmulatorAccount) -> None:
    """Skip a test that needs to know who is who, where AWS doesn't: the free LocalStack has no Cognito, and no IAM."""
    try:
        _client(emulator, "cognito-idp", emulator.admin).list_user_pools(MaxResults=1)
    except ClientError as error:
        pytest.skip(f"this AWS has no Cognito: {error.response['Error']['Code']}")
    try:
        _client(emulator, "dynamodb", _NOBODY).list_tables()
    except ClientError:
        return
    pytest.skip("this AWS lets everybody do everything: IAM is not enforced")


def _client(emulator: EmulatorAccount, service: str, credentials: Credentials) -> Any:
    return botocore.session.get_session().create_client(
        service,
        region_name=emulator.region,
        endpoint_url=emulator.endpoint_url,
        aws_access_key_id=credentials.access_key_id,
        aws_secret_access_key=credentials.secret_access_key,
    )
