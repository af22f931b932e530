"""What the ingest worker can be told by its environment."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from luca_ingest_worker import permissions
from luca_ingest_worker.messages import Rules
from luca_ingest_worker.permissions import Permissions
from luca_ingest_worker.room import RECEIVE_WEIGHT
from luca_shared.runtime.settings import Port, Seconds, SettingsError, Url, setting

_DAY = 86_400.0


@dataclass(frozen=True, kw_only=True, slots=True)
class IngestSettings:
    """The ingest worker's settings."""

    aws_region: str = setting("us-east-1", variable="AWS_REGION", doc="the region of queue and table")
    aws_endpoint_url: Url | None = setting(None, doc="where all of AWS answers, for an emulator")
    queue_url: Url = setting(doc="the queue that events come from")
    dead_letter_url: Url = setting(doc="the queue that refused events go to")
    table: str = setting("luca", doc="the table's name")
    tenant_role_arn: str = setting(doc="the role that is assumed for each school")
    host: str = setting("0.0.0.0", doc="the address of the operations port")  # noqa: S104  # a container's own port
    operations_port: Port = setting(9090, doc="the port of health and metrics")
    log_level: Literal["debug", "info", "warning", "error"] = setting(
        "info", doc="the least severe line that is logged"
    )

    batch_messages: int = setting(
        50, unit="messages", low=1, high=1000, doc="a school's events are written when they come from so many messages"
    )
    batch_age: Seconds = setting(5.0, low=0, high=30, doc="or when the oldest of them has waited so long")
    visibility: int = setting(
        60, unit="seconds", low=4, high=3600, doc="how long a received message is hidden, extended while in hand"
    )
    receivers_min: int = setting(2, unit="receivers", low=1, high=64, doc="receivers that poll an empty queue")
    receivers_max: int = setting(16, unit="receivers", low=1, high=64, doc="receivers that poll a full one, at most")
    room: int = setting(
        16 * RECEIVE_WEIGHT,
        unit="events or 4 KiB of a message",
        low=RECEIVE_WEIGHT,
        doc="what may be in hand at once; each receive needs room for the most that it can bring",
    )
    writes_at_once: int = setting(32, unit="calls", low=1, high=256, doc="batches on their way to the table at most")
    stop_timeout: Seconds = setting(
        20.0, low=1, high=110, doc="for what is in hand at a stop; less than the platform's own stop time-out"
    )

    event_kinds: str = setting(
        "behavior", pattern=r"[A-Za-z0-9_.-]+(,[A-Za-z0-9_.-]+)*", doc="the kinds of event that are known"
    )
    event_types: str = setting(permissions.DEFAULT, pattern=permissions.PATTERN, doc="the types that a role may report")
    event_max_age: Seconds = setting(7 * _DAY, low=0, high=29 * _DAY, doc="how long ago an event may have happened")
    event_max_future: Seconds = setting(300.0, low=0, high=_DAY, doc="how far ahead a reporter's clock may be")

    def __post_init__(self) -> None:
        if self.receivers_max < self.receivers_min:
            raise SettingsError([f"LUCA_RECEIVERS_MAX must be at least LUCA_RECEIVERS_MIN, {self.receivers_min}"])

    @property
    def rules(self) -> Rules:
        """What events are judged by."""
        return Rules(
            kinds=frozenset(self.event_kinds.split(",")),
            permissions=Permissions.parse(self.event_types),
            max_age=timedelta(seconds=self.event_max_age),
            max_future=timedelta(seconds=self.event_max_future),
        )
