import os
from typing import Any

from luca_interactive.settings import Settings
from luca_local import environment
from luca_local.deployment import Deployment
from luca_local.edge.settings import EdgeSettings
from luca_local.isolated_environment import isolate
from luca_shared.runtime.settings import load, variables

FIELDS: dict[str, Any] = {name: name for name in Deployment.__annotations__}
DEPLOYMENT = Deployment(**FIELDS)


def test_nothing_of_the_developers_aws_is_left() -> None:
    environ = {
        "PATH": "/bin", "AWS_PROFILE": "production", "AWS_ACCESS_KEY_ID": "AKIA", "AWS_ENDPOINT_URL": "https://x",
        "NO_PROXY": "example.org",
    }  # fmt: skip
    isolate(environ)
    assert environ == {
        "PATH": "/bin",
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "example.org,127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_a_service_gets_the_developers_settings_but_not_the_places() -> None:
    base = {"LUCA_RATE_BURST": "7", "LUCA_PORT": "80", "LUCA_EDGE_RATE": "1", "PATH": "/bin"}
    given = environment.of_service(base, DEPLOYMENT, endpoint_url="http://aws", port=1, operations_port=2)
    assert given["LUCA_RATE_BURST"] == "7"
    assert given["LUCA_PORT"] == "1"
    assert given["LUCA_HOST"] == "127.0.0.1"
    assert given["LUCA_JWKS_URL"] == "http://aws/user_pool_id/.well-known/jwks.json"
    assert given["LUCA_TOKEN_ISSUER"] == "https://cognito-idp.region.amazonaws.com/user_pool_id"
    assert "LUCA_EDGE_RATE" not in given


def test_the_edge_gets_its_own_settings_and_no_other_services() -> None:
    base = {"LUCA_RATE_BURST": "7", "LUCA_EDGE_RATE": "1", "PATH": "/bin"}
    assert environment.without_settings(base) == {"PATH": "/bin"}
    given = environment.of_edge(base, DEPLOYMENT, interactive_url="http://i", run_file="/run.json")
    assert given["LUCA_EDGE_RATE"] == "1"
    assert "LUCA_RATE_BURST" not in given


def test_every_variable_of_a_service_is_one_of_its_settings() -> None:
    common = environment.of_service({}, DEPLOYMENT, endpoint_url="http://aws", port=1, operations_port=2)
    interactive = common | environment.of_interactive(DEPLOYMENT)
    edge = common | environment.of_edge({}, DEPLOYMENT, interactive_url="http://i", run_file="/run.json")
    assert interactive.keys() <= {variable.name for variable in variables(Settings)}
    assert edge.keys() <= {variable.name for variable in variables(EdgeSettings)}
    assert load(EdgeSettings, edge | {"LUCA_QUEUE_URL": "http://aws/queue"}).edge_timeout == 29
