# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""Mends: what PartiQL writes is missing from the table's stream.

ministack 1.5.33 writes no stream record for INSERT, UPDATE and DELETE statements. On AWS a stream has every change of
an item, whichever operation made it (developer guide, "Change data capture for DynamoDB Streams"). Mended by noting
what a statement stores and removes, and recording it when the statement, or the transaction around it, has succeeded.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import dynamodb

from luca_local.emulator.patching import original, replace

Change = tuple[str, dict[str, Any] | None, dict[str, Any] | None]
"""A table's name, the item before and the item after."""

_changes: ContextVar[list[Change] | None] = ContextVar("changes of the statements under way", default=None)


def install() -> None:
    """Record what statements change."""
    set_item = original(dynamodb, "_set_item", "table", "pk_val", "sk_val", "item")
    remove_item = original(dynamodb, "_remove_item", "table", "pk_val", "sk_val")
    statement = original(dynamodb, "_execute_statement", "data")
    transaction = original(dynamodb, "_execute_transaction", "data")
    original(dynamodb, "_emit_stream_event", "table_name", "event_name", "old_item", "new_item", "replicate")

    def _set_item(table: dict[str, Any], pk_val: Any, sk_val: Any, item: dict[str, Any]) -> Any:
        old = set_item(table, pk_val, sk_val, item)
        _note(table, old, item)
        return old

    def _remove_item(table: dict[str, Any], pk_val: Any, sk_val: Any) -> Any:
        old = remove_item(table, pk_val, sk_val)
        _note(table, old, None)
        return old

    def _execute_statement(data: dict[str, Any]) -> Any:
        return _recording(statement, data)

    def _execute_transaction(data: dict[str, Any]) -> Any:
        return _recording(transaction, data)

    replace(dynamodb, "_set_item", _set_item)
    replace(dynamodb, "_remove_item", _remove_item)
    replace(dynamodb, "_execute_statement", _execute_statement)
    replace(dynamodb, "_execute_transaction", _execute_transaction)


def _note(table: dict[str, Any], old: dict[str, Any] | None, new: dict[str, Any] | None) -> None:
    changes = _changes.get()
    if changes is not None and not (old is None and new is None):
        changes.append((table["TableName"], old, new))


def _recording(run: Callable[[dict[str, Any]], Any], data: dict[str, Any]) -> Any:
    changes: list[Change] = []
    token = _changes.set(changes)
    try:
        answer = run(data)
    finally:
        _changes.reset(token)
    if answer[0] == 200:  # else a transaction has been rolled back
        for table, old, new in changes:
            event = "REMOVE" if new is None else "MODIFY" if old else "INSERT"
            dynamodb._emit_stream_event(table, event, old, new)
    return answer
