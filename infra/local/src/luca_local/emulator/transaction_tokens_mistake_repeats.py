"""Mends: a transaction that is sent again with its token may be taken for another one.

ministack 1.5.33 remembers with a ClientRequestToken the very objects of the request, and goes on changing them: it
rewrites numbers ("85.0" becomes "85"), and later writes change what was stored. The byte-identical repeat is then
answered IdempotentParameterMismatchException. On AWS it succeeds without writing again (API reference,
TransactWriteItems, "ClientRequestToken"). Mended by remembering a copy of the request as it came.
"""

from contextvars import ContextVar
from copy import deepcopy
from typing import Any

from ministack.services import dynamodb

from luca_local.emulator.patching import original, replace

_request: ContextVar[dict[str, Any] | None] = ContextVar("transaction under way", default=None)
_as_it_came: ContextVar[dict[str, Any] | None] = ContextVar("its copy", default=None)


def install() -> None:
    """Remember transactions as they came."""
    transaction = original(dynamodb, "_transact_write_items", "data")
    lookup = original(dynamodb, "_txn_token_lookup", "crt")
    store = original(dynamodb, "_txn_token_store", "crt", "entry")

    def _transact_write_items(data: dict[str, Any]) -> Any:
        token = _request.set(data)
        try:
            return transaction(data)
        finally:
            _request.reset(token)

    def _txn_token_lookup(crt: str) -> Any:
        # Called once the names of the tables are brought into one form, and before anything else is changed.
        _as_it_came.set(deepcopy(_request.get()))
        return lookup(crt)

    def _txn_token_store(crt: str, entry: dict[str, Any]) -> None:
        if request := _as_it_came.get():
            entry["signature"] = {name: value for name, value in request.items() if name != "ClientRequestToken"}
        store(crt, entry)

    replace(dynamodb, "_transact_write_items", _transact_write_items)
    replace(dynamodb, "_txn_token_lookup", _txn_token_lookup)
    replace(dynamodb, "_txn_token_store", _txn_token_store)
