import os

from luca_local.memory import resident_mb


def test_this_process_holds_some_memory() -> None:
    held = resident_mb([os.getpid()])
    assert held is not None
    assert 5 < held < 2000


def test_where_nothing_can_be_told_nothing_is() -> None:
    assert resident_mb([]) is None
