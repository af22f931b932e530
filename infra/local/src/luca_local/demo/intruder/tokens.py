"""Tokens that say another school than the one they were issued for: none of them is believed."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import aiohttp

from luca_local.demo.evidence.attempts import Attempt
from luca_local.demo.people import Edge, Person
from luca_local.run_record import RunRecord


async def attempts(record: RunRecord, edge: Edge, person: Person, target: str, path: str) -> list[Attempt]:
    """Ask for something of a school with forged tokens of somebody of another one, and with somebody's altered body."""
    async with aiohttp.ClientSession() as session, session.get(record.jwks_url) as answer:
        public_key = await answer.read()
    found = []
    for what, token in _forgeries(person.token, target, public_key):
        told = await edge.ask(replace(person, token=token), "GET", path)
        found.append(
            Attempt(
                surface="token",
                school_id=person.school_id,
                target=target,
                what=what,
                outcome=str(told.status),
                succeeded=200 <= told.status < 300,
                refused=told.status == 401,
                got=told.text,
            )
        )
    return [*found, *[await _event(edge, person, target, body) for body in _bodies(target)]]


async def _event(edge: Edge, person: Person, target: str, body: dict[str, Any]) -> Attempt:
    told = await edge.ask(person, "POST", "/v1/events", body=body)
    return Attempt(
        surface="events",
        school_id=person.school_id,
        target=target,
        what=f"an event that says that it is {target}'s",
        outcome=str(told.status),
        succeeded=told.status == 202,
        refused=told.status == 422,
        got=told.text,
    )


def _bodies(target: str) -> Iterator[dict[str, Any]]:
    yield {"events": [{"type": "merit"}], "school_id": target}
    yield {"events": [{"type": "merit", "school_id": target}]}
    yield {"events": [{"type": "merit", "data": {"school_id": target}}]}


def _forgeries(token: str, target: str, public_key: bytes) -> Iterator[tuple[str, str]]:
    header, claims, signature = token.split(".")
    head, said = _parsed(header), _parsed(claims)
    other = _encoded({**said, "custom:school_id": target})
    yield "another school, the old signature", f"{header}.{other}.{signature}"
    yield "another school, no signature", f"{header}.{other}."
    for algorithm in ("none", "None", "NONE"):
        yield f"another school, algorithm {algorithm}", f"{_encoded({**head, 'alg': algorithm})}.{other}."
    symmetric = f"{_encoded({**head, 'alg': 'HS256'})}.{other}"
    digest = hmac.digest(public_key, symmetric.encode(), hashlib.sha256)
    yield "another school, signed with the public key", f"{symmetric}.{_base64(digest)}"
    own_key = _encoded({**head, "jwk": json.loads(public_key)["keys"][0], "kid": "mine"})
    yield "another school, a key of one's own", f"{own_key}.{other}.{signature}"


def _parsed(part: str) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return parsed


def _encoded(part: Mapping[str, Any]) -> str:
    return _base64(json.dumps(part).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
