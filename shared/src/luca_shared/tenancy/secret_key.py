"""A 256-bit key for AES-256-GCM (NIST SP 800-38D), and the layout of what it encrypts.

    | offset | bytes | what                                                                |
    | ------ | ----- | ------------------------------------------------------------------- |
    | 0      | 1     | version of this layout: 1                                           |
    | 1      | 8     | the key's id, which tells a destroyed key from a damaged ciphertext |
    | 9      | 12    | nonce, random: a key may encrypt 2^32 texts                         |
    | 21     | n     | ciphertext, as long as the plaintext                                |
    | 21 + n | 16    | tag                                                                 |

The tag also covers the first nine bytes and the binding: texts that say what the plaintext is and whose, so that a
ciphertext is of no use in another place. Each is preceded by its length, so that no two bindings read alike.
"""

import hmac
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
_VERSION: Final = b"\x01"
_ID_BYTES: Final = 8
_HEADER_BYTES: Final = len(_VERSION) + _ID_BYTES
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16


class CorruptCiphertext(Exception):
    """A ciphertext was damaged, or was not made for the place where it is."""


class AnotherKey(Exception):
    """A ciphertext was made with another key."""


class SecretKey:
    """A key that encrypts and decrypts; it does not show itself."""

    __slots__ = ("_aead", "_header")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._aead = AESGCM(secret)
        # The id reveals nothing of the key, and stays the same when the key is wrapped anew.
        self._header = _VERSION + hmac.digest(secret, b"luca: id of a data key", "sha256")[:_ID_BYTES]

    def encrypt(self, plaintext: bytes, *binding: str) -> bytes:
        """Return the ciphertext, in the layout above; the same plaintext gives another one each time."""
        nonce = os.urandom(_NONCE_BYTES)
        return self._header + nonce + self._aead.encrypt(nonce, plaintext, self._authenticated(binding))

    def decrypt(self, ciphertext: bytes, *binding: str) -> bytes:
        """Return the plaintext.

        Raises:
            AnotherKey: another key made the ciphertext.
            CorruptCiphertext: it is damaged, or was made with another binding.
        """
        nonce_end = _HEADER_BYTES + _NONCE_BYTES
        if len(ciphertext) < nonce_end + _TAG_BYTES or ciphertext[:1] != _VERSION:
            raise CorruptCiphertext("not in the layout of a ciphertext")
        if ciphertext[:_HEADER_BYTES] != self._header:
            raise AnotherKey("made with another key")
        try:
            return self._aead.decrypt(
                ciphertext[_HEADER_BYTES:nonce_end], ciphertext[nonce_end:], self._authenticated(binding)
            )
        except InvalidTag:
            raise CorruptCiphertext("damaged, or made for another place") from None

    def _authenticated(self, binding: tuple[str, ...]) -> bytes:
        bound = self._header
        for part in binding:
            text = part.encode()
            bound += len(text).to_bytes(4, "big") + text
        return bound
