# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: items that expire are missing from the table's stream.

ministack 1.5.33 deletes expired items without a stream record, and takes a text for a time. On AWS the stream has a
REMOVE record whose `userIdentity` is the service, and only numbers of the last five years expire (developer guide,
"DynamoDB Streams and Time to Live", "Using time to live"). Mended by a reaper of our own in the place of ministack's;
how often it looks, LUCA_EMULATOR_TTL_SECONDS says.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Any

from luca_local.emulator.patching import UnexpectedEmulatorError, original, replace

_INTERVAL = "60"  # seconds; on AWS it may take days, so whoever reads an item checks its time
_MODULE = "ministack.services.dynamodb"
_THREAD = "dynamodb-ttl-reaper"
_FIVE_YEARS = 5 * 365 * 86400

_expiring: ContextVar[bool] = ContextVar("removing an expired item", default=False)


def install() -> None:
    """Start the reaper, and keep ministack's from starting."""
    if _MODULE in sys.modules:
        raise UnexpectedEmulatorError(f"{_MODULE} was imported before its reaper could be replaced")
    with _thread_held_back(_THREAD) as held_back:
        dynamodb = import_module(_MODULE)
    if not held_back:
        raise UnexpectedEmulatorError(f"{_MODULE} starts no thread {_THREAD}")
    build = original(dynamodb, "_build_change_record", "table", "event_name", "old_item", "new_item", "view_type")
    original(dynamodb, "_remove_item", "table", "pk_val", "sk_val")
    original(dynamodb, "_emit_stream_event", "table_name", "event_name", "old_item", "new_item", "replicate")

    def _build_change_record(
        table: dict[str, Any],
        event_name: str,
        old_item: dict[str, Any] | None,
        new_item: dict[str, Any] | None,
        view_type: str,
    ) -> dict[str, Any]:
        record: dict[str, Any] = build(table, event_name, old_item, new_item, view_type)
        if _expiring.get():
            record["userIdentity"] = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
        return record

    replace(dynamodb, "_build_change_record", _build_change_record)
    interval = float(os.environ.get("LUCA_EMULATOR_TTL_SECONDS", _INTERVAL))
    threading.Thread(target=_reap_forever, args=(dynamodb, interval), daemon=True, name=_THREAD).start()


@contextmanager
def _thread_held_back(name: str) -> Iterator[list[threading.Thread]]:
    """While open, a thread of that name is collected in the place of being started."""
    held_back: list[threading.Thread] = []
    start = threading.Thread.start

    def start_unless_named(self: threading.Thread) -> None:
        if self.name == name:
            held_back.append(self)
        else:
            start(self)

    threading.Thread.start = start_unless_named
    try:
        yield held_back
    finally:
        threading.Thread.start = start


def _reap_forever(dynamodb: Any, interval: float) -> None:
    while True:
        time.sleep(interval)
        try:
            _reap(dynamodb, time.time())
        except Exception:
            logging.getLogger("dynamodb").exception("expired items were not removed")


def _reap(dynamodb: Any, now: float) -> None:
    from ministack.core.responses import request_scope  # noqa: PLC0415 - ministack is imported by its installation

    for (account, region, name), setting in list(dynamodb._ttl_settings.all_items()):
        with request_scope(account, region):
            table = dynamodb._tables.get(name)
            if setting.get("TimeToLiveStatus") != "ENABLED" or table is None:
                continue
            for partition, items in list(table["items"].items()):
                for sort, item in list(items.items()):
                    if is_due(item.get(setting["AttributeName"]), now):
                        _remove(dynamodb, table, (partition, sort))


def _remove(dynamodb: Any, table: dict[str, Any], key: tuple[Any, Any]) -> None:
    old = dynamodb._remove_item(table, *key)
    token = _expiring.set(True)
    try:
        dynamodb._emit_stream_event(table["TableName"], "REMOVE", old, None)
    finally:
        _expiring.reset(token)


def is_due(value: Any, now: float) -> bool:
    """Whether an item with this time (an attribute value, seconds since the epoch) has expired at `now`."""
    if not isinstance(value, dict) or set(value) != {"N"}:
        return False
    return now - _FIVE_YEARS < float(value["N"]) <= now
