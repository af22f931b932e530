from typing import Any

import pytest
from tests.benchmarks.interactive.k6 import BadSummary, Load, parse_summary


def summary(**metrics: Any) -> dict[str, Any]:
    duration = {"med": 11.5, "p(95)": 20.25, "p(99)": 35.0}
    return {"metrics": {"http_reqs": {"count": 600, "rate": 60.1}, "http_req_duration": duration, **metrics}}


def test_a_summary_says_what_was_asked_and_how_long_it_took() -> None:
    load = parse_summary(summary(failures={"count": 2}, dropped_iterations={"count": 3}), 10, 0.5)
    assert load == Load(
        requests=600, seconds=10, failed=2, dropped=3, p50_ms=11.5, p95_ms=20.25, p99_ms=35, cpu_seconds=0.5
    )


def test_what_never_happened_is_not_in_a_summary() -> None:
    load = parse_summary(summary(), 10, 0.5)
    assert (load.failed, load.dropped) == (0, 0)


def test_a_run_without_a_time_takes_as_long_as_its_rate_says() -> None:
    assert parse_summary(summary(http_reqs={"count": 600, "rate": 60}), 0, 0.5).seconds == 10


def test_what_failed_was_not_answered() -> None:
    load = parse_summary(summary(failures={"count": 100}), 10, 0.5)
    assert load.as_step(60).answered == 50
    assert not load.as_step(60).held


@pytest.mark.parametrize(
    "bad",
    [
        None,
        [],
        {},
        {"metrics": []},
        {"metrics": {}},
        summary(http_reqs={}),
        summary(http_reqs={"count": "600"}),
        summary(http_reqs={"count": True}),
        summary(http_reqs={"count": 0}),
        summary(http_reqs={"count": -1}),
        summary(http_req_duration={"med": 1, "p(95)": 2}),
        summary(http_req_duration={"med": 1, "p(95)": 2, "p(99)": float("nan")}),
        summary(http_req_duration=None),
        summary(failures={"count": 601}),
        summary(failures={}),
        summary(dropped_iterations=7),
    ],
)
def test_another_form_is_refused(bad: Any) -> None:
    with pytest.raises(BadSummary):
        parse_summary(bad, 10, 0.5)
