"""Every fault of a request's value, found field by field and said in plain words."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from msgspec import inspect

from luca_shared.runtime.json_text import Members
from luca_shared.runtime.plain_words import count_range
from luca_shared.runtime.problems import ErrorDetail, pointer
from luca_shared.runtime.request_models import type_of
from luca_shared.runtime.value_faults import fault_of_value

MOST = 100  # more would help nobody


def faults_in(document: Any, model: Any) -> list[ErrorDetail]:
    """The faults of a document as `json_text.check_json` reads it, or of a query's parameters as `ParameterText`."""
    return list(islice(_faults(document, type_of(model), ""), MOST))


def _faults(value: Any, kind: inspect.Type, at: str) -> Iterator[ErrorDetail]:
    match kind:
        case inspect.Metadata():
            yield from _faults(value, kind.type, at)
        case inspect.UnionType():
            yield from _union_faults(value, kind, at)
        case inspect.StructType():
            yield from _object_faults(value, kind, at)
        case inspect.DictType():
            yield from _mapping_faults(value, kind, at)
        case inspect.CollectionType():
            yield from _list_faults(value, kind, at)
        case inspect.RawType():
            yield from _ambiguities(value, at)
        case _:
            fault = fault_of_value(value, kind)
            if fault is not None:
                yield ErrorDetail(at, fault)


def _union_faults(value: Any, kind: inspect.UnionType, at: str) -> Iterator[ErrorDetail]:
    arms = [arm for arm in kind.types if not isinstance(arm, inspect.NoneType)]
    if value is None and len(arms) < len(kind.types):
        return
    if len(arms) == 1:
        yield from _faults(value, arms[0], at)
        return
    found = [list(_faults(value, arm, at)) for arm in arms]
    if all(found):
        yield from min(found, key=len)


def _object_faults(value: Any, kind: inspect.StructType, at: str) -> Iterator[ErrorDetail]:
    if not isinstance(value, Mapping):
        yield ErrorDetail(at, "must be an object")
        return
    yield from _repeated(value, at)
    known = {field.encode_name: field for field in kind.fields}
    for name, field in known.items():
        if name in value:
            yield from _faults(value[name], field.type, at + pointer(name))
        elif field.required:
            yield ErrorDetail(at + pointer(name), "is required")
    for name in value:
        if name not in known and name != kind.tag_field:
            yield ErrorDetail(at + pointer(name), "is not known here")


def _mapping_faults(value: Any, kind: inspect.DictType, at: str) -> Iterator[ErrorDetail]:
    if not isinstance(value, Mapping):
        yield ErrorDetail(at, "must be an object")
        return
    yield from _repeated(value, at)
    yield from _count_faults(len(value), kind, at, "entries")
    for name, inner in value.items():
        for fault in _faults(name, kind.key_type, at + pointer(name)):
            yield ErrorDetail(fault.pointer, f"as a name, {fault.detail}")
        yield from _faults(inner, kind.value_type, at + pointer(name))


def _list_faults(value: Any, kind: inspect.CollectionType, at: str) -> Iterator[ErrorDetail]:
    if not isinstance(value, list):
        yield ErrorDetail(at, "must be a list")
        return
    yield from _count_faults(len(value), kind, at, "items")
    for index, item in enumerate(value):
        yield from _faults(item, kind.item_type, at + pointer(index))


def _count_faults(
    count: int, kind: inspect.CollectionType | inspect.DictType, at: str, noun: str
) -> Iterator[ErrorDetail]:
    least, most = kind.min_length, kind.max_length
    if (least is not None and count < least) or (most is not None and count > most):
        yield ErrorDetail(at, f"must have {count_range(least, most)} {noun}")


def _repeated(value: Mapping[str, Any], at: str) -> Iterator[ErrorDetail]:
    if isinstance(value, Members):
        for name in value.repeated:
            yield ErrorDetail(at + pointer(name), "must be given once only")


def _ambiguities(value: Any, at: str) -> Iterator[ErrorDetail]:
    """What is passed on as it is may be anything that has one reading only."""
    match value:
        case Members():
            yield from _repeated(value, at)
            for name, inner in value.items():
                yield from _ambiguities(inner, at + pointer(name))
        case list():
            for index, inner in enumerate(value):
                yield from _ambiguities(inner, at + pointer(index))
        case _:
            pass
