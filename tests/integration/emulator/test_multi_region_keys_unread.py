from collections.abc import Callable
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "multi_region_keys_unread"


@pytest.mark.parametrize("multi_region", [True, False])
def test_a_ciphertext_says_which_key_it_takes(
    emulator: Emulator,
    faulty: Emulator,
    root: Callable[[Emulator], Any],
    answer: Callable[..., str],
    multi_region: bool,
) -> None:
    def decrypts(where: Emulator, *, permitted: bool = True) -> str:
        admin = root(where)
        key, other = (admin("kms").create_key(MultiRegion=multi_region)["KeyMetadata"]["Arn"] for _ in range(2))
        blob = admin("kms").generate_data_key(KeyId=key, KeySpec="AES_256")["CiphertextBlob"]
        allowed = {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key if permitted else other}
        return answer(admin.with_role([allowed])("kms").decrypt, CiphertextBlob=blob)

    assert decrypts(faulty) == ("AccessDeniedException" if multi_region else "ok")
    assert decrypts(emulator) == "ok"
    assert decrypts(emulator, permitted=False) == "AccessDeniedException"
