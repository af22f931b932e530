"""The teachers who ask, and the user pool that vouches for them."""

import json
import time
from pathlib import Path
from typing import Final

from tests.benchmarks.interactive import school

from luca_local.isolation.token_wall.minting import CLIENT as CLIENT_ID
from luca_local.isolation.token_wall.minting import ISSUER, claims, jwk, key, signed

__all__ = ["CLIENT_ID", "ISSUER", "UserPool"]

_LASTS_S: Final = 4 * 3600


class UserPool:
    """Signs tokens with a key of its own."""

    def write_key_set(self, path: Path) -> None:
        """Write what the pool publishes."""
        path.write_text(json.dumps({"keys": [jwk(key())]}))

    def token(self, school_id: str, person_id: str, role: str = "teacher") -> str:
        """Return an ID token as Cognito makes them."""
        now = int(time.time())
        said = {"custom:school_id": school_id, "custom:person_id": person_id, "cognito:groups": [role]}
        return signed(claims(now, sub=f"{school_id}/{person_id}", exp=now + _LASTS_S, **said))

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
