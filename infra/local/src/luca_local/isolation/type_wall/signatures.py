"""What may be handed over, read off the code: no public function above AWS's own floor takes a key as text."""

import ast
import importlib
import inspect
import pkgutil
import typing
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType, UnionType
from typing import Any, Final

import luca_gov_sync
import luca_ingest_worker
import luca_interactive
import luca_shared
from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.key_types import Key, Range
from luca_shared.tenancy.table import TenantTable

_PACKAGES: Final = (luca_shared, luca_interactive, luca_ingest_worker, luca_gov_sync)
_AWS_FLOOR: Final = "luca_shared.aws"  # AWS's own API: it takes any key, and only those below may use it
_MAY_USE_DYNAMODB: Final = {
    "luca_shared.tenancy.table": "checks whose the key is, and signs as that school",
    "luca_gov_sync.run_table": "the sync's runs and the directory of schools, no school's, under its own role",
    "luca_gov_sync.task": "wires the two above",
    "luca_ingest_worker.__main__": "wires the first",
    "luca_interactive.app": "wires the first",
    "luca_interactive.erase_school": "wires the first, for an operator",
}
_KEY_NAMES: Final = frozenset({
    "pk", "sk", "key", "primary", "primary_key", "partition", "partition_key", "sort_key", "tenant", "school", "keys",
})  # fmt: skip
# Texts by such names that are no items' keys.
_NO_ITEM_KEYS: Final = {
    "luca_shared.tenancy.key_types.Key.__init__(partition)": "the parts of one, behind the context's own prefix",
    "luca_shared.tenancy.key_types.Range.__init__(partition)": "the parts of one, behind the context's own prefix",
    "luca_interactive.first_answers.KeyedRequest.__init__(key)": "the client's Idempotency-Key, hashed",
    "luca_gov_sync.object_store.ObjectStore.put(key)": "an object's, for the two below",
    "luca_gov_sync.object_store.ObjectStore.get(key)": "an object's, for the two below",
    "luca_gov_sync.payload_store.SchoolPayloads.put(key)": "an object's, checked against the context",
    "luca_gov_sync.payload_store.SchoolPayloads.get(key)": "an object's, checked against the context",
    "luca_gov_sync.ports.Payloads.put(key)": "the port of the former",
    "luca_gov_sync.ports.Payloads.get(key)": "the port of the latter",
    "luca_gov_sync.payload_cache.PayloadCache.keep(key)": "a name in memory",
    "luca_gov_sync.payload_cache.PayloadCache.drop(key)": "a name in memory",
}
# Who may say on whose behalf something is done.
_SOURCES: Final = {
    "VerifiedClaims": {"luca_shared.tenancy.token_claims"},
    "of_token": {"luca_interactive.authentication"},
    "of_queue_message": {"luca_ingest_worker.messages"},
    "of_directory": {"luca_gov_sync.schools", "luca_interactive.erase_school"},
}


def tried_signatures() -> list[Tried]:
    """Look at every public function and method, and at who uses what."""
    kind, found = "a signature that takes a key as text", list[Tried]()
    functions = list(_functions())
    for name, function in functions:
        taken = [parameter for parameter, is_text in _parameters(function) if is_text and parameter in _KEY_NAMES]
        taken = [each for each in taken if f"{name}({each})" not in _NO_ITEM_KEYS]
        found.append(_attempt(kind, name, taken))
    found.append(Control(kind, "public functions and methods", str(len(functions)), len(functions) > 500))
    found += _makers_of_keys()
    found += _methods_of_the_table()
    found += _users_of_dynamodb()
    found += _sources_of_contexts()
    return found


def _makers_of_keys() -> Iterator[Tried]:
    kind = "a key made without a context"
    for name, function in (
        *inspect.getmembers(keys, inspect.isfunction),
        ("Key", Key.__init__),
        ("Range", Range.__init__),
    ):
        hints = typing.get_type_hints(function)
        if hints.get("return") in {Key, Range} or function in {Key.__init__, Range.__init__}:
            found = hints.get("context")
            yield _attempt(kind, name, [] if found is TenantContext else [str(found)])
    yield Control(kind, "a key made with one", "Key", succeeded=True)


