"""Mends: a Decrypt without a key id is not authorised on the key when that is a multi-region one.

ministack 1.5.33 reads the key from the ciphertext, as AWS does, but takes only the ids of single-region keys for ids;
it then asks for `kms:Decrypt` on `*`, which no policy that names the key allows. Ids of multi-region keys are `mrk-`
and 32 hexadecimal digits (KMS developer guide, "Multi-Region keys in AWS KMS"). Mended by reading those too.
"""

import base64
import binascii
import re

from ministack.core import iam_actions

from luca_local.emulator.patching import original, replace

_MULTI_REGION_ID = re.compile(r"mrk-[0-9a-f]{32}")
_ID_LENGTH = 36  # bytes at the beginning of ministack's ciphertexts, for either kind of id


def install() -> None:
    """Read either kind of id from a ciphertext."""
    read = original(iam_actions, "_kms_key_id_from_ciphertext", "ciphertext_b64")

    def _kms_key_id_from_ciphertext(ciphertext_b64: str) -> str:
        return read(ciphertext_b64) or _multi_region_id(ciphertext_b64)

    replace(iam_actions, "_kms_key_id_from_ciphertext", _kms_key_id_from_ciphertext)


def _multi_region_id(ciphertext_b64: str) -> str:
    try:
        start = base64.b64decode(ciphertext_b64)[:_ID_LENGTH].decode("ascii", "replace")
    except (binascii.Error, TypeError):
        return ""
    return start if _MULTI_REGION_ID.fullmatch(start) else ""
