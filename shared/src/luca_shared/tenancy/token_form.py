"""The form of a token (JWS compact serialization, RFC 7515): three segments, the first saying how it is signed.

Everything here runs before any key is looked up or any signature computed, on text that anybody can send.
"""

import base64
import re
from typing import Any

from luca_shared.tenancy.jwk_set import is_key_id
from luca_shared.tenancy.strict_json import parse_object
from luca_shared.tenancy.token_claims import TokenRejected

MAX_LENGTH = 8192  # Cognito's are 1 to 2 KB, and a whole HTTP header is seldom allowed more
# python-jose's own decoder passes over characters that are not base64url; one token must have one spelling.
_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


def signing_key_id(token: str) -> str:
    """Return the `kid` of a token that claims to be signed as ours are.

    What else a header may say of keys (`jwk`, `jku`, `x5c`, `x5u`) is not looked at: the key is always the pool's.

    Raises:
        TokenRejected: it does not have the form, or the algorithm is another one.
    """
    if len(token) > MAX_LENGTH:
        raise TokenRejected("too-long")
    if not _COMPACT.fullmatch(token):
        raise TokenRejected("malformed")
    header = segment_object(token.split(".", 1)[0])
    if header.get("alg") != "RS256":
        raise TokenRejected("wrong-algorithm")
    # RFC 7515 section 4.1.11: who does not understand a critical extension must refuse; we understand none.
    if "crit" in header:
        raise TokenRejected("critical-extension")
    if str(header.get("typ", "JWT")).upper() != "JWT":
        raise TokenRejected("wrong-type")
    kid = header.get("kid")
    if not is_key_id(kid):
        raise TokenRejected("no-key-id")
    return str(kid)


def segment_object(segment: str) -> dict[str, Any]:
    """Return the JSON object in a segment.

    Raises:
        TokenRejected: there is none, or it is ambiguous.
    """
    try:
        return parse_object(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except ValueError:  # of base64, or NotStrictJson
        raise TokenRejected("malformed") from None
