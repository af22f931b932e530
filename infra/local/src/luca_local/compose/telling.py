"""What each service is told: its environment, and the files that it reads."""

import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from luca_local import environment
from luca_local.compose.addresses import Addresses
from luca_local.compose.memory import Made
from luca_local.compose.settings import SetUpSettings
from luca_local.container_credentials import ContainerCredentials
from luca_local.emulator_process import Emulator
from luca_local.run_record import Admin, RunRecord

# The ports that the images have unless they are told otherwise: here each has an address of its own.
_PORT = 8080
_OPERATIONS_PORT = 9090
_ITS_OWN = {"LUCA_HOST": "0.0.0.0", "LUCA_OPERATIONS_PORT": str(_OPERATIONS_PORT)}  # noqa: S104


def told(made: Made, settings: SetUpSettings, credentials: ContainerCredentials) -> dict[str, dict[str, Any]]:
    """Return what `entry.py` wants to know of each service, by the services' names."""
    deployment, inside = made.deployment, settings.inside
    serving = environment.of_service(
        {}, deployment, endpoint_url=inside.aws, port=_PORT, operations_port=_OPERATIONS_PORT
    )
    environments: Mapping[str, Mapping[str, str]] = {
        "interactive": {**serving, **environment.of_interactive(deployment)},
        "ingest-worker": {**serving, **environment.of_ingest_worker(deployment)},
        "edge": {
            **serving,
            **environment.of_edge(
                {}, deployment, interactive_url=inside.interactive, run_file=settings.service_run_file
            ),
        },
        "gov-sync": environment.of_gov_sync(deployment, endpoint_url=inside.aws, government_url=inside.government),
    }
    files = {"edge": {settings.service_run_file: run_record(made, settings.published).to_json().decode()}}
    return {
        name: {
            "environment": {**told, **_ITS_OWN, **credentials.environment(name, settings.credentials_url)},
            "files": files.get(name, {}),
        }
        for name, told in environments.items()
    }


def run_record(made: Made, addresses: Addresses) -> RunRecord:
    """Return the run file's contents for whoever finds the platform at these addresses."""
    deployment, admin = made.deployment, Emulator.admin
    return RunRecord(
        edge=addresses.edge,
        interactive=addresses.interactive,
        aws_endpoint=addresses.aws,
        government=addresses.government,
        metrics=addresses.metrics,
        region=deployment.region,
        table=deployment.table_name,
        queue_url=_at(addresses.aws, deployment.queue_url),
        dead_letter_url=_at(addresses.aws, deployment.dead_letter_url),
        user_pool_id=deployment.user_pool_id,
        client_id=deployment.user_pool_client_id,
        jwks_url=environment.jwks_url(addresses.aws, deployment.user_pool_id),
        admin=Admin(access_key_id=admin.access_key_id, secret_access_key=admin.secret_access_key),
        accounts=made.accounts,
        example=made.example,
        pid=os.getpid(),
        logs="docker compose -f infra/local/compose.yaml logs",
    )


def _at(origin: str, queue_url: str) -> str:
    """A queue is named by its path; the emulator names itself by the address that its containers know."""
    return origin + urlsplit(queue_url).path
