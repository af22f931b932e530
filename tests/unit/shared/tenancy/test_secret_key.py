"""A key's ciphertexts: readable with that key in that place, and tamper-evident to the last bit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_shared.tenancy.secret_key import AnotherKey, CorruptCiphertext, SecretKey

SECRET = bytes(range(32))
KEY = SecretKey(SECRET)

bindings = st.lists(st.text(max_size=10), max_size=4).map(tuple)


@given(plaintext=st.binary(max_size=200), binding=bindings)
def test_what_was_encrypted_is_read_back_in_its_place(plaintext: bytes, binding: tuple[str, ...]) -> None:
    ciphertext = KEY.encrypt(plaintext, *binding)
    assert len(ciphertext) == 1 + 8 + 12 + len(plaintext) + 16
    assert ciphertext[0] == 1
    assert KEY.decrypt(ciphertext, *binding) == plaintext
    assert SecretKey(SECRET).decrypt(ciphertext, *binding) == plaintext


@given(here=bindings, there=bindings)
def test_it_is_of_no_use_in_another_place(here: tuple[str, ...], there: tuple[str, ...]) -> None:
    ciphertext = KEY.encrypt(b"Ana", *here)
    if here != there:
        with pytest.raises(CorruptCiphertext):
            KEY.decrypt(ciphertext, *there)


def test_places_that_read_alike_when_joined_are_not_one_place() -> None:
    with pytest.raises(CorruptCiphertext):
        KEY.decrypt(KEY.encrypt(b"Ana", "ab", "c"), "a", "bc")


@given(position=st.integers(0, 1 + 8 + 12 + 3 + 16 - 1), bit=st.integers(0, 7))
def test_a_changed_bit_is_noticed_wherever_it_is(position: int, bit: int) -> None:
    ciphertext = bytearray(KEY.encrypt(b"Ana", "place"))
    ciphertext[position] ^= 1 << bit
    with pytest.raises((CorruptCiphertext, AnotherKey)):
        KEY.decrypt(bytes(ciphertext), "place")


@given(st.binary(max_size=60))
def test_no_bytes_make_anything_but_a_refusal(noise: bytes) -> None:
    with pytest.raises((CorruptCiphertext, AnotherKey)):
        KEY.decrypt(noise, "place")


def test_a_shortened_ciphertext_is_corrupt() -> None:
    ciphertext = KEY.encrypt(b"Ana", "place")
    for length in range(len(ciphertext)):
        with pytest.raises(CorruptCiphertext):
            KEY.decrypt(ciphertext[:length], "place")


def test_another_key_is_told_from_damage() -> None:
    with pytest.raises(AnotherKey):
        SecretKey(b"\x01" * 32).decrypt(KEY.encrypt(b"Ana", "place"), "place")


def test_the_same_text_never_looks_the_same() -> None:
    assert len({KEY.encrypt(b"Ana", "place") for _ in range(100)}) == 100


def test_the_layout_stays_readable() -> None:
    """A ciphertext of the first version, as it may lie in the lake for years."""
    stored = bytes.fromhex(
        "01efbb38651178e2a16465666768696a6b6c6d6e6f0975bf46292affec5b18a05e44c27f1faf610ca801b505e788c6"
    )
    assert KEY.decrypt(stored, "field", "norte", "s42", "name").decode() == "Ana Pérez"


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_only_a_256_bit_key_is_a_key(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        SecretKey(b"x" * length)


def test_a_key_does_not_show_itself() -> None:
    assert not hasattr(KEY, "__dict__")
    assert SECRET.hex() not in repr(KEY)
