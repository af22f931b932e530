import importlib.metadata
from types import ModuleType

import pytest

from luca_local.emulator import patching
from luca_local.emulator.patching import UnexpectedEmulatorError, original, replace, require_version
from luca_local.emulator.shims import SHIMS, UnknownShimError, chosen


@pytest.fixture
def module() -> ModuleType:
    module = ModuleType("ministack.services.example")
    exec("def handle(data, url): return 'theirs'", vars(module))  # noqa: S102 - a module made up for the test
    return module


def test_a_function_is_replaced(module: ModuleType) -> None:
    def handle(data: str, url: str) -> str:
        return data + url

    replace(module, "handle", handle)
    assert module.handle("a", "b") == "ab"


def test_a_missing_function_is_refused(module: ModuleType) -> None:
    with pytest.raises(UnexpectedEmulatorError, match="no function gone"):
        original(module, "gone")


def test_a_function_that_takes_something_else_is_refused(module: ModuleType) -> None:
    with pytest.raises(UnexpectedEmulatorError, match="takes"):
        original(module, "handle", "data")
    with pytest.raises(UnexpectedEmulatorError, match="takes"):
        replace(module, "handle", lambda data: data)


@pytest.mark.parametrize(("installed", "accepted"), [(patching.VERSION, True), ("1.5.34", False), ("", False)])
def test_only_the_version_that_was_read_is_run(monkeypatch: pytest.MonkeyPatch, installed: str, accepted: bool) -> None:
    def version(_name: str) -> str:
        if not installed:
            raise importlib.metadata.PackageNotFoundError
        return installed

    monkeypatch.setattr(patching, "version", version)
    if accepted:
        require_version()
    else:
        with pytest.raises(UnexpectedEmulatorError, match=r"needs ministack 1\.5\.33"):
            require_version()


def test_all_faults_are_mended_but_those_named() -> None:
    assert chosen({}) == list(SHIMS)
    assert chosen({"LUCA_EMULATOR_WITHOUT": ""}) == list(SHIMS)
    left = chosen({"LUCA_EMULATOR_WITHOUT": f" {SHIMS[0]}, {SHIMS[2]} "})
    assert left == [name for name in SHIMS if name not in (SHIMS[0], SHIMS[2])]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UnknownShimError, match="no such shim: leading_keys"):
        chosen({"LUCA_EMULATOR_WITHOUT": "leading_keys"})
