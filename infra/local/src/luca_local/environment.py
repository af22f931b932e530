"""What the services are told by their environment."""

from collections.abc import Mapping

from luca_local.deployment import Deployment
from luca_local.ports import HOST

GOVERNMENT_TOKEN = "local-government"  # noqa: S105  # of a government that is on this machine, too

# For the edge alone: others would warn that they don't know them.
_EDGE_ONLY = "LUCA_EDGE_"


def without_settings(base: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without the settings of services, for a process that is none."""
    return {name: value for name, value in base.items() if not name.startswith("LUCA_")}


def of_service(
    base: Mapping[str, str], deployment: Deployment, *, endpoint_url: str, port: int, operations_port: int
) -> dict[str, str]:
    """Return what every service is told; a `LUCA_*` variable of `base` that is not about places goes along."""
    pool = deployment.user_pool_id
    return {
        **{name: value for name, value in base.items() if not name.startswith(_EDGE_ONLY)},
        "AWS_REGION": deployment.region,
        "LUCA_AWS_ENDPOINT_URL": endpoint_url,
        "LUCA_JWKS_URL": jwks_url(endpoint_url, pool),
        "LUCA_TOKEN_ISSUER": f"https://cognito-idp.{deployment.region}.amazonaws.com/{pool}",
        "LUCA_CLIENT_ID": deployment.user_pool_client_id,
        "LUCA_HOST": HOST,
        "LUCA_PORT": str(port),
        "LUCA_OPERATIONS_PORT": str(operations_port),
    }


def of_interactive(deployment: Deployment) -> dict[str, str]:
    """Return what the interactive service is told beside that."""
    return {
        "LUCA_TABLE": deployment.table_name,
        "LUCA_KEYS_TABLE": deployment.keys_table_name,
        "LUCA_GOV_SYNC_TABLE": deployment.gov_sync_table_name,
        "LUCA_TENANT_ROLE_ARN": deployment.tenant_role_arn,
        "LUCA_KMS_KEY_ID": deployment.kms_key_arn,
    }


def of_ingest_worker(deployment: Deployment) -> dict[str, str]:
    """Return what the ingest worker is told beside that."""
    return {
        "LUCA_TABLE": deployment.table_name,
        "LUCA_TENANT_ROLE_ARN": deployment.tenant_role_arn,
        "LUCA_QUEUE_URL": deployment.queue_url,
        "LUCA_DEAD_LETTER_URL": deployment.dead_letter_url,
    }


def of_gov_sync(deployment: Deployment, *, endpoint_url: str, government_url: str) -> dict[str, str]:
    """Return all that a command of the government sync is told: it serves nobody and verifies no token."""
    return {
        "AWS_REGION": deployment.region,
        "LUCA_AWS_ENDPOINT_URL": endpoint_url,
        "LUCA_TABLE": deployment.table_name,
        "LUCA_GOV_SYNC_TABLE": deployment.gov_sync_table_name,
        "LUCA_TENANT_ROLE_ARN": deployment.tenant_role_arn,
        "LUCA_PAYLOAD_BUCKET": deployment.payload_bucket_name,
        "LUCA_DEAD_LETTER_URL": deployment.gov_sync_dead_letter_url,
        "LUCA_ALERTS_TOPIC_ARN": deployment.alerts_topic_arn,
        "LUCA_GOVERNMENT_URL": government_url,
        "LUCA_GOVERNMENT_TOKEN": GOVERNMENT_TOKEN,
        "LUCA_HOST": HOST,
        "LUCA_OPERATIONS_PORT": "0",  # any: several commands may be at work
    }


def of_edge(base: Mapping[str, str], deployment: Deployment, *, interactive_url: str, run_file: str) -> dict[str, str]:
    """Return what the edge is told beside that."""
    return {
        **{name: value for name, value in base.items() if name.startswith(_EDGE_ONLY)},
        "LUCA_QUEUE_URL": deployment.queue_url,
        "LUCA_INTERACTIVE_URL": interactive_url,
        "LUCA_RUN_FILE": run_file,
    }


def jwks_url(endpoint_url: str, user_pool_id: str) -> str:
    """Return where the emulator publishes a pool's keys."""
    return f"{endpoint_url}/{user_pool_id}/.well-known/jwks.json"
