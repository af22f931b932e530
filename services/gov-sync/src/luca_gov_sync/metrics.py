"""What Prometheus is told of the run that this task works on."""

from collections.abc import Iterable

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from luca_gov_sync.tally import Tally
from luca_shared.records.submission import BatchState

_GRADES = ("accepted", "refused", "superseded", "waiting", "dead")


class RunCollector(Collector):
    """Reads the tally when it is asked: gauges without schools, of which there are too many for labels."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally

    def collect(self) -> Iterable[Metric]:
        """Return the gauges."""
        total = self._tally.total()
        batches = GaugeMetricFamily("luca_gov_sync_batches", "Batches of the run by state", labels=["state"])
        for state in BatchState:
            batches.add_metric([state.value], total.get(f"batches_{state}", 0))
        grades = GaugeMetricFamily(
            "luca_gov_sync_grades", "Grade versions of the run by what became of them", labels=["outcome"]
        )
        for name in _GRADES:
            grades.add_metric([name], total.get(f"grades_{name}", 0))
        requests = GaugeMetricFamily(
            "luca_gov_sync_requests", "Requests of this task to the government", labels=["kind"]
        )
        for kind in ("sends", "questions"):
            requests.add_metric([kind], total.get(kind, 0))
        return [batches, grades, requests]


def publish(tally: Tally) -> None:
    """Show a tally on the operations port."""
    REGISTRY.register(RunCollector(tally))
