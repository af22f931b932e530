"""Looks for many texts at once in a long one, as they are or in a dress that anybody can take off.

A text is found whatever its case and accents; with JSON's or a URL's escapes; and in Base64, wherever in it the text
begins. Compression and encryption hide it: what is compressed has to be unpacked before it is looked at.
"""

import base64
import json
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

from luca_local.demo.evidence.personal_data import Kind

SHORTEST: Final = 8
"""Characters that a text must have: what is shorter is found by chance, and in words that are nobody's."""

_CHUNK: Final = 1 << 16

_Index = Mapping[str, list[tuple[str, Kind]]]


class PersonalTexts:
    """The texts, ready to be looked for.

    Raises:
        ValueError: one of them is too short.
    """

    def __init__(self, texts: Mapping[Kind, Iterable[str]]) -> None:
        folded: defaultdict[str, list[tuple[str, Kind]]] = defaultdict(list)
        encoded: defaultdict[str, list[tuple[str, Kind]]] = defaultdict(list)
        for kind, of_kind in texts.items():
            for text in of_kind:
                if len(text) < SHORTEST:
                    raise ValueError(f"{kind}: a text of {len(text)} characters is found by chance")
                plain = fold(text)
                folded[plain[:SHORTEST]].append((plain, kind))
                for form in set(encodings(text)):
                    encoded[form[:SHORTEST]].append((form, kind))
        self._folded: _Index = dict(folded)
        self._encoded: _Index = dict(encoded)

    def in_(self, text: str) -> frozenset[Kind]:
        """Return the kinds of which there is one in a text."""
        return frozenset({*_found(self._folded, fold(text)), *_found(self._encoded, text)})


def fold(text: str) -> str:
    """Return a text without case and accents."""
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    return text.casefold()


def encodings(text: str) -> Iterator[str]:
    """Return the forms of a text in which it does not look like itself."""
    escaped = json.dumps(text)[1:-1]
    yield from (escaped, escaped.replace("\\", "\\\\"), quote(text, safe=""), quote_plus(text))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for offset in range(3):
            # Of the first and the last characters, some bits are of what stands before and after.
            first, last = -(-offset * 8 // 6), (offset + len(text.encode())) * 8 // 6
            yield encode(b"\0" * offset + text.encode()).decode()[first:last]


def _found(index: _Index, text: str) -> Iterator[Kind]:
    for begin in range(0, len(text), _CHUNK):
        chunk = text[begin : begin + _CHUNK + SHORTEST - 1]
        heads = {chunk[at : at + SHORTEST] for at in range(len(chunk) - SHORTEST + 1)}
        for head in heads & index.keys():
            yield from (kind for needle, kind in index[head] if needle in text)