def _methods_of_the_table() -> Iterator[Tried]:
    kind = "a method of the tables that takes a text"
    # Positions inside a range that is the school's, and a transaction's token.
    texts = {"query(after)", "items(after)", "transact(token)"}
    methods = {name: each for name, each in vars(TenantTable).items() if inspect.isfunction(each) and name[0] != "_"}
    for name, method in methods.items():
        taken = [parameter for parameter, hint in typing.get_type_hints(method).items() if _is_text(hint)]
        yield _attempt(kind, name, [each for each in taken if f"{name}({each})" not in texts])
    yield Control(kind, "methods", str(len(methods)), len(methods) >= 10)


def _users_of_dynamodb() -> Iterator[Tried]:
    kind = "a way around the tables"
    users = {name for name, tree in _trees() if _names(tree, "DynamoDB") and not name.startswith(_AWS_FLOOR)}
    for name, _ in _trees():
        yield _attempt(kind, name, ["DynamoDB"] if name in users - _MAY_USE_DYNAMODB.keys() else [])
    yield Control(kind, "those who may", ", ".join(sorted(users)), users == _MAY_USE_DYNAMODB.keys())


def _sources_of_contexts() -> Iterator[Tried]:
    kind = "a source of contexts"
    for source, known in _SOURCES.items():
        users = {name for name, tree in _trees() if source in set(_calls(tree))}
        for name in sorted(users):
            yield _attempt(kind, f"{source} in {name}", [] if name in known else [source])
        yield Control(kind, f"{source} in its place", ", ".join(sorted(users)), known <= users)


def _functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    for module in _modules():
        if module.__name__.startswith(_AWS_FLOOR):
            continue
        for name, value in vars(module).items():
            if getattr(value, "__module__", None) != module.__name__ or name.startswith("_"):
                continue
            if isinstance(value, FunctionType):
                yield f"{module.__name__}.{name}", value
            elif isinstance(value, type):
                for method, each in vars(value).items():
                    function = each.__func__ if isinstance(each, classmethod | staticmethod) else each
                    if isinstance(function, FunctionType) and (method == "__init__" or method[0] != "_"):
                        yield f"{module.__name__}.{name}.{method}", function


def _parameters(function: Callable[..., Any]) -> Iterator[tuple[str, bool]]:
    """Yield a function's parameters, and whether a plain text, or a tuple or mapping of such, would do for each."""
    try:
        hints = typing.get_type_hints(function)
    except NameError:  # names that only a type checker knows
        return
    for name, hint in hints.items():
        if name != "return":
            yield name, _takes_text(hint)


def _is_text(hint: Any) -> bool:
    return hint is str or (isinstance(hint, UnionType) and str in typing.get_args(hint))


def _takes_text(hint: Any) -> bool:
    return hint is str or any(_takes_text(each) for each in typing.get_args(hint))


def _modules() -> Iterator[ModuleType]:
    for package in _PACKAGES:
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("__main__"):
                yield importlib.import_module(info.name)


@cache
def _trees() -> list[tuple[str, ast.Module]]:
    return list(_parsed())


def _parsed() -> Iterator[tuple[str, ast.Module]]:
    for package in _PACKAGES:
        root = Path(str(package.__file__)).parent
        for path in sorted(root.rglob("*.py")):
            name = ".".join([package.__name__, *path.relative_to(root).with_suffix("").parts])
            yield name.removesuffix(".__init__"), ast.parse(path.read_text())


def _names(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def _calls(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _attempt(kind: str, what: str, taken: list[str]) -> Attempt:
    return Attempt(kind, what, ", ".join(taken) or "no", ending(leaked=bool(taken), refused=not taken))
