"""Replaces functions of ministack, and refuses when one is not the function that the shim was written for."""

import inspect
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

VERSION = "1.5.33"


class UnexpectedEmulatorError(RuntimeError):
    """The installed ministack is not the one that the shims mend."""


def require_version() -> None:
    """Refuse any ministack but the one whose source the shims were written against."""
    try:
        found = version("ministack")
    except PackageNotFoundError:
        found = "none"
    if found != VERSION:
        raise UnexpectedEmulatorError(
            f"the emulator needs ministack {VERSION}, found {found}: install requirements/emulator.txt"
        )


def original(owner: ModuleType, name: str, *parameters: str) -> Callable[..., Any]:
    """The function `name` of `owner`, known to take exactly `parameters`.

    Raises:
        UnexpectedEmulatorError: it is missing, or takes something else.
    """
    function = getattr(owner, name, None)
    if not inspect.isfunction(function):
        raise UnexpectedEmulatorError(f"{owner.__name__} has no function {name}")
    found = tuple(inspect.signature(function).parameters)
    if found != parameters:
        raise UnexpectedEmulatorError(f"{owner.__name__}.{name} takes {found}, the shim was written for {parameters}")
    return function


def replace(owner: ModuleType, name: str, replacement: Callable[..., Any]) -> None:
    """Put `replacement` in the place of `owner`'s function, which takes the same parameters.

    Raises:
        UnexpectedEmulatorError: the function is missing, or takes something else.
    """
    original(owner, name, *inspect.signature(replacement).parameters)
    setattr(owner, name, replacement)
