"""What the second wall consists of, one condition after the other, and how each is taken away."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from aiohttp import web
from msgspec import structs

from luca_gov_sync import command_line, payload_store
from luca_ingest_worker import messages
from luca_interactive import cursors, inputs
from luca_local.isolation.guards import Guard, Instead, without
from luca_local.isolation.lax_ids import LINE_FEED_ALLOWED, any_text
from luca_local.isolation.type_wall.ciphertexts import KIND
from luca_shared.records.record import Record
from luca_shared.records.school import School
from luca_shared.runtime.problems import Problem
from luca_shared.runtime.requests import parse_body
from luca_shared.tenancy import context, credentials, key_types, keys, ownership, range_query
from luca_shared.tenancy.aged_cache import AgedCache
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.key_types import SEPARATOR, Range
from luca_shared.tenancy.ownership import Ownership
from luca_shared.tenancy.secret_key import SecretKey
from luca_shared.tenancy.table import Tables, TenantTable

_remembered = AgedCache.get
_of_school = Ownership.__init__
_decode = messages._decode  # noqa: SLF001  # guards are what is private


def _unterminated(own: Ownership, school_id: SchoolId) -> None:
    _of_school(own, school_id)
    own._prefix = f"TENANT#{school_id}"  # noqa: SLF001


def _nothing(*_: Any, **__: Any) -> None:
    """Check nothing."""


def _any_parts(*parts: str) -> str:
    return SEPARATOR.join(parts)


def _any_context(tables: Tables, of: TenantContext) -> TenantTable:
    return TenantTable(tables._dynamodb, tables._credentials, tables._names, of)  # noqa: SLF001


async def _any_path(request: web.Request, model: Any) -> object:
    return model(**request.match_info)


async def _any_query(request: web.Request, model: Any) -> object:
    known = {each.encode_name for each in structs.fields(model)}
    given = {name: value for name, value in request.query.items() if name in known}
    return model(**{**given, **({"limit": 50} if "limit" in known else {})})


def _any_position(*_: Any) -> bool:
    return True


def _start_anywhere(of: Range, position: str) -> dict[str, str]:
    if of.index is None:
        return {"pk": of.pk, "sk": position}
    return {"pk": of.pk, "sk": position, of.partition_attribute: of.pk, of.sort_attribute: position}


def _any_item(cls: type[School], item: Mapping[str, Any]) -> School:
    return cls(school_id=item["school_id"], name=item["name"], time_zone=item["time_zone"])


def _parsing(name: str, parse: Any) -> Instead:
    return Instead(inputs, "_PARSERS", {**inputs._PARSERS, name: parse})  # noqa: SLF001


async def _any_body(request: web.Request, model: Any) -> object:
    """Take the body's members as they come; what is below them keeps its form."""
    try:
        return await parse_body(request, model)
    except Problem:
        given = msgspec.json.decode(await request.read())
        return model(**{each.name: given.get(each.encode_name) for each in structs.fields(model)})


def _decoded_with_any_ids(text: bytes) -> Any:
    given = msgspec.json.decode(text)
    right = _decode(msgspec.json.encode({**given, "event_id": "e1", "student_id": "s1", "kind": "behavior"}))
    return structs.replace(right, event_id=given["event_id"], student_id=given["student_id"])


def _decoded_without_its_school(text: bytes) -> Any:
    given = msgspec.json.decode(text)
    given.pop("school_id", None)
    return _decode(msgspec.json.encode(given))


def _made_by_anybody(_: TenantContext) -> None:
    """Refuse nobody."""


def _of_whichever_school(of: AgedCache[Any, Any], key: Any) -> Any:
    """Find what is remembered by the last part of its name."""
    last = key[-1] if isinstance(key, tuple) else None
    alike = [each for each in of._entries if last is None or each[-1] == last]  # noqa: SLF001
    return _remembered(of, alike[0]) if alike else None


