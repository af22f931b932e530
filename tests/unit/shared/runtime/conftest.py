"""What the runtime's tests share."""

import io
import logging
import sys
import threading
from collections.abc import Iterator

import pytest

from luca_shared.runtime import logs


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """The log's text; logging as a service has it, and undone afterwards."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in (*logs.QUIET, "aiohttp.access")}
    for module, hook in ((sys, "excepthook"), (sys, "unraisablehook"), (threading, "excepthook")):
        monkeypatch.setattr(module, hook, getattr(module, hook))
    stream = io.StringIO()
    logs.configure("test", stream=stream)
    yield stream
    root.handlers[:], root.level, logging.raiseExceptions = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
