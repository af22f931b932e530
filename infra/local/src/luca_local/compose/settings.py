"""What the set-up is told by `compose.yaml`: where the containers find each other, and where their owner finds them."""

from dataclasses import dataclass

from luca_local.compose.addresses import Addresses
from luca_shared.runtime.settings import Port, Url, setting


@dataclass(frozen=True, kw_only=True, slots=True)
class SetUpSettings:
    """The set-up's settings."""

    aws_url: Url = setting(doc="where the emulator answers the containers")
    edge_url: Url = setting(doc="where the edge does")
    interactive_url: Url = setting(doc="where the interactive service does")
    government_url: Url = setting(doc="where the government's API does")
    credentials_url: Url = setting(doc="where this process does, by an address that the SDKs take credentials from")

    published_aws_url: Url = setting(doc="where the emulator answers this machine")
    published_edge_url: Url = setting(doc="where the edge does")
    published_interactive_url: Url = setting(doc="where the interactive service does")
    published_government_url: Url = setting(doc="where the government's API does")
    published_prometheus_url: Url = setting(doc="where Prometheus does")

    host: str = setting(doc="the address to tell services at, which they alone reach")
    port: Port = setting(8080, doc="the port there")
    operations_host: str = setting("0.0.0.0", doc="the address of health and metrics")  # noqa: S104  # a container's own
    operations_port: Port = setting(9090, doc="the port of health and metrics")
    run_file: str = setting("build/run.json", doc="where the run file is written, for commands in this container")
    service_run_file: str = setting("/tmp/run.json", doc="where the edge's is")  # noqa: S108  # a container's own

    @property
    def inside(self) -> Addresses:
        """What the containers call each other."""
        return Addresses(
            aws=self.aws_url, edge=self.edge_url, interactive=self.interactive_url, government=self.government_url
        )

    @property
    def published(self) -> Addresses:
        """What this machine calls them."""
        return Addresses(
            aws=self.published_aws_url,
            edge=self.published_edge_url,
            interactive=self.published_interactive_url,
            government=self.published_government_url,
            metrics=(self.published_prometheus_url,),
        )