_BOUND_TO_NOTHING: Final = Instead(SecretKey, "_authenticated", lambda of, _: of._header)  # noqa: SLF001
_BY_STUDENT_ALONE: Final = Instead(AgedCache, "get", _of_whichever_school)

GUARDS: Final[tuple[Guard, ...]] = (
    without(
        "the `#` that ends a school's prefix",
        Instead(Ownership, "__init__", _unterminated),
        kinds={"a foreign key", "a foreign range"},
    ),
    without(
        "the check of keys", Instead(Ownership, "check_key", _nothing), kinds={"a foreign key", "no key for a key"}
    ),
    without("the check of ranges", Instead(Ownership, "check_range", _nothing), kinds={"a foreign range"}),
    without(
        "the check of attributes",
        Instead(Ownership, "check_attributes", _nothing),
        kinds={"a foreign index attribute", "a key among the attributes"},
    ),
    without("the check of updates", Instead(Ownership, "check_update", _nothing), kinds={"a foreign index attribute"}),
    *(
        without(
            f"`{name}` among what is checked",
            Instead(ownership, "_INDEX_PARTITIONS", (other,)),
            kinds={"a foreign index attribute"},
        )
        for name, other in (("by_class_pk", "pending_pk"), ("pending_pk", "by_class_pk"))
    ),
    without(
        "the item's own key kept out of its attributes",
        Instead(ownership, "_KEY_ATTRIBUTES", ()),
        kinds={"a key among the attributes"},
    ),
    without(
        "the refusal of separators in a key's parts",
        Instead(keys, "joined", _any_parts),
        Instead(key_types, "joined", _any_parts),
        kinds={"a part that is two"},
    ),
    without(
        "positions looked for in the range, at the API",
        Instead(cursors, "_is_position", _any_position),
        backed_by="positions looked for in the range, at the tables",
        kinds={"a cursor"},
    ),
    without(
        "positions looked for in the range, at the tables",
        Instead(range_query, "_start", _start_anywhere),
        kinds={"a position outside the range"},
    ),
    without(
        "a context for the tables, nothing else",
        Instead(Tables, "of", _any_context),
        kinds={"no context for a context"},
    ),
    without(
        "a context made by its sources only",
        Instead(TenantContext, "__init__", _made_by_anybody),
        kinds={"no context for a context"},
    ),
    without("the pattern of ids in messages", Instead(context, "parse_id", any_text), kinds={"a queue attribute"}),
    without(
        "the end of the pattern of ids", Instead(context, "SchoolId", LINE_FEED_ALLOWED), kinds={"a queue attribute"}
    ),
    without(
        "the pattern of ids in events",
        Instead(messages, "_decode", _decoded_with_any_ids),
        kinds={"an event in a message"},
    ),
    without(
        "the refusal of a school in an event",
        Instead(messages, "_decode", _decoded_without_its_school),
        kinds={"an event in a message"},
    ),
    without(
        "the pattern of ids in the directory",
        Instead(Record, "from_item", classmethod(_any_item)),
        kinds={"the directory of schools"},
    ),
    without(
        "the pattern of ids in commands", Instead(command_line, "parse_id", any_text), kinds={"a command's argument"}
    ),
    without("a second look before STS", Instead(credentials, "parse_id", any_text), kinds={"a session tag"}),
    without("the pattern of ids in paths", _parsing("path", _any_path), kinds={"an id in a path"}),
    without("the pattern of ids in queries", _parsing("query", _any_query), kinds={"an id in a query"}),
    without("the pattern of ids in bodies", _parsing("body", _any_body), kinds={"an id in a body"}),
    without(
        "what a ciphertext is bound to",
        _BOUND_TO_NOTHING,
        kinds={KIND},
    ),
    without(
        "keys in memory by their school",
        _BY_STUDENT_ALONE,
        backed_by="what a ciphertext is bound to",
        kinds={KIND},
    ),
    without("the check of payloads", Instead(payload_store, "_check", _nothing), kinds={"a foreign payload"}),
)
