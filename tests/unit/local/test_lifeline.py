import signal
import subprocess
import sys
from pathlib import Path

SLEEPER = """
import sys, time
print(sys.argv[1:], __name__, flush=True)
time.sleep(60)
"""


def start(directory: Path, program: str, *arguments: str) -> subprocess.Popen[str]:
    (directory / "program.py").write_text(program)
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "luca_local.lifeline", "program", *arguments],
        cwd=directory,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_module_runs_as_it_would_by_itself_and_ends_with_its_parent(tmp_path: Path) -> None:
    with start(tmp_path, SLEEPER, "one") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "['one'] __main__\n"
        assert process.stdin is not None
        process.stdin.close()  # as the kernel does for a parent that is gone
        assert process.wait(10) == -signal.SIGTERM


def test_a_module_can_end_by_itself(tmp_path: Path) -> None:
    with start(tmp_path, "raise SystemExit(3)") as process:
        assert process.wait(10) == 3
