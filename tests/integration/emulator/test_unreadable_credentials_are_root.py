# ruff: noqa: S310 - the address is the emulator's
import urllib.error
import urllib.request

import pytest

from luca_local.emulator_process import Emulator

FAULT = "unreadable_credentials_are_root"


def status(emulator: Emulator, **headers: str) -> int:
    request = urllib.request.Request(
        emulator.endpoint_url,
        data=b"{}",
        headers={
            "X-Amz-Target": "DynamoDB_20120810.ListTables",
            "Content-Type": "application/x-amz-json-1.0",
            **headers,
        },
    )
    try:
        with urllib.request.urlopen(request) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize("authorization", ["Bearer eyJhbGciOiJSUzI1NiJ9.e30.c2ln", "Basic dGVzdDp0ZXN0", "x"])
def test_a_header_that_is_no_signature_opens_nothing(emulator: Emulator, faulty: Emulator, authorization: str) -> None:
    assert status(faulty, Authorization=authorization) == 200
    assert status(emulator, Authorization=authorization) in (400, 403)


def test_no_header_opens_nothing_either(emulator: Emulator) -> None:
    assert status(emulator) in (400, 403)
