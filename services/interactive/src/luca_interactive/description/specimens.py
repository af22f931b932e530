"""An example of what a schema describes, made of plausible values: an answer's example never lags behind its model."""

from typing import Any, Final

from luca_interactive.description.schemas import Schema, resolved

_TIME: Final = "2026-11-24T14:03:07.120Z"

# By the name of the field, wherever it stands; what doesn't fit a field's schema is not used for it.
_KNOWN: Final[dict[str, Any]] = {
    "school_id": "norte", "class_id": "math-7a", "assessment_id": "homework-1", "student_id": "s42", "person_id": "p9",
    "teacher_id": "p9", "guardian_id": "g7", "recorded_by": "p9", "term": "2026-Q4", "subject": "math",
    "status": "scored", "score": 8.5, "max_score": 10, "percent": 85, "average": 85, "letter": "B", "version": 1,
    "rules_version": 2, "category": "homework", "title": "Tarea 1", "comment": "Bien", "reason": "first mark",
    "next_cursor": "Q0xBU1MjMjAyNi1RNCNtYXRoLTdh", "type": "merit", "first_day": "2026-10-26", "total": 14,
    "role": "teacher",
}  # fmt: skip
_OF_FIELD_WITHIN: Final[dict[tuple[str, str], Any]] = {("sync", "status"): "pending"}
_NAMES: Final = {"student_id": "Ana Rojas", "class_id": "Matemática 7A"}  # by the id beside it
_OF_FORMAT: Final = {"date": "2026-11-24", "date-time": _TIME, "uuid": "2b6f0cc9-04d1-5f5e-9e1c-6a7f5f0b8c11"}
_KEY: Final = "merit"  # of a mapping whose names are free


def specimen(schema: Schema, components: dict[str, Schema], name: str = "", within: str = "") -> Any:
    """Return an example.

    Args:
        schema: What it must be.
        components: The schemas that may be referred to.
        name: Of the field that it stands in.
        within: The name of the field that this field's object stands in.
    """
    schema = resolved(schema, components)
    known = _OF_FIELD_WITHIN.get((within, name), _KNOWN.get(name))
    if "anyOf" in schema:
        return specimen(_first_value(schema["anyOf"]), components, name, within)
    if "enum" in schema:
        return known if known in schema["enum"] else schema["enum"][-1]
    match schema.get("type"):
        case "object":
            found: Any = _object(schema, components, name)
        case "array":
            one = specimen(schema.get("items", {}), components, name.removesuffix("s"), within=name)
            found = [one] * max(1, schema.get("minItems", 1))
        case "string":
            otherwise = known if isinstance(known, str) else (name or "text").replace("_", "-")
            found = _OF_FORMAT.get(schema.get("format", ""), otherwise)
        case "integer":
            found = known if isinstance(known, int) else schema.get("minimum", 1)
        case "number":
            found = known if isinstance(known, int | float) else schema.get("minimum", 1)
        case "boolean":
            found = True
        case _:  # null, or anything at all
            found = None
    return found


def _object(schema: Schema, components: dict[str, Schema], name: str) -> dict[str, Any]:
    fields = {
        field: specimen(each, components, field, within=name)
        for field, each in schema.get("properties", {}).items()
        if field in schema.get("required", ())
    }
    values = schema.get("additionalProperties")
    if isinstance(fields.get("name"), str):
        fields["name"] = next((text for beside, text in _NAMES.items() if beside in fields), fields["name"])
    return fields | {_KEY: specimen(values, components, within=name)} if isinstance(values, dict) else fields


def _first_value(arms: list[Schema]) -> Schema:
    return next((arm for arm in arms if arm.get("type") != "null"), arms[0])
