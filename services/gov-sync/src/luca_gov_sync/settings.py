"""What the government sync can be told by its environment."""

from dataclasses import dataclass
from typing import Literal

from luca_gov_sync.batching import MAX_RECORDS
from luca_shared.runtime.settings import Port, Seconds, Secret, SettingsError, Url, setting

_HOUR = 3600.0


@dataclass(frozen=True, kw_only=True, slots=True)
class RunSettings:
    """What it takes to look at a run."""

    aws_region: str = setting("us-east-1", variable="AWS_REGION", doc="the region of tables, queue, topic and bucket")
    aws_endpoint_url: Url | None = setting(None, doc="where all of AWS answers, for an emulator")
    gov_sync_table: str = setting("luca-gov-sync", doc="the name of the government sync's table")
    government_rate: float = setting(
        2.0, unit="requests a second", low=0.01, high=1000, doc="what the government allows, everything counted"
    )
    deadline: Seconds = setting(47 * _HOUR, low=1, high=1000 * _HOUR, doc="a run's time in all, from its start")
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", doc="the least severe line that is logged"
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class SyncSettings(RunSettings):
    """What it takes to carry one out."""

    government_url: Url = setting(doc="where the government's API answers; what it speaks is docs/government-api.yaml")
    government_token: Secret = setting(doc="the bearer token that the government knows us by", low=1)
    table: str = setting("luca", doc="the single table's name")
    tenant_role_arn: str = setting(doc="the role that is assumed for each school")
    payload_bucket: str = setting(doc="the bucket for payloads and reports")
    dead_letter_url: Url = setting(doc="the queue for batches that the government would not take")
    alerts_topic_arn: str = setting(doc="the topic by which operators are told")
    host: str = setting("0.0.0.0", doc="the address of the operations port")  # noqa: S104  # a container's own port
    operations_port: Port = setting(9090, doc="the port of health and metrics")

    rate_margin: float = setting(0.01, low=0, high=0.9, doc="the share of the rate that is given up")
    in_flight: int = setting(64, unit="batches", low=1, high=1000, doc="batches on their way at most")
    http_timeout: Seconds = setting(120.0, low=0.1, high=600, doc="one request's time, from its departure")
    retry_first: Seconds = setting(5.0, low=0, high=600, doc="before the first retry of a batch")
    retry_second: Seconds = setting(15.0, low=0, high=600, doc="before the second")
    retry_third: Seconds = setting(45.0, low=0, high=600, doc="before the third, and last")
    batch_timeout: Seconds = setting(1200.0, low=1, high=7200, doc="everything that one attempt of a batch takes")
    batch_records: int = setting(MAX_RECORDS, unit="records", low=1, high=MAX_RECORDS, doc="records in a batch at most")
    lookahead: int = setting(256, unit="batches", low=1, high=10_000, doc="batches prepared and not settled, at most")

    breaker_failures: int = setting(
        10, unit="failures", low=1, high=1000, doc="failures in a row that are taken for an outage"
    )
    probe_interval: Seconds = setting(15.0, low=0, high=600, doc="between two probes in an outage")
    whole_refusals: int = setting(
        50, unit="batches", low=1, high=10_000, doc="whole batches refused in a row that halt the run"
    )

    lease: Seconds = setting(60.0, low=0.5, high=3600, doc="how long the run is ours without a sign of life")
    lease_renewal: Seconds = setting(15.0, low=0.1, high=1200, doc="between two signs of life; less than a third")
    lease_skew: Seconds = setting(2.0, low=0, high=60, doc="how far two tasks' clocks may be apart")
    heartbeat: Seconds = setting(300.0, low=1, high=7200, doc="without any progress for so long, the task ends itself")
    aws_retry: Seconds = setting(5.0, low=0, high=600, doc="before a batch is tried again for which AWS failed")

    quiet: Seconds = setting(
        300.0, low=0, high=_HOUR, doc="from the cutoff until a pass may be the last: the index lags behind the table"
    )
    late_passes: int = setting(
        10, unit="passes", low=1, high=1000, doc="passes at most for grades that are younger than the cutoff"
    )
    reconcile_rounds: int = setting(
        3, unit="rounds", low=1, high=100, doc="how often what is missing is sent again, at most"
    )

    def __post_init__(self) -> None:
        if self.lease_renewal * 3 > self.lease:
            raise SettingsError([f"LUCA_LEASE_RENEWAL must be at most a third of LUCA_LEASE, {self.lease / 3:g}"])

    @property
    def retry_delays(self) -> tuple[float, float, float]:
        """Seconds before the first, second and third retry."""
        return self.retry_first, self.retry_second, self.retry_third
