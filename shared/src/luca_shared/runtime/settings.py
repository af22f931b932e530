"""A service's settings, read from the environment once, all of them checked before anything starts.

A frozen, keyword-only dataclass says what there is; `request_deadline` is read from `LUCA_REQUEST_DEADLINE`:

    @dataclass(frozen=True, kw_only=True, slots=True)
    class Settings:
        request_deadline: Seconds = setting(5.0, low=0.1, high=60, doc="a request's time in all")
        table: str = setting(doc="the single table's name")          # no default: required
        log_level: Literal["info", "warning"] = setting("info", doc="the least severe line that is logged")

Durations are in seconds and sizes in bytes. A variable that is set to nothing counts as not set.
"""

import dataclasses
import difflib
import logging
import os
from collections.abc import Collection, Mapping
from dataclasses import MISSING, dataclass
from typing import Any, TypeVar, get_type_hints

from luca_shared.runtime.log_values import Public
from luca_shared.runtime.setting_kinds import Bytes, Kind, Port, Seconds, Secret, Url, kind_of

__all__ = ["Bytes", "Port", "Seconds", "Secret", "SettingsError", "Url", "Variable", "load", "setting", "variables"]

PREFIX = "LUCA_"

S = TypeVar("S")

_log = logging.getLogger(__name__)


class SettingsError(Exception):
    """The environment is wrong; `problems` says each variable that is, and what it may be."""

    def __init__(self, problems: Collection[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        title = "1 setting is wrong:" if count == 1 else f"{count} settings are wrong:"
        super().__init__("\n".join([title, *(f"  {problem}" for problem in self.problems)]))


def setting(
    default: Any = MISSING,
    *,
    doc: str,
    unit: str | None = None,
    low: float | None = None,
    high: float | None = None,
    pattern: str | None = None,
    variable: str | None = None,
) -> Any:
    """Declare a setting; a field of a settings dataclass.

    Args:
        default: its value when the variable isn't set; without one the variable is required.
        doc: what it means, a phrase for the settings table.
        unit: what a number counts; known for `Seconds` and `Bytes`.
        low: the least value allowed (of a number), or the least length (of a text).
        high: the greatest value or length allowed.
        pattern: a regular expression that the whole text must match.
        variable: its name, where that isn't `LUCA_` and the field's name.
    """
    return dataclasses.field(
        default=default,
        metadata={"doc": doc, "unit": unit, "low": low, "high": high, "pattern": pattern, "variable": variable},
    )


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of the environment and the setting that it gives."""

    name: str
    field: str
    kind: Kind
    default: Any  # MISSING when required
    doc: str

    @property
    def required(self) -> bool:
        """Whether a service can't start without it."""
        return self.default is MISSING


def variables(cls: type) -> list[Variable]:
    """The variables that a settings class reads, in the order of its fields.

    Raises:
        TypeError: the class is no dataclass, or a field's type can't be read from a text.
    """
    if not dataclasses.is_dataclass(cls):
        raise TypeError(f"{cls.__name__} must be a dataclass")
    hints = get_type_hints(cls, include_extras=True)
    return [
        Variable(
            name=field.metadata.get("variable") or PREFIX + field.name.upper(),
            field=field.name,
            kind=kind_of(hints[field.name], field.metadata),
            default=field.default,
            doc=field.metadata.get("doc", ""),
        )
        for field in dataclasses.fields(cls)
    ]


def load(cls: type[S], environ: Mapping[str, str] = os.environ, *, also_known: Collection[str] = ()) -> S:
    """Read a service's settings.

    An unknown `LUCA_*` variable is logged as a warning, with the nearest known name; `also_known` names those that are
    meant for somebody else.

    Raises:
        SettingsError: naming every variable that is missing or wrong, never a secret's value.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    known = variables(cls)
    strangers = _strangers(environ, {variable.name for variable in known} | set(also_known))
    for variable in known:
        text = environ.get(variable.name, "").strip()
        if text:
            try:
                values[variable.field] = variable.kind.parse(text)
            except ValueError:
                problems.append(f"{variable.name} {variable.kind.allowed}{variable.kind.not_this(text)}")
        elif variable.required:
            meant = [f"; did you mean it by {name}?" for name, near in strangers.items() if near == variable.name]
            problems.append(f"{variable.name} is required ({variable.doc}): it {variable.kind.allowed}{''.join(meant)}")
    for name, near in strangers.items():
        hint = f"; did you mean {near}?" if near else ""
        _log.warning("there is no setting %s%s", Public(name), Public(hint))
    if problems:
        raise SettingsError(problems)
    return cls(**values)


def _strangers(environ: Mapping[str, str], known: Collection[str]) -> dict[str, str | None]:
    """The variables with our prefix that nothing reads, each with the known name that is most like it."""
    unknown = sorted(name for name in environ if name.startswith(PREFIX) and name not in known)
    return {name: next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None) for name in unknown}
