"""What the interactive service can be told by its environment."""

from dataclasses import dataclass
from typing import Literal

from luca_shared.runtime.settings import Bytes, Port, Seconds, Url, setting

_ID = r"[A-Za-z0-9_.-]+"


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """The settings; the defaults are those of production."""

    region: str = setting(variable="AWS_REGION", pattern=r"[a-z0-9-]+", doc="the AWS region")
    aws_endpoint_url: Url | None = setting(None, doc="where all AWS services answer, for an emulator")

    table: str = setting("luca", pattern=_ID, doc="the single table's name")
    keys_table: str = setting("luca-keys", pattern=_ID, doc="the name of the table of encryption keys")
    gov_sync_table: str = setting("luca-gov-sync", pattern=_ID, doc="the name of the government sync's table")
    tenant_role_arn: str = setting(pattern=r"arn:.+:role/.+", doc="the role assumed for each school")
    kms_key_id: str = setting(doc="the KMS key that wraps the schools' data keys")

    jwks_url: Url = setting(doc="where the user pool publishes its keys")
    token_issuer: Url = setting(doc="the user pool's address, as its tokens spell it")
    client_id: str = setting(doc="the app client that tokens must be issued to")
    jwks_cache: Seconds = setting(3600.0, low=1, high=24 * 3600, doc="how long the pool's keys are believed")

    host: str = setting("0.0.0.0", doc="the address to listen on")  # noqa: S104  # a container's own network
    port: Port = setting(8080, doc="the API's port")
    operations_port: Port = setting(9090, doc="the port of health and metrics")
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", doc="the least severe line logged")

    request_deadline: Seconds = setting(5.0, low=0.1, high=60, doc="a request's time in all")
    body_limit: Bytes = setting(1024 * 1024, low=1024, high=10 * 1024 * 1024, doc="the largest request body")
    rate_per_second: float = setting(200.0, low=0.1, high=1e6, doc="requests a second of one school, lasting")
    rate_burst: int = setting(400, low=1, high=1_000_000, doc="requests of one school at once")

    class_cache: Seconds = setting(30.0, low=1, high=3600, doc="how long a class and its roster are believed")
    rules_cache: Seconds = setting(30.0, low=1, high=3600, doc="how long grading rules are believed")
    term_staleness: Seconds = setting(5.0, low=1, high=60, doc="how old what is known of a term may be at a write")
    freeze_margin: Seconds = setting(5.0, low=0, high=60, doc="for clocks that differ, and requests that come late")
    credentials_cache: int = setting(2000, low=1, high=100_000, doc="schools whose credentials are kept")
    credentials_refresh: Seconds = setting(300.0, low=1, high=1800, doc="renew credentials this long before they end")
    data_keys_cache: Seconds = setting(300.0, low=1, high=3600, doc="how long a data key is kept in memory")
