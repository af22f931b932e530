"""Prometheus reads every service, and no dashboard asks for what nobody exports."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.core import Metric

import luca_ingest_worker.metrics
import luca_interactive.app
import luca_local.edge.app
from luca_gov_sync.metrics import RunCollector
from luca_gov_sync.tally import Tally

ROOT = Path(__file__).parents[3]
OBSERVABILITY = ROOT / "infra" / "observability"
COMPOSE = yaml.safe_load((ROOT / "infra" / "local" / "compose.yaml").read_text())["services"]
GRAFANA = OBSERVABILITY / "grafana"
JOBS = yaml.safe_load((OBSERVABILITY / "prometheus.yml").read_text())["scrape_configs"]
SCRAPED = {job["job_name"]: job for job in JOBS}
DASHBOARDS = sorted((OBSERVABILITY / "dashboards").glob("*.json"))
EXPORTING = (luca_interactive.app, luca_ingest_worker.metrics, luca_local.edge.app)  # each declares by being imported
OF_PROMETHEUS = {"up": {"job", "instance"}}
ADDED = {"job", "instance"}
SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}

each_dashboard = pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)


def exported() -> dict[str, set[str]]:
    """Return the labels of every series that the services can export, by its name."""
    assert EXPORTING
    labels: dict[str, set[str]] = dict(OF_PROMETHEUS)
    families = [*REGISTRY.collect(), *RunCollector(Tally()).collect()]
    declared = {name: getattr(own, "_labelnames", ()) for name, own in REGISTRY._names_to_collectors.items()}
    for family in families:
        if family.name.startswith("luca_"):
            own = set(declared.get(family.name, ())) | labels_of(family)
            for suffix in SUFFIXES[family.type]:
                labels[family.name + suffix] = own | ADDED | ({"le"} if suffix == "_bucket" else set())
    return labels


def labels_of(family: Metric) -> set[str]:
    return {label for sample in family.samples for label in sample.labels} - {"le"}


def panels(file: Path) -> Iterator[dict[str, Any]]:
    yield from (panel for panel in json.loads(file.read_text())["panels"] if panel["type"] != "row")


def queries() -> list[str]:
    return [target["expr"] for file in DASHBOARDS for panel in panels(file) for target in panel["targets"]]


def test_prometheus_reads_every_service() -> None:
    assert SCRAPED.keys() - {"prometheus"} == {"interactive", "ingest-worker", "edge", "gov-sync"}
    for name, job in SCRAPED.items():
        for target in (each for config in job.get("static_configs", ()) for each in config["targets"]):
            assert target == ("127.0.0.1:9090" if name == "prometheus" else f"{name}:9090")
            assert name in COMPOSE


def test_a_task_that_is_not_at_work_is_not_down() -> None:
    (found,) = SCRAPED["gov-sync"]["dns_sd_configs"]
    assert (found["names"], found["port"]) == (["gov-sync"], 9090)


@pytest.mark.parametrize("query", queries())
def test_a_query_asks_for_what_is_exported_by_labels_that_it_has(query: str) -> None:
    known = exported()
    metrics = set(re.findall(r"\b(?:luca_\w+|up)\b", query))
    assert metrics
    assert metrics <= known.keys()
    allowed = set.union(*(known[metric] for metric in metrics))
    grouped = {label.strip() for group in re.findall(r"\bby \(([^)]*)\)", query) for label in group.split(",")}
    matched = set(re.findall(r"[{,]\s*(\w+)\s*(?:=~|!~|!=|=)", query))
    assert grouped | matched <= allowed


@each_dashboard
def test_a_legend_shows_labels_that_the_query_leaves(file: Path) -> None:
    for panel in panels(file):
        for target in panel["targets"]:
            shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
            left = set(re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", target["expr"]))))
            assert shown <= (left or ADDED), panel["title"]


@each_dashboard
def test_a_dashboard_can_be_read_and_changed_in_the_repository_alone(file: Path) -> None:
    dashboard = json.loads(file.read_text())
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    assert dashboard["editable"] is False
    (source,) = yaml.safe_load((GRAFANA / "datasources" / "prometheus.yaml").read_text())["datasources"]
    for panel in panels(file):
        assert panel["title"]
        asked = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
        assert {each["uid"] for each in asked} == {source["uid"]}


def test_grafana_finds_dashboards_and_prometheus_where_compose_puts_them() -> None:
    mounts = dict(mount.rsplit(":", 2)[:2] for mount in COMPOSE["grafana"]["volumes"])
    (provider,) = yaml.safe_load((GRAFANA / "dashboards" / "luca.yaml").read_text())["providers"]
    assert mounts["../observability/dashboards"] == provider["options"]["path"]
    home = Path(COMPOSE["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert str(home.parent) == provider["options"]["path"]
    assert (OBSERVABILITY / "dashboards" / home.name).exists()


needs_promtool = pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")


@needs_promtool
def test_prometheus_can_parse_every_query(tmp_path: Path) -> None:
    rules = [
        {"record": f"query:{number}", "expr": query.replace("$__rate_interval", "1m").replace("$__range", "15m")}
        for number, query in enumerate(queries())
    ]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboards", "rules": rules}]}))
    checked = subprocess.run(["promtool", "check", "rules", file], capture_output=True, text=True, check=False)  # noqa: S603, S607
    assert checked.returncode == 0, checked.stderr
