"""A service's settings as a table: for `--help`, and for the documents."""

from collections.abc import Iterable
from enum import Enum

from luca_shared.runtime.setting_kinds import Secret
from luca_shared.runtime.settings import Variable, variables

_HEADS = ("variable", "default", "allowed", "meaning")


def text_table(cls: type) -> str:
    """The table for a terminal: a variable, what it means and may be, its default."""
    blocks = []
    for variable in variables(cls):
        name, default, allowed, meaning = _row(variable)
        blocks.append(f"{name} ({default})\n    {meaning}; {allowed}")
    return "\n".join(blocks)


def markdown_table(cls: type) -> str:
    """The table for a document: name, default, allowed, meaning."""
    rows = [_HEADS, tuple("---" for _ in _HEADS), *(_row(variable) for variable in variables(cls))]
    return "\n".join(_markdown(row) for row in rows)


def _row(variable: Variable) -> tuple[str, str, str, str]:
    return variable.name, _default(variable), variable.kind.allowed.removeprefix("must be "), variable.doc


def _default(variable: Variable) -> str:
    default = variable.default.value if isinstance(variable.default, Enum) else variable.default
    if variable.required:
        return "required"
    if isinstance(default, Secret):
        return "secret"
    if isinstance(default, bool):
        return str(default).lower()
    if default is None or default == "":
        return "none"
    return f"{default:g}" if isinstance(default, float) else str(default)


def _markdown(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
