"""The judge of isolation: refusals pass, and each way in which something can leak is found."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from luca_local.demo.evidence.attempts import Attempt, Control, Demand, IsolationEvidence
from luca_local.demo.judges.findings import Fault
from luca_local.demo.judges.isolation import judge


def attempt(**changes: Any) -> Attempt:
    values: dict[str, Any] = {
        "surface": "API",
        "school_id": "norte",
        "target": "norte-2",
        "what": "GET /v1/students/s9/grades",
        "outcome": "404",
        "succeeded": False,
        "refused": True,
        "got": '{"title": "Not found"}',
    }
    return Attempt(**values | changes)


OWN = attempt(outcome="200", succeeded=True, refused=False, demand=Demand.OWN_ONLY, got='{"student_id": "s1"}')
GOOD = IsolationEvidence(
    attempts=(attempt(), attempt(surface="table", outcome="AccessDeniedException", got=""), OWN),
    controls=(Control("norte-2's own", "200", succeeded=True),),
    traces={"norte": frozenset({"s1"}), "norte-2": frozenset({"s9"})},
    changed=(),
)


def test_refusals_and_ones_own_data_pass() -> None:
    verdict = judge(GOOD)
    assert verdict.findings == ()
    assert (verdict.attempts, verdict.leaked) == (3, 0)
    assert verdict.by_surface == {"API": 2, "table": 1}


PLANTED: dict[str, tuple[Callable[[IsolationEvidence], IsolationEvidence], Fault]] = {
    "an attempt succeeded": (
        lambda good: replace(good, attempts=(attempt(outcome="200", succeeded=True, refused=False),)),
        Fault.LEAK,
    ),
    "an answer holds another school's id": (
        lambda good: replace(good, attempts=(replace(OWN, got='{"student_id": "s9"}'),)),
        Fault.LEAK,
    ),
    "a refusal holds another school's id": (
        lambda good: replace(good, attempts=(attempt(got='{"detail": "s9 is not yours"}'),)),
        Fault.LEAK,
    ),
    "an item was changed": (lambda good: replace(good, changed=("luca TENANT#norte-2#...",)), Fault.LEAK),
    "an attempt failed for another reason": (
        lambda good: replace(good, attempts=(attempt(outcome="500", refused=False),)),
        Fault.UNPROVEN,
    ),
    "the owner doesn't get it either": (
        lambda good: replace(good, controls=(Control("norte-2's own", "404", succeeded=False),)),
        Fault.UNPROVEN,
    ),
    "nothing was tried": (lambda good: replace(good, attempts=()), Fault.UNFINISHED),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_each_fault_is_found(planted: str) -> None:
    plant, fault = PLANTED[planted]
    verdict = judge(plant(GOOD))
    assert fault in {finding.fault for finding in verdict.findings}
    assert (verdict.leaked > 0) == (fault is Fault.LEAK)
