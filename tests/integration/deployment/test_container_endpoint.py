import pytest
from aiobotocore.session import AioSession

from luca_local.container_credentials import container_endpoint
from luca_local.deployment import Deployment
from luca_local.running_emulator import EmulatorAccount


async def test_a_service_finds_its_role_as_it_does_on_fargate(
    own_emulator: EmulatorAccount, deployment: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    roles = {"interactive": deployment.interactive_role_arn}
    async with container_endpoint(own_emulator.endpoint_url, own_emulator.admin, deployment.region, roles) as endpoint:
        for name, value in endpoint.environment("interactive").items():
            monkeypatch.setenv(name, value)
        session = AioSession()
        credentials = await session.get_credentials()
        assert credentials is not None
        assert credentials.method == "container-role"
        async with session.create_client(
            "sts", region_name=deployment.region, endpoint_url=own_emulator.endpoint_url
        ) as sts:
            caller = await sts.get_caller_identity()
    assert caller["Arn"] == f"arn:aws:sts::{deployment.account_id}:assumed-role/luca-interactive/interactive"
