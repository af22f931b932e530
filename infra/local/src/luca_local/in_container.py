"""Runs a service's image in the place of its process: `python -m luca_local.in_container IMAGE ARGUMENTS...`.

The container has this machine's network and what this process's environment says to services; its root is read-only,
its capabilities are none. It stops when this process is told to, and is removed when this process is gone, however it
went.
"""

import os
import shlex
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence

_TOLD = ("LUCA_", "AWS_")  # the variables that a service knows
_LABEL = "luca.platform"


def command(image: str, arguments: Sequence[str], name: str, environment: Mapping[str, str]) -> list[str]:
    """Return the command that runs an image; values stay in the environment, where no list of processes shows them."""
    told = [part for each in sorted(environment) if each.startswith(_TOLD) for part in ("--env", each)]
    return [
        *(docker(environment), "run", "--rm", "--name", name, "--label", _LABEL, "--pull", "never"),
        *("--network", "host", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"),
        *(*told, image, *arguments),
    ]


def docker(environment: Mapping[str, str]) -> str:
    """Return Docker's client: `DOCKER`, else the one in the path."""
    return environment.get("DOCKER", "docker")


def main() -> int:
    """Return what the service ended with."""
    image, *arguments = sys.argv[1:]
    name = f"luca-{uuid.uuid4().hex[:12]}"
    remove = f"cat; {shlex.quote(docker(os.environ))} rm --force {name}"
    # It outlives this process by the moment in which its standard input closes, and removes what is left then.
    subprocess.Popen(  # noqa: S603  # ours, and quoted
        ["/bin/sh", "-c", remove],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    service = subprocess.Popen(command(image, arguments, name, os.environ), stdin=subprocess.DEVNULL)  # noqa: S603
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: service.send_signal(received))  # Docker's client passes it on
    return service.wait()


if __name__ == "__main__":
    sys.exit(main())
