"""The end of the day in a few lines: what was done and what was found."""

from collections.abc import Iterator
from dataclasses import dataclass

from luca_local.demo.judges.findings import Finding
from luca_local.demo.judges.isolation import IsolationVerdict
from luca_local.demo.judges.personal_data import PersonalDataVerdict
from luca_local.demo.outcome import LessonOutcome, Outcome, QuarterOutcome, RecessOutcome, percentile
from luca_local.demo.progress import Stage

_FINDINGS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Paragraph:
    """What is said of one act."""

    act: str
    findings: tuple[Finding, ...]
    lines: tuple[str, ...]


def show(outcome: Outcome, stage: Stage) -> None:
    """Write it all."""
    for paragraph in paragraphs(outcome):
        if paragraph.findings:
            stage.say(f"\n✗ {paragraph.act}: {len(paragraph.findings)} findings", style="bold red")
        else:
            stage.say(f"\n✓ {paragraph.act}", style="bold green")
        for line in paragraph.lines:
            stage.say(f"  {line}")
        for finding in paragraph.findings[:_FINDINGS_SHOWN]:
            stage.say(f"  - {finding}", style="red")
        if len(paragraph.findings) > _FINDINGS_SHOWN:
            stage.say(f"  - and {len(paragraph.findings) - _FINDINGS_SHOWN} more, in the report", style="red")


def paragraphs(outcome: Outcome) -> Iterator[Paragraph]:
    """Return what there is to say, act by act."""
    yield Paragraph("Lesson", outcome.lesson.verdict.findings, tuple(_lesson(outcome.lesson)))
    yield Paragraph("Recess", outcome.recess.verdict.findings, tuple(_recess(outcome.recess)))
    yield Paragraph("Quarter", outcome.quarter.verdict.findings, tuple(_quarter(outcome.quarter)))
    yield Paragraph("Isolation", outcome.isolation.findings, tuple(_isolation(outcome.isolation)))
    yield Paragraph("Personal data", outcome.personal_data.findings, tuple(_personal_data(outcome.personal_data)))


def _lesson(lesson: LessonOutcome) -> Iterator[str]:
    verdict = lesson.verdict
    p50, p95, p99 = (percentile(lesson.latencies_ms, percent) for percent in (50, 95, 99))
    yield (
        f"{len(lesson.latencies_ms)} requests, {lesson.per_second:.0f} a second: p50 {p50} ms, p95 {p95} ms, "
        f"p99 {p99} ms; {lesson.errors} errors, {lesson.superseded} times somebody else was faster"
    )
    yield (
        f"{verdict.grades} grades in {verdict.versions} versions: {verdict.acknowledged} writes acknowledged, "
        f"{verdict.lost_updates} lost"
    )


def _recess(recess: RecessOutcome) -> Iterator[str]:
    verdict = recess.verdict
    yield (
        f"{verdict.sent} messages: {recess.by_edge} through the edge; the crowd's put on the queue as the edge's role "
        f"(the local edge is one process), {recess.burst} in {recess.burst_s:.1f} s; {recess.redelivered} came again"
    )
    yield (
        f"{verdict.distinct} distinct events: {verdict.stored} stored, {verdict.lost} lost, {verdict.doubled} doubled; "
        f"{verdict.dead_lettered} put aside"
    )
    yield (
        f"queue empty after {recess.drained_s:.1f} s; a proxy has counted {recess.batch_calls} batch writes and "
        f"{sum(recess.calls.values())} calls to AWS"
    )


def _quarter(quarter: QuarterOutcome) -> Iterator[str]:
    verdict = quarter.verdict
    yield (
        f"{verdict.grades} grades in {verdict.batches} submissions: {verdict.ledger} held, {verdict.refused} not "
        f"wanted by the government; {verdict.missing} missing, {verdict.doubled} doubled, {verdict.stale} stale, "
        f"{verdict.violations} violations"
    )
    yield (
        f"killed {quarter.kills} times and halted {quarter.halts}; {quarter.corrections} corrections meanwhile; "
        f"{quarter.requests} requests, {verdict.max_rate_per_s} in the busiest second"
    )
    yield (
        f"to be short, both sides were told that {quarter.rate_limit} requests a second are allowed instead of 2, and "
        "the sync waits 0.3, 0.6 and 1.2 s instead of 5, 15 and 45"
    )


def _isolation(verdict: IsolationVerdict) -> Iterator[str]:
    yield f"isolation: {verdict.attempts} attempts, {len(verdict.by_surface)} surfaces, {verdict.leaked} leaked"
    yield ", ".join(f"{surface} {count}" for surface, count in verdict.by_surface.items())


def _personal_data(verdict: PersonalDataVerdict) -> Iterator[str]:
    kilobytes = ", ".join(f"{channel} {count // 1000} kB" for channel, count in verdict.characters.items())
    yield f"{verdict.texts} names, comments, ids and tokens looked for: {verdict.exposed} written in the clear"
    yield f"searched: {kilobytes}"
