"""What came of a day: the verdicts, with the figures beside them, as `build/demo.json` has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from luca_local.demo.judges.events import EventsVerdict
from luca_local.demo.judges.findings import Finding
from luca_local.demo.judges.grades import GradesVerdict
from luca_local.demo.judges.isolation import IsolationVerdict
from luca_local.demo.judges.personal_data import PersonalDataVerdict
from luca_local.demo.judges.submission import SubmissionVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonOutcome:
    """The grades, those corrected while the sync ran included; requests and times are the lesson's alone."""

    verdict: GradesVerdict
    latencies_ms: Sequence[float]
    errors: int
    superseded: int  # writes for which somebody else was faster
    seconds: float

    @property
    def per_second(self) -> float:
        """The requests that were made in a second."""
        return len(self.latencies_ms) / self.seconds

    def figures(self) -> dict[str, Any]:
        """Return what is written of it."""
        return {
            "requests": len(self.latencies_ms),
            "errors": self.errors,
            "lost_updates": self.verdict.lost_updates,
            "p50_ms": percentile(self.latencies_ms, 50),
            "p95_ms": percentile(self.latencies_ms, 95),
            "p99_ms": percentile(self.latencies_ms, 99),
            "requests_per_s": round(self.per_second, 1),
            "grades": self.verdict.grades,
            "versions": self.verdict.versions,
            "acknowledged": self.verdict.acknowledged,
            "unknown": self.verdict.unknown,
            "superseded": self.superseded,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecessOutcome:
    """The events; `calls` are the worker's to AWS, by operation, and the first `burst` took `burst_s` seconds."""

    verdict: EventsVerdict
    calls: Mapping[str, int]
    redelivered: int
    by_edge: int
    burst: int
    burst_s: float
    drained_s: float

    @property
    def batch_calls(self) -> int:
        """The calls that wrote events."""
        return self.calls.get("BatchExecuteStatement", 0)

    def figures(self) -> dict[str, Any]:
        """Return what is written of it."""
        return {
            "sent": self.verdict.sent,
            "distinct": self.verdict.distinct,
            "stored": self.verdict.stored,
            "lost": self.verdict.lost,
            "doubled": self.verdict.doubled,
            "dead_lettered": self.verdict.dead_lettered,
            "batch_calls": self.batch_calls,
            "calls": dict(sorted(self.calls.items())),
            "redelivered": self.redelivered,
            "through_the_edge": self.by_edge,
            "burst": self.burst,
            "burst_s": round(self.burst_s, 2),
            "drained_s": round(self.drained_s, 1),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarterOutcome:
    """The submission."""

    verdict: SubmissionVerdict
    requests: int
    kills: int
    halts: int
    corrections: int  # writes of grades while it ran
    rate_limit: int
    seconds: float

    def figures(self) -> dict[str, Any]:
        """Return what is written of it."""
        return {
            "grades": self.verdict.grades,
            "batches": self.verdict.batches,
            "ledger": self.verdict.ledger,
            "missing": self.verdict.missing,
            "doubled": self.verdict.doubled,
            "stale": self.verdict.stale,
            "kills": self.kills,
            "violations": self.verdict.violations,
            "max_rate_per_s": self.verdict.max_rate_per_s,
            "rate_limit_per_s": self.rate_limit,
            "refused": self.verdict.refused,
            "requests": self.requests,
            "halts": self.halts,
            "corrections": self.corrections,
            "seconds": round(self.seconds, 1),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A day that was played to its end and judged."""

    seed: int
    size: str
    seconds: float
    lesson: LessonOutcome
    recess: RecessOutcome
    quarter: QuarterOutcome
    isolation: IsolationVerdict
    personal_data: PersonalDataVerdict

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All that is wrong."""
        acts = (self.lesson.verdict, self.recess.verdict, self.quarter.verdict)
        verdicts = (*acts, self.isolation, self.personal_data)
        return tuple(finding for verdict in verdicts for finding in verdict.findings)

    @property
    def ok(self) -> bool:
        """Whether nothing is."""
        return not self.findings

    def to_json(self) -> dict[str, Any]:
        """Return the report."""
        return {
            "ok": self.ok,
            "seed": self.seed,
            "size": self.size,
            "seconds": round(self.seconds, 1),
            "lesson": self.lesson.figures(),
            "recess": self.recess.figures(),
            "sync": self.quarter.figures(),
            "isolation": {
                "attempts": self.isolation.attempts,
                "leaked": self.isolation.leaked,
                "by_surface": dict(self.isolation.by_surface),
            },
            "personal_data": {
                "texts": self.personal_data.texts,
                "characters": dict(self.personal_data.characters),
                "exposed": self.personal_data.exposed,
            },
            "findings": [str(finding) for finding in self.findings],
        }


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that so many percent of the values don't exceed (nearest rank); 0 when there are none.

    >>> percentile([1, 2, 3, 4], 50)
    2
    """
    ordered = sorted(values)
    return round(ordered[max(0, ceil(percent / 100 * len(ordered)) - 1)], 1) if ordered else 0.0
