"""The models of requests and answers as JSON Schema, under names that the API's user reads: `Grade`, `ListOfGrade`."""

import inspect
import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from luca_shared.records.timestamps import Timestamp
from luca_shared.runtime.exact_numbers import schema_hook

Schema = dict[str, Any]

REFERENCE: Final = "#/components/schemas/"

_TIMESTAMP: Final = msgspec.json.schema(Timestamp)["pattern"].removesuffix(r"(?!\n)")
_DECIMAL: Final = {"type": "string", "format": "decimal"}  # msgspec's own form; ours is a number (`json_answers`)


class Schemas:
    """The schemas of models, and the components that these refer to.

    Args:
        bodies: The models of bodies: each is a component.
        parameters: The structs whose fields are parameters: none is a component.
    """

    def __init__(self, bodies: Iterable[Any], parameters: Iterable[Any]) -> None:
        models = list(dict.fromkeys(bodies))
        of_parameters = list(dict.fromkeys(parameters))
        schemas, components = msgspec.json.schema_components(
            [*models, *of_parameters], schema_hook=schema_hook, ref_template=REFERENCE + "{name}"
        )
        names = _clean_names({name: schema["title"] for name, schema in components.items()})
        self._by_model: dict[Any, Schema] = {
            model: _reworded(schema, names) for model, schema in zip([*models, *of_parameters], schemas, strict=True)
        }
        self.components = {names[name]: _reworded(schema, names) for name, schema in sorted(components.items())}
        self._of_parameters = {model: self.components.pop(self._name(model)) for model in of_parameters}

    def of(self, model: Any) -> Schema:
        """The schema of a model: of a struct, a reference to its component."""
        return self._by_model[model]

    def fields(self, model: Any) -> tuple[dict[str, Schema], frozenset[str]]:
        """The fields of a struct of parameters, each with its schema; and the names of those that must be given."""
        schema = self._of_parameters[model]
        return schema.get("properties", {}), frozenset(schema.get("required", ()))

    def _name(self, model: Any) -> str:
        reference: str = self._by_model[model]["$ref"]
        return reference.removeprefix(REFERENCE)


def resolved(schema: Schema, components: dict[str, Schema]) -> Schema:
    """The schema itself, or the component that it refers to."""
    if "$ref" in schema:
        return components[schema["$ref"].removeprefix(REFERENCE)]
    return schema


def words(docstring: str | None) -> str:
    """A docstring's text as Markdown: paragraphs apart, the lines of each joined."""
    text = inspect.cleandoc(docstring or "")
    return re.sub(r"(?<!\n)\n(?![\n-])", " ", text)


def _clean_names(titles: dict[str, str]) -> dict[str, str]:
    """Name each component; one that would take another's name keeps its own in full."""
    short = {name: _clean(title) for name, title in titles.items()}
    taken = list(short.values())
    return {name: clean if taken.count(clean) == 1 else _plain(titles[name]) for name, clean in short.items()}


def _clean(title: str) -> str:
    """`ListAnswer[GradeAnswer]` is `ListOfGrade`."""
    return re.sub(r"(?<=[a-z])Answer\b", "", title).replace("[", "Of").replace("]", "").replace(", ", "And")


def _plain(title: str) -> str:
    return title.replace("[", "Of").replace("]", "").replace(", ", "And")


def _reworded(schema: Any, names: dict[str, str]) -> Any:
    """A schema without what is msgspec's or Python's way to say it."""
    match schema:
        case {"type": "string", "format": "decimal"}:
            rest = {key: value for key, value in schema.items() if key not in _DECIMAL}
            return {"type": "number", **rest}
        case dict():
            return _typed({key: _value(key, value, names) for key, value in schema.items() if _says(key, value)})
        case list():
            return [_reworded(each, names) for each in schema]
        case _:
            return schema


def _value(key: str, value: Any, names: dict[str, str]) -> Any:
    match key, value:
        case "$ref", str():
            return REFERENCE + names[value.removeprefix(REFERENCE)]
        case "pattern", str():
            return value.removesuffix(r"(?!\n)")  # says what `$` means in ECMA-262 anyway
        case "description", str():
            return words(value)
        case "properties", dict():
            return {name: _reworded(each, names) for name, each in value.items()}
        case "default", _:
            return value
        case _:
            return _reworded(value, names)


def _says(key: str, value: Any) -> bool:
    """Whether it tells the reader anything: a title repeats the name; null for a default says that it is optional."""
    return not (key == "title" and isinstance(value, str)) and not (key == "default" and value is None)


def _typed(schema: Schema) -> Schema:
    """Enumerations of texts say that they are texts, timestamps that they are times."""
    if all(isinstance(each, str) for each in schema.get("enum", [0])):
        return {"type": "string", **schema}
    if schema.get("pattern") == _TIMESTAMP:
        return {**schema, "format": "date-time"}
    return schema
