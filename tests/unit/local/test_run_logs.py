from datetime import UTC, datetime, timedelta
from pathlib import Path

from luca_local import run_logs

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_the_last_few_runs_are_kept(tmp_path: Path) -> None:
    made = [run_logs.make_directory(tmp_path, NOON + timedelta(seconds=second)) for second in range(15)]
    assert sorted(tmp_path.iterdir()) == made[-10:]


def test_the_tail_of_a_log_is_its_last_lines(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    assert "empty" in run_logs.tail(log)
    log.write_bytes(b"".join(b"line %d\n" % number for number in range(100)) + b"\xff")
    tail = run_logs.tail(log).splitlines()
    assert tail[-2] == "  line 99"
    assert len(tail) == 12
