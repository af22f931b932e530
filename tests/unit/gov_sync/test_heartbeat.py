"""A process that does nothing any more is ended."""

import threading

from luca_gov_sync.heartbeat import Heartbeat, Watch


def test_a_silent_heart_ends_the_process_once() -> None:
    now = [0.0]
    ended = threading.Event()
    heartbeat = Heartbeat(lambda: now[0])
    with Watch(heartbeat, 0.02, ended.set):
        now[0] = 1.0
        assert ended.wait(5)


def test_a_heart_that_beats_does_not() -> None:
    now = [0.0]
    looked = threading.Event()
    ended = threading.Event()

    def time() -> float:
        looked.set()
        return now[0]

    heartbeat = Heartbeat(time)
    now[0] = 1.0
    heartbeat.beat()
    looked.clear()
    with Watch(heartbeat, 0.02, ended.set):
        assert looked.wait(5)
    assert heartbeat.silence() == 0
    assert not ended.is_set()
