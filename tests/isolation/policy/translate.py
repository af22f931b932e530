"""Prints what the emulator asks of IAM for DynamoDB requests: run by the emulator's own Python.

Reads a list of [operation, parameters] and the tables' partition keys from standard input, as JSON; prints a list of
lists of {action, resource, context}.
"""

import json
import sys
from typing import Any

from ministack.services.dynamodb import _parse_partiql  # type: ignore[import-not-found]  # not in the tests' environment

from luca_local.emulator.dynamodb_checks import Translation


class Tables:
    """Tables known by name alone."""

    def __init__(self, place: str, partition_keys: dict[str, str]) -> None:
        self._place = place
        self._partition_keys = partition_keys

    def arn(self, table: str, index: str | None) -> str:
        """The ARN of a table or index."""
        return f"arn:aws:dynamodb:{self._place}:table/{self._name(table, index)}"

    def partition_key(self, table: str, index: str | None) -> str | None:
        """The name of its partition key."""
        return self._partition_keys.get(self._name(table, index))

    def _name(self, table: str, index: str | None) -> str:
        return f"{table}/index/{index}" if index else table


def main() -> None:
    """Translate what standard input holds."""
    given = json.load(sys.stdin)
    translation = Translation(Tables(given["place"], given["partition_keys"]), _parse_partiql)
    json.dump([asks(translation, *request) for request in given["requests"]], sys.stdout)


def asks(translation: Translation, operation: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The checks of one request; a batch of statements asks for each of them."""
    if operation == "BatchExecuteStatement":
        checks = list(dict.fromkeys(translation.statement(statement) for statement in parameters["Statements"]))
    else:
        checks = translation.checks(operation, parameters)
    return [{"action": check.action, "resource": check.resource, "context": check.context} for check in checks]


if __name__ == "__main__":
    main()
