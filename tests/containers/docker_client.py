"""Docker, by its command line, for who looks at images from the outside."""

import json
import os
import subprocess
from typing import Any


class Docker:
    """The client; every container that it starts is removed at the end."""

    def __init__(self) -> None:
        self._client = os.environ.get("DOCKER", "docker")
        self._containers: list[str] = []

    def __call__(self, *arguments: str, within: float = 60, fails: bool = False) -> str:
        """Run a command; return what it prints, on both of its outputs."""
        done = subprocess.run(  # noqa: S603  # Docker's client
            [self._client, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=within,
            check=False,
        )
        if (done.returncode != 0) != fails:
            raise AssertionError(f"docker {arguments[0]} ended with {done.returncode}: {done.stdout[-2000:]}")
        return done.stdout.strip()

    def inspect(self, kind: str, name: str) -> Any:
        """Return what Docker knows of an image or a container."""
        return json.loads(self(kind, "inspect", name))[0]

    def start(self, *arguments: str) -> str:
        """Start a container as it is meant to run; return its id."""
        hardened = ("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--pull", "never")
        self._containers.append(self("run", "--detach", *hardened, *arguments))
        return self._containers[-1]

    def remove_all(self) -> None:
        """Remove what was started."""
        if self._containers:
            self("rm", "--force", *self._containers)
