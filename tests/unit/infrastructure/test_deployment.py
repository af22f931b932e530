import pytest

from luca_local.deployment import TEMPLATES, _deployment
from luca_local.deployment_errors import DeployedDifferently, DeploymentError, StackFailed
from luca_local.template_language import load

DATA, MESSAGING, IDENTITY = (load(TEMPLATES / f"{name}.yaml") for name in ("data", "messaging", "identity"))
OUTPUTS = {name: f"<{name}>" for each in (DATA, MESSAGING, IDENTITY) for name in each.body["Outputs"]}
PLACE = {"region": "us-east-1", "account_id": "000000000000"}


def test_the_outputs_of_the_templates_are_the_fields_of_a_deployment() -> None:
    deployment = _deployment(OUTPUTS, **PLACE)
    assert deployment.gov_sync_table_arn == "<GovSyncTableArn>"
    assert deployment.user_pool_client_id == "<UserPoolClientId>"


def test_an_output_that_is_missing_or_unknown_is_named() -> None:
    outputs = {name: value for name, value in OUTPUTS.items() if name != "QueueUrl"} | {"Surprise": "x"}
    with pytest.raises(DeploymentError, match="queue_url, surprise"):
        _deployment(outputs, **PLACE)


def test_what_identity_must_be_given_the_other_two_give() -> None:
    needed = {name for name, default in IDENTITY.parameters.items() if default is None}
    assert needed <= DATA.body["Outputs"].keys() | MESSAGING.body["Outputs"].keys()
    assert None not in {**DATA.parameters, **MESSAGING.parameters}.values()


def test_errors_list_every_reason() -> None:
    assert str(StackFailed("luca-data", ["Table: no", "Key: neither"])).splitlines() == [
        "the stack luca-data failed:",
        "  Table: no",
        "  Key: neither",
    ]
    assert "no reason given" in str(StackFailed("luca-data", []))
    assert DeployedDifferently(["a is 1, not 2"]).differences == ("a is 1, not 2",)
