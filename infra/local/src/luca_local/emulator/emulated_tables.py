# ruff: noqa: SLF001 - a shim's work is the private parts of what it mends
"""The tables of ministack, as far as their authorisation needs to know them: ARNs and partition keys."""

from ministack.core import iam_actions
from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb

from luca_local.emulator.key_conditions import UnreadableError
from luca_local.emulator.patching import original


def require() -> None:
    """Make sure that ministack has what is used here.

    Raises:
        UnexpectedEmulatorError: it hasn't.
    """
    original(dynamodb, "_normalize_table_name", "value")
    original(dynamodb, "_index_def", "table", "index_name")
    original(dynamodb, "_index_key_lists", "index")
    original(iam_actions, "_dynamodb_table_arn", "table", "region", "account_id")


class EmulatedTables:
    """The tables in the account and region of the request."""

    def arn(self, table: str, index: str | None) -> str:
        """The ARN of a table or of its index."""
        # A table may be given as an ARN, even one of its indexes: what is meant is the table.
        name = dynamodb._normalize_table_name(table)
        arn: str = iam_actions._dynamodb_table_arn(name, get_region(), get_account_id())
        return f"{arn}/index/{index}" if index else arn

    def partition_key(self, table: str, index: str | None) -> str | None:
        """The name of its partition key; None when there is no such table or index."""
        definition = dynamodb._tables.get(dynamodb._normalize_table_name(table))
        if definition is None:
            return None
        if index is None:
            return str(definition["pk_name"])
        found = dynamodb._index_def(definition, index)
        if found is None:
            return None
        (hashes, _ranges) = dynamodb._index_key_lists(found)
        if len(hashes) != 1:
            raise UnreadableError("an index whose partition key has several attributes")
        return str(hashes[0])
