"""Judges isolation: every attempt at another school's data is refused, or shows nothing that is that school's."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from luca_local.demo.evidence.attempts import Attempt, Control, Demand, IsolationEvidence
from luca_local.demo.judges.findings import Fault, Finding


@dataclass(frozen=True, slots=True)
class IsolationVerdict:
    """What was found."""

    findings: tuple[Finding, ...]
    attempts: int
    by_surface: Mapping[str, int]
    leaked: int


def judge(evidence: IsolationEvidence) -> IsolationVerdict:
    """Return where one school got at another one's data."""
    by_surface: defaultdict[str, int] = defaultdict(int)
    for attempt in evidence.attempts:
        by_surface[attempt.surface] += 1
    findings = [
        *(finding for attempt in evidence.attempts for finding in findings_of(attempt, evidence.traces)),
        *(finding for control in evidence.controls for finding in _control(control)),
        *(Finding(Fault.LEAK, item, "it was changed while others were trying to") for item in evidence.changed),
    ]
    if not evidence.attempts:
        findings.append(Finding(Fault.UNFINISHED, "isolation", "nothing was tried"))
    return IsolationVerdict(
        findings=tuple(findings),
        attempts=len(evidence.attempts),
        by_surface=dict(by_surface),
        leaked=sum(finding.fault is Fault.LEAK for finding in findings),
    )


def findings_of(attempt: Attempt, traces: Mapping[str, frozenset[str]]) -> Iterator[Finding]:
    """Return what is wrong with what an attempt was answered: at most one thing."""
    where = f"{attempt.surface}, {attempt.school_id} at {attempt.target}: {attempt.what}"
    shown = {trace for trace in traces[attempt.target] if trace in attempt.got}
    if shown:
        yield Finding(Fault.LEAK, where, f"the answer holds {len(shown)} texts that are {attempt.target}'s alone")
    elif attempt.succeeded and attempt.demand is Demand.REFUSED:
        yield Finding(Fault.LEAK, where, f"it was answered {attempt.outcome}")
    elif not attempt.refused and attempt.demand is Demand.REFUSED:
        yield Finding(Fault.UNPROVEN, where, f"it failed with {attempt.outcome}, which is no refusal")


def _control(control: Control) -> Iterator[Finding]:
    if not control.succeeded:
        yield Finding(Fault.UNPROVEN, control.what, f"those whom it concerns get {control.outcome}")
