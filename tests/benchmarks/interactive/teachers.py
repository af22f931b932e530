"""The teachers who ask, and the user pool that vouches for them."""

import json
import time
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwk, jwt
from tests.benchmarks.interactive import school

ISSUER: Final = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_benchmark"
CLIENT_ID: Final = "benchmark"
_KEY_ID: Final = "key-1"
_LASTS_S: Final = 4 * 3600


class UserPool:
    """Signs tokens with a key of its own."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._key = jwk.construct(private.decode(), "RS256")

    def write_key_set(self, path: Path) -> None:
        """Write what the pool publishes."""
        public = {
            name: value.decode() if isinstance(value, bytes) else value
            for name, value in self._key.public_key().to_dict().items()
        }
        path.write_text(json.dumps({"keys": [{**public, "kid": _KEY_ID, "use": "sig", "alg": "RS256"}]}))

    def token(self, school_id: str, person_id: str, role: str = "teacher") -> str:
        """Return an ID token as Cognito makes them."""
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "token_use": "id",
            "auth_time": now,
            "iat": now,
            "exp": now + _LASTS_S,
            "sub": f"{school_id}/{person_id}",
            "cognito:username": person_id,
            "cognito:groups": [role],
            "custom:school_id": school_id,
            "custom:person_id": person_id,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": _KEY_ID})

    def write_people(self, path: Path, *, schools: int, classes: int) -> None:
        """Write the teachers of so many classes of so many schools, school by school, as the script reads them."""
        people = [
            {
                "school_id": school.school_id(of),
                "class_id": school.class_id(number),
                "token": self.token(school.school_id(of), school.teacher_id(number)),
            }
            for of in range(schools)
            for number in range(classes)
        ]
        path.write_text(json.dumps(people))
