"""Texts that are no ids, each made to be taken for one: by a key, a pattern, a reader or a normalizing parser."""

import string
import unicodedata
from collections.abc import Mapping
from random import Random
from typing import Final

_ALLOWED: Final = frozenset(string.ascii_letters + string.digits + "_-")
_RANDOM: Final = 60

_OF_ALL_KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "separators": ("#", "norte#", "#norte", "norte#STUDENT#s1", "norte-2#", "TENANT#norte-2#STUDENT#s1", "s1#s2"),
    "wildcards": ("*", "norte*", "*norte", "nor?e", "norte-*", "${aws:PrincipalTag/school_id}", "norte$", "${*}"),
    "percent signs": ("%", "norte%", "norte%23", "norte%2a", "%2e%2e", "norte%00", "%6eorte"),
    "control characters": (
        "norte\x00", "\x00norte", "nor\x00te", "norte\n", "norte\r", "norte\r\n", "norte\t", "norte\x1b", "norte\x7f",
        "norte\x85", "norte\u2028", "norte\x08",
    ),
    "lookalikes": (
        "n\u043erte", "\uff4eorte", "nort\u0435", "n\u03bfrte", "norte\u20102", "norte\u22122", "norte-\uff12",
        "norte-\u0662", "\U0001d427orte",
    ),
    "other normal forms": (
        "norte\u0301", unicodedata.normalize("NFC", "norte\u0301"), "nor\u00f1e",
        unicodedata.normalize("NFD", "nor\u00f1e"), "\ufb01no", "\u212aorte", "\u0131d", "\u017fur",
    ),
    "invisible characters": (
        "norte\u200b", "\ufeffnorte", "nor\u200dte", "norte\u202e", "norte\u00ad", "norte\u2060", "norte\ufe0f",
        "norte\U000e0041",
    ),
    "lengths": ("", "n" * 65, "n" * 256, "n" * 2049),
    "blanks": (" ", "norte ", " norte", "nor te", "norte\u00a0", "norte\u3000"),
    "paths": (".", "..", "../norte-2", "norte/norte-2", "norte/../norte-2", "norte\\norte-2", "norte.2"),
    "quotes": ("norte'", 'norte"', "norte' OR '1'='1", 'norte"}', "norte\\", "norte`", "{{norte}}", "norte;norte-2"),
    "lists": ("norte,norte-2", "norte norte-2", '["norte"]', "norte|norte-2", "norte&norte-2"),
}  # fmt: skip

_NO_SCHOOLS: Final[Mapping[str, tuple[str, ...]]] = {
    "cases": ("Norte", "NORTE", "nortE", "norte_2"),
    "beginnings": ("-norte", "_norte", "-", "_"),
    "lengths": ("n" * 64,),
}


def hostile_texts(chance: Random) -> list[tuple[str, str]]:
    """Return texts that no id may be, with their kinds: fixed ones, each forbidden character, and some by chance."""
    fixed = [(kind, text) for kind, texts in _OF_ALL_KINDS.items() for text in texts]
    every = [("forbidden characters", f"s1{chr(code)}") for code in range(256) if chr(code) not in _ALLOWED]
    return [*fixed, *every, *(("characters by chance", _by_chance(chance)) for _ in range(_RANDOM))]


def hostile_schools(chance: Random) -> list[tuple[str, str]]:
    """Return texts that no school's id may be: what no id may be, and what differs from an id in case alone."""
    return [*hostile_texts(chance), *((kind, text) for kind, texts in _NO_SCHOOLS.items() for text in texts)]


def _by_chance(chance: Random) -> str:
    """Return an id's characters around one that is no id's."""
    while chr(code := chance.randrange(0x110000)) in _ALLOWED or 0xD800 <= code < 0xE000:
        pass  # half a surrogate pair is no text at all: neither JSON nor a header can carry it
    around = "".join(chance.choices("norte-2", k=chance.randrange(8)))
    at = chance.randrange(len(around) + 1)
    return around[:at] + chr(code) + around[at:]
