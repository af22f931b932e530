"""KMS's data keys, each call with the credentials and the encryption context it is made with."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.services import Service


@dataclass(frozen=True, slots=True)
class DataKey:
    """A new 256-bit key, in the clear and as KMS wrapped it."""

    plaintext: bytes = field(repr=False)
    wrapped: bytes = field(repr=False)


class Kms:
    """Every method may raise any `AwsError`; a wrong encryption context is a `Rejected`."""

    def __init__(self, client: AwsClient) -> None:
        self._client = client

    async def generate_data_key(
        self,
        key_id: str,
        context: Mapping[str, str],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> DataKey:
        """Return a new data key, wrapped by the KMS key and bound to the encryption context."""
        request = {"KeyId": key_id, "KeySpec": "AES_256", "EncryptionContext": dict(context)}
        answer = await self._call("GenerateDataKey", request, credentials, correlation_id)
        return DataKey(b64decode(answer["Plaintext"]), b64decode(answer["CiphertextBlob"]))

    async def decrypt(
        self,
        key_id: str,
        wrapped: bytes,
        context: Mapping[str, str],
        *,
        credentials: Credentials,
        correlation_id: str | None = None,
    ) -> bytes:
        """Return what was wrapped by this KMS key with this encryption context."""
        request = {
            "KeyId": key_id,
            "CiphertextBlob": b64encode(wrapped).decode(),
            "EncryptionContext": dict(context),
        }
        answer = await self._call("Decrypt", request, credentials, correlation_id)
        return b64decode(answer["Plaintext"])

    async def _call(
        self, operation: str, request: Mapping[str, Any], credentials: Credentials, correlation_id: str | None
    ) -> dict[str, Any]:
        return await self._client.call(
            Service.KMS, operation, request, credentials=credentials, correlation_id=correlation_id
        )
