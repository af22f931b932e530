"""The operator's command on the emulator, with the service's own role."""

import asyncio
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from luca_interactive.erase_school import NO_SUCH_SCHOOL
from luca_local import environment
from luca_local.container_credentials import container_endpoint

if TYPE_CHECKING:
    from tests.integration.interactive.conftest import Service

ADMIN, OTHER_ADMIN = "admin.sur", "admin.norte-2"


async def command(school_id: str, variables: Mapping[str, str]) -> tuple[int, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "luca_interactive.erase_school", school_id, "--really", school_id),
        env={"PATH": os.defpath, "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull, **variables},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, log = await process.communicate()
    assert process.returncode is not None
    return process.returncode, (said + log).decode()


async def roster(service: "Service", username: str) -> list[dict[str, str | None]]:
    items: list[dict[str, str | None]] = (await service.get(username, "/v1/classes/math-7a/roster"))["items"]
    return items


async def test_an_erased_school_has_students_without_names_and_the_others_have_theirs(service: "Service") -> None:
    deployment, emulator = service.platform.deployment, service.platform.emulator
    others = await roster(service, OTHER_ADMIN)
    assert all(student["name"] for student in others)
    roles = {"interactive": deployment.interactive_role_arn}
    async with container_endpoint(emulator.endpoint_url, emulator.admin, emulator.region, roles) as endpoint:
        variables = {
            **environment.of_service({}, deployment, endpoint_url=emulator.endpoint_url, port=0, operations_port=0),
            **environment.of_interactive(deployment),
            **endpoint.environment("interactive"),
        }
        assert (await command("nowhere", variables))[0] == NO_SUCH_SCHOOL
        for _ in range(2):
            code, said = await command("sur", variables)
            assert (code, "sur is erased: in 600 s" in said) == (0, True), said
    shown = await roster(service, ADMIN)
    assert shown
    assert {student["name"] for student in shown} == {None}
    assert await roster(service, OTHER_ADMIN) == others
    again = await service.ask(ADMIN, "PUT", "/v1/students/new", {"name": "Eva"}, If_None_Match="*")
    assert again.status == 404, "no student of it gets a key any more"
