import json
from collections.abc import Callable
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "encryption_context_is_no_condition"

NORTE, SUR = {"school_id": "norte"}, {"school_id": "sur"}
OF_THE_SCHOOL = {"StringEquals": {"kms:EncryptionContext:school_id": "${aws:PrincipalTag/school_id}"}}
USE = ["kms:GenerateDataKey", "kms:Decrypt"]


@pytest.fixture(name="session")
def school(root: Callable[[Emulator], Any]) -> Callable[..., tuple[Any, str]]:
    """The KMS client of a school, and a key."""

    def session(emulator: Emulator, condition: Any = OF_THE_SCHOOL) -> tuple[Any, str]:
        admin = root(emulator)
        key = admin("kms").create_key()["KeyMetadata"]["Arn"]
        allowed = {"Effect": "Allow", "Action": USE, "Resource": key, "Condition": condition}
        return admin.with_role([allowed], tags=NORTE)("kms"), key

    return session


def test_the_context_decides(
    emulator: Emulator, faulty: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    def generate(where: Emulator, **context: Any) -> str:
        client, key = session(where)
        return answer(client.generate_data_key, KeyId=key, KeySpec="AES_256", **context)

    assert generate(faulty, EncryptionContext=NORTE) == "AccessDeniedException"
    assert generate(emulator, EncryptionContext=NORTE) == "ok"
    assert generate(emulator, EncryptionContext=SUR) == "AccessDeniedException"
    assert generate(emulator, EncryptionContext={}) == "AccessDeniedException"
    assert generate(emulator) == "AccessDeniedException"


def test_a_data_key_is_unwrapped_by_its_own_school(
    emulator: Emulator,
    root: Callable[[Emulator], Any],
    session: Callable[..., tuple[Any, str]],
    answer: Callable[..., str],
) -> None:
    client, key = session(emulator)
    wrapped = root(emulator)("kms").generate_data_key(KeyId=key, KeySpec="AES_256", EncryptionContext=SUR)
    blob = wrapped["CiphertextBlob"]
    assert answer(client.decrypt, CiphertextBlob=blob, EncryptionContext=SUR) == "AccessDeniedException"
    # The policy lets it ask, but the key was not wrapped so.
    assert answer(client.decrypt, CiphertextBlob=blob, EncryptionContext=NORTE) == "InvalidCiphertextException"


def test_the_contexts_keys_are_known_too(
    emulator: Emulator, session: Callable[..., tuple[Any, str]], answer: Callable[..., str]
) -> None:
    only_school = {
        "ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["school_id"]},
        "Null": {"kms:EncryptionContextKeys": "false"},
    }
    client, key = session(emulator, only_school)
    request = {"KeyId": key, "KeySpec": "AES_256"}
    assert answer(client.generate_data_key, **request, EncryptionContext=NORTE) == "ok"
    extra = NORTE | {"more": "x"}
    assert answer(client.generate_data_key, **request, EncryptionContext=extra) == "AccessDeniedException"


def test_a_keys_own_policy_is_asked_as_well(
    emulator: Emulator,
    root: Callable[[Emulator], Any],
    session: Callable[..., tuple[Any, str]],
    answer: Callable[..., str],
) -> None:
    client, key = session(emulator, {})
    account = {"AWS": f"arn:aws:iam::{emulator.account_id}:root"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": account, "Action": USE, "Resource": "*", "Condition": OF_THE_SCHOOL}
        ],
    }
    root(emulator)("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=json.dumps(policy))
    request = {"KeyId": key, "KeySpec": "AES_256"}
    assert answer(client.generate_data_key, **request, EncryptionContext=NORTE) == "ok"
    assert answer(client.generate_data_key, **request, EncryptionContext=SUR) == "AccessDeniedException"
