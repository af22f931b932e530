import pytest

from luca_shared.runtime.pseudonyms import Pseudonyms

PSEUDONYMS = Pseudonyms(b"a secret of sixteen bytes or more")


def test_an_id_always_has_the_same_pseudonym_of_sixteen_hex_digits() -> None:
    pseudonym = PSEUDONYMS.of("norte", "s42")
    assert pseudonym == PSEUDONYMS.of("norte", "s42")
    assert len(pseudonym) == 16
    assert int(pseudonym, 16) >= 0
    assert "s42" not in pseudonym


def test_other_ids_and_other_schools_have_other_pseudonyms() -> None:
    found = {
        PSEUDONYMS.of("norte", "s42"),
        PSEUDONYMS.of("norte", "s43"),
        PSEUDONYMS.of("norte-2", "s42"),
        PSEUDONYMS.school("norte"),
        PSEUDONYMS.of("norte", "norte"),
    }
    assert len(found) == 5


def test_without_the_secret_nobody_can_try_ids_out() -> None:
    assert Pseudonyms(b"another secret of sixteen bytes").of("norte", "s42") != PSEUDONYMS.of("norte", "s42")


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        Pseudonyms(b"short")
