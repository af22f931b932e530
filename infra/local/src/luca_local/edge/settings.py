"""What the edge can be told by its environment; the quotas' defaults are API Gateway's."""

from dataclasses import dataclass
from typing import Literal

from luca_shared.runtime.settings import Bytes, Port, Seconds, Url, setting


@dataclass(frozen=True, kw_only=True, slots=True)
class EdgeSettings:
    """The edge's settings."""

    aws_region: str = setting("us-east-1", variable="AWS_REGION", doc="the region of the queue")
    aws_endpoint_url: Url = setting(doc="where the emulator answers")
    queue_url: Url = setting(doc="the queue that events go to")
    jwks_url: Url = setting(doc="the keys that tokens are signed with")
    token_issuer: Url = setting(doc="who must have issued a token")
    client_id: str = setting(doc="the client that a token must be for")
    interactive_url: Url = setting(doc="the service that everything but events is handed on to")
    run_file: str = setting(doc="what the root page shows")
    host: str = setting("127.0.0.1", doc="the address to listen on")
    port: Port = setting(doc="the port to listen on")
    operations_port: Port = setting(doc="the port of health and metrics")
    log_level: Literal["debug", "info", "warning", "error"] = setting("info", doc="the least severe line to log")

    # API Gateway's own, by default: "Amazon API Gateway quotas".
    edge_rate: float = setting(10_000.0, unit="requests a second", low=0.1, doc="the stage throttle's rate")
    edge_burst: int = setting(5_000, unit="requests", low=1, doc="how many requests the stage takes at once")
    edge_timeout: Seconds = setting(29.0, low=0.1, high=300, doc="how long a service may take to answer")
    edge_max_body: Bytes = setting(10_000_000, low=1, doc="the largest body of a request")
