"""Runs of k6, which offers requests at a rate whether they are answered or not, and what its summaries say."""

import json
import math
import os
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.interactive.saturation import Step

SCRIPT: Final = Path(__file__).with_name("script.js")
_STOPPED_WITHIN_S: Final = 30.0


class BadSummary(Exception):
    """k6 has left no summary, or none of the form that is expected; the text says what is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a run of k6 has seen."""

    requests: int
    seconds: float
    failed: int  # requests that were answered with something else than they should be
    dropped: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_seconds: float  # that k6 itself has used

    def as_step(self, offered: float) -> Step:
        """Return it as a try of the rate that was offered."""
        return Step(
            offered=offered,
            answered=(self.requests - self.failed) / self.seconds,
            dropped=self.dropped,
            p50_ms=self.p50_ms,
            p95_ms=self.p95_ms,
            p99_ms=self.p99_ms,
        )


class K6:
    """The k6 of an environment, and the schools that it plays.

    Args:
        binary: where it is.
        people: a file with the tokens of the teachers.
        folder: where summaries and logs go.
        everybody: whether all of them are active, however low the rate is.
    """

    def __init__(self, binary: Path, people: Path, folder: Path, *, everybody: bool = False) -> None:
        self._binary = binary
        self._people = people
        self._folder = folder
        self._everybody = everybody

    def version(self) -> str:
        """Return its version."""
        done = subprocess.run([self._binary, "version"], capture_output=True, text=True, check=True)  # noqa: S603
        return done.stdout.split()[1].removeprefix("v")

    def offer(self, url: str, *, rate: float, seconds: float) -> Load:
        """Offer the mix of requests at a rate (requests a second) for so many seconds.

        Raises:
            BadSummary: it didn't run to its end.
        """
        # A period of 10 s: k6 takes whole numbers only, and a rate has a fraction.
        return self._run(url, {"MODE": "rate", "RATE": str(round(rate * 10)), "SECONDS": str(seconds)}, seconds)

    def visit(self, url: str, *, schools: int) -> Load:
        """Let a teacher of each of the first so many schools write a grade, and read the gradebook and who one is."""
        return self._run(url, {"MODE": "visit", "SCHOOLS": str(schools)}, 0)

    def _run(self, url: str, options: Mapping[str, str], seconds: float) -> Load:
        summary = self._folder / "k6-summary.json"
        summary.unlink(missing_ok=True)
        everybody = "yes" if self._everybody else "no"
        variables = {"TARGET": url, "PEOPLE": str(self._people.resolve()), "EVERYBODY": everybody, **options}
        command = [
            *(str(self._binary), "run", "--quiet", "--no-usage-report", "--no-color"),
            *("--summary-mode", "compact", "--summary-export", str(summary)),
            *("--summary-trend-stats", "med,p(95),p(99)"),
            *(part for name, value in variables.items() for part in ("--env", f"{name}={value}")),
            str(SCRIPT),
        ]
        log = self._folder / "k6.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)  # noqa: S603
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                os.waitpid(process.pid, 0)
                raise
        if status != 0 or not summary.exists():
            raise BadSummary(f"k6 ended with status {os.waitstatus_to_exitcode(status)}; its log is {log}")
        return parse_summary(json.loads(summary.read_text()), seconds, usage.ru_utime + usage.ru_stime)


def parse_summary(summary: Any, seconds: float, cpu_seconds: float) -> Load:
    """Return what a summary (`--summary-export`) says; `seconds` is how long a rate was offered.

    Raises:
        BadSummary: it is not of the form that is expected.
    """
    metrics = summary.get("metrics") if isinstance(summary, dict) else None
    if not isinstance(metrics, dict):
        raise BadSummary("the summary has no metrics")
    requests = int(_figure(metrics, "http_reqs", "count"))
    if requests == 0:
        raise BadSummary("no request was made")
    failed = int(_figure(metrics, "failures", "count", default=0))
    if failed > requests:
        raise BadSummary("more requests have failed than were made")
    return Load(
        requests=requests,
        seconds=seconds or requests / _figure(metrics, "http_reqs", "rate"),
        failed=failed,
        dropped=int(_figure(metrics, "dropped_iterations", "count", default=0)),
        p50_ms=_figure(metrics, "http_req_duration", "med"),
        p95_ms=_figure(metrics, "http_req_duration", "p(95)"),
        p99_ms=_figure(metrics, "http_req_duration", "p(99)"),
        cpu_seconds=cpu_seconds,
    )


def _figure(metrics: Mapping[str, Any], metric: str, name: str, *, default: float | None = None) -> float:
    found = metrics.get(metric)
    if found is None and default is not None:
        return default
    value = found.get(name) if isinstance(found, dict) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise BadSummary(f"{metric} has no {name}")
    return float(value)
