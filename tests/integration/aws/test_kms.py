"""KMS by our client and by aiobotocore: the same request, and what one wraps the other unwraps."""

from typing import TYPE_CHECKING

import pytest

from luca_shared.aws import AwsClient, Credentials, Kms, Rejected

if TYPE_CHECKING:
    from tests.integration.aws.conftest import Theirs, Wire

CONTEXT = {"school_id": "norte"}


@pytest.fixture
def kms(client: AwsClient) -> Kms:
    return Kms(client)


@pytest.fixture
async def key_id(setup: "Theirs") -> str:
    return (await setup.kms.create_key())["KeyMetadata"]["KeyId"]


async def test_generate_a_data_key(kms: Kms, theirs: "Theirs", key_id: str, wire: "Wire", admin: Credentials) -> None:
    key = await kms.generate_data_key(key_id, CONTEXT, credentials=admin)
    await theirs.kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext=CONTEXT)
    one, other = wire.taken()
    assert one == other
    assert len(key.plaintext) == 32
    answer = await theirs.kms.decrypt(CiphertextBlob=key.wrapped, EncryptionContext=CONTEXT)
    assert answer["Plaintext"] == key.plaintext


async def test_decrypt_a_data_key(kms: Kms, theirs: "Theirs", key_id: str, wire: "Wire", admin: Credentials) -> None:
    answer = await theirs.kms.generate_data_key(KeyId=key_id, KeySpec="AES_256", EncryptionContext=CONTEXT)
    wire.taken()
    plaintext = await kms.decrypt(key_id, answer["CiphertextBlob"], CONTEXT, credentials=admin)
    await theirs.kms.decrypt(KeyId=key_id, CiphertextBlob=answer["CiphertextBlob"], EncryptionContext=CONTEXT)
    one, other = wire.taken()
    assert one == other
    assert plaintext == answer["Plaintext"]


async def test_another_context_opens_nothing(kms: Kms, key_id: str, admin: Credentials) -> None:
    key = await kms.generate_data_key(key_id, CONTEXT, credentials=admin)
    with pytest.raises(Rejected) as caught:
        await kms.decrypt(key_id, key.wrapped, {"school_id": "norte-2"}, credentials=admin)
    assert caught.value.code == "InvalidCiphertextException"
