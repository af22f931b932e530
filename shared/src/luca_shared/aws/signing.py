"""AWS Signature Version 4 for the one kind of request that AWS JSON knows, by botocore's signer without its detours.

botocore's `SigV4Auth` takes 65 us for such a request, most of it in a general header map, in URL parsing and in
deriving the same key again. Every request here is a POST of a JSON body to `/` with a handful of headers, so three
steps of it are replaced and the rest is botocore's own: 11 us. A test compares the signatures with botocore's.
"""

import hmac
import time
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.credentials import ReadOnlyCredentials

from luca_shared.aws.credentials import Credentials

_CACHED_KEYS = 8192  # a day's keys of 2,000 schools for three services


class _Request(NamedTuple):
    """As much of botocore's `AWSRequest` as its signer looks at here."""

    headers: dict[str, str]
    body: bytes
    context: dict[str, str]


class Signer:
    """Signs a client's requests to one service, each with the credentials it is given."""
