"""Runs the set-up: `python -m luca_local.compose`.

It sets the emulator up, and again whenever that was started anew: it keeps nothing. What was made is told on `/told`
(for `entry.py`) and on `/credentials` (for the SDKs).
"""

import asyncio
import contextlib
import os
import sys
from functools import partial
from pathlib import Path

from botocore.exceptions import BotoCoreError

from luca_local.aws_clients import AwsClients, aws_clients, session_as
from luca_local.compose.desk import Desk
from luca_local.compose.memory import Made, remembered
from luca_local.compose.set_up import set_up
from luca_local.compose.settings import SetUpSettings
from luca_local.compose.telling import run_record
from luca_local.console_output import Output
from luca_local.isolated_environment import isolate
from luca_local.running_emulator import EmulatorAccount, GivenEmulator
from luca_shared.runtime import service
from luca_shared.runtime.life import Life
from luca_shared.runtime.settings import load
from luca_shared.tenancy.sts import StsAssumeRole

_SERVICE = "set-up"
_POLL_S = 2.0


async def serve(life: Life) -> None:
    """Set up what there is, and answer until told to stop."""
    settings = load(SetUpSettings)
    isolate(os.environ)
    await life.operations(host=settings.operations_host, port=settings.operations_port)
    emulator = GivenEmulator(settings.aws_url)
    aws = await life.enter(aws_clients(emulator.endpoint_url, emulator.admin, emulator.region))
    assume_role = await life.enter(
        StsAssumeRole(region=emulator.region, endpoint_url=emulator.endpoint_url, session=session_as(emulator.admin))
    )
    desk = Desk(settings, assume_role, partial(remembered, aws.s3))
    life.ready_when("emulator", desk.check)
    await life.listen(desk.application(), name="desk", host=settings.host, port=settings.port)
    life.background("set-up", _keep_up(settings, emulator, aws, desk))
    await life.until_stopped()


async def _keep_up(settings: SetUpSettings, emulator: EmulatorAccount, aws: AwsClients, desk: Desk) -> None:
    output = Output(verbose=False)
    known: Made | None = None
    while True:
        # One that does not answer is on its way down or up; whoever asks the desk is refused meanwhile.
        with contextlib.suppress(BotoCoreError):
            made = await set_up(emulator, aws, output)
            if made != known:
                await asyncio.to_thread(_write, Path(settings.run_file), run_record(made, settings.inside).to_json())
                desk.open(made)
                output.addresses(run_record(made, settings.published))
                output.accounts(run_record(made, settings.published))
                known = made
        await asyncio.sleep(_POLL_S)


def _write(path: Path, text: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)


if __name__ == "__main__":
    sys.exit(service.run(serve, service=_SERVICE, grace=1))
