"""Hostile ids where no person is: in messages, in the directory of schools, in a command, at STS."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import msgspec

from luca_gov_sync.command_line import _period  # the parsers of what an operator types
from luca_ingest_worker.messages import Rules, judge
from luca_ingest_worker.permissions import DEFAULT, Permissions
from luca_interactive.erase_school import _school
from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.hostile_ids import hostile_schools, hostile_texts
from luca_local.isolation.type_wall.rig import school
from luca_local.isolation.walls import Plan
from luca_shared.aws import Credentials, Message
from luca_shared.records.school import School
from luca_shared.tenancy.context import TenantContext, VerifiedClaims
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import PersonId, SchoolId

_NOW: Final = datetime(2026, 11, 24, tzinfo=UTC)
_RULES: Final = Rules(frozenset({"behavior"}), Permissions.parse(DEFAULT), timedelta(days=7), timedelta(minutes=5))
_SENDER: Final[Mapping[str, str]] = {
    "school_id": "norte", "person_id": "p9", "roles": "teacher", "correlation_id": "c",
}  # fmt: skip
_EVENT: Final[Mapping[str, Any]] = {
    "event_id": "e1", "kind": "behavior", "student_id": "s42", "type": "merit",
    "occurred_at": "2026-11-23T10:30:00Z", "data": {"points": 1},
}  # fmt: skip


async def tried_elsewhere(plan: Plan) -> list[Tried]:
    """Try what is wanted of it."""
    found: list[Tried] = []
    if plan.wants("a queue attribute"):
        found += _attributes(plan)
    if plan.wants("an event in a message"):
        found += _events(plan)
    if plan.wants("the directory of schools"):
        found += _directory(plan)
    if plan.wants("a command's argument"):
        found += _arguments(plan)
    if plan.wants("a session tag"):
        found += await _tags(plan)
    return found


def _attributes(plan: Plan) -> list[Tried]:
    kind = "a queue attribute"
    found: list[Tried] = [
        _control(kind, "a message with right attributes", _keys(_SENDER) == ["TENANT#norte#STUDENT#s42"])
    ]
    for name, texts in (("school_id", hostile_schools(plan.chance)), ("person_id", hostile_texts(plan.chance))):
        for of, text in texts:
            found.append(_attempt(kind, f"{name} with {of}: {ascii(text)[:40]}", _keys({**_SENDER, name: text})))
        without = {other: value for other, value in _SENDER.items() if other != name}
        found.append(_attempt(kind, f"no {name}", _keys(without)))
    for of, text in hostile_texts(plan.chance):
        redriven = {**_SENDER, "event_id": text}
        found.append(
            _attempt(kind, f"event_id with {of}: {ascii(text)[:40]}", _keys(redriven, msgspec.json.encode(_EVENT)))
        )
    return found


def _events(plan: Plan) -> list[Tried]:
    kind = "an event in a message"
    found: list[Tried] = [_control(kind, "a right event", len(_keys(_SENDER)) == 1)]
    for name in ("student_id", "event_id", "kind"):
        for of, text in hostile_texts(plan.chance):
            keys = _keys(_SENDER, _body({**_EVENT, name: text}))
            found.append(_attempt(kind, f"{name} with {of}: {ascii(text)[:40]}", keys))
    for what, body in (
        ("the event says a school", _body({**_EVENT, "school_id": "norte-2"})),
        ("the event says its own school", _body({**_EVENT, "school_id": "norte"})),
        ("the event says null", _body({**_EVENT, "school_id": None})),
        ("its data say a school", _body({**_EVENT, "data": {"school_id": "norte-2"}})),
        ("the message says a school", msgspec.json.encode({"events": [_EVENT], "school_id": "norte-2"})),
        ("the message says null", msgspec.json.encode({"events": [_EVENT], "school_id": None})),
        ("the event says a key", _body({**_EVENT, "pk": "TENANT#norte-2#STUDENT#s1"})),
        ("the event says whose it is", _body({**_EVENT, "tenant": "norte-2"})),
    ):
        found.append(_attempt(kind, what, _keys(_SENDER, body)))
    return found


def _keys(attributes: Mapping[str, str], body: bytes | None = None) -> list[str]:
    """Return where the events of a message would be stored."""
    text = (body or _body(_EVENT)).decode()
    try:
        judgement = judge(Message("m1", "r1", text, attributes, 1, None), _RULES, _NOW)
    except ValueError:  # of a key that can't be made
        return []
    return [accepted.key.pk for accepted in judgement.accepted]


def _body(event: Mapping[str, Any]) -> bytes:
    return msgspec.json.encode({"events": [event]})


def _directory(plan: Plan) -> list[Tried]:
    kind = "the directory of schools"
    found: list[Tried] = [_control(kind, "a right entry", _opened("norte") == ["norte"])]
    for of, text in [*hostile_schools(plan.chance), ("no text", None), ("a list", ["norte"])]:
        found.append(_attempt(kind, f"an entry with {of}: {ascii(text)[:40]}", _opened(text)))
        found.append(
            _attempt(kind, f"a context with {of}: {ascii(text)[:40]}", _taken(TenantContext.of_directory, text, ""))
        )
    return found


def _opened(school_id: object) -> list[Any]:
    item = {"entity": "school", "school_id": school_id, "name": "x", "time_zone": "UTC"}
    try:
        return [School.from_item(item).school_id]
    except Exception:  # noqa: BLE001  # CorruptItem: it is refused, whatever for
        return []


def _arguments(plan: Plan) -> list[Tried]:
    kind = "a command's argument"
    found: list[Tried] = [_control(kind, "a right term", _taken(_period, "2026-Q4") == ["2026-Q4"])]
    for of, text in hostile_schools(plan.chance):
        found.append(_attempt(kind, f"a school to erase with {of}: {ascii(text)[:40]}", _taken(_school, text)))
    for of, text in hostile_texts(plan.chance):
        found.append(_attempt(kind, f"--period with {of}: {ascii(text)[:40]}", _taken(_period, text)))
    return found


async def _tags(plan: Plan) -> list[Tried]:
    """Ask for a school's credentials with a context that somebody has made past its constructors."""
    kind, asked = "a session tag", list[str]()

    async def assume_role(role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:  # noqa: ARG001
        asked.append(tags["school_id"])
        return Credentials("key", "secret")

    credentials = TenantCredentials(assume_role, role_arn="any")
    await credentials.get(school("norte"))
    found: list[Tried] = [_control(kind, "a school's own", asked == ["norte"])]
    for of, text in hostile_schools(plan.chance):
        asked.clear()
        forged = school("norte")
        object.__setattr__(forged, "school_id", SchoolId(text))
        with suppress(ValueError):  # InvalidId
            await credentials.get(forged)
        found.append(_attempt(kind, f"a school with {of}: {ascii(text)[:40]}", list(asked)))
    for nobody in (
        None,
        "norte",
        {"school_id": "norte"},
        VerifiedClaims(SchoolId("norte"), PersonId("p"), frozenset(), 0),
    ):
        asked.clear()
        with suppress(TypeError):
            await credentials.get(cast("TenantContext", nobody))
        found.append(_attempt(kind, f"no context: {type(nobody).__name__}", list(asked)))
    return found


def _taken(parse: Callable[..., object], *arguments: object) -> list[object]:
    """Return what a door has taken, nothing when it has refused."""
    try:
        return [parse(*arguments)]
    except Exception:  # noqa: BLE001  # InvalidId, ArgumentTypeError: it is refused, whatever for
        return []


def _attempt(kind: str, what: str, taken: list[Any]) -> Attempt:
    return Attempt(kind, what, "taken" if taken else "refused", ending(leaked=bool(taken), refused=not taken))


def _control(kind: str, what: str, succeeded: bool) -> Control:  # noqa: FBT001  # what came of it
    return Control(kind, what, "taken" if succeeded else "refused", succeeded)
