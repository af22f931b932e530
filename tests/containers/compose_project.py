"""A project of compose.yaml as its owner handles it, under a name and on ports of its own."""

import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import aiohttp
import yaml

from luca_local import login
from luca_local.ports import HeldPort
from luca_local.run_record import RunRecord

FILE = Path(__file__).parents[2] / "infra" / "local" / "compose.yaml"
PORTS = ("EDGE", "INTERACTIVE", "AWS", "GOVERNMENT", "PROMETHEUS", "GRAFANA")
OURS = ("emulator", "set-up", "government", "interactive", "ingest-worker", "edge")


def compose_client() -> Sequence[str] | None:
    """Return Docker's own compose, or Debian's older one; None where there is neither."""
    docker, older = shutil.which(os.environ.get("DOCKER", "docker")), shutil.which("docker-compose")
    if docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0:  # noqa: S603
        return (docker, "compose")
    return None if older is None else (older,)


class Project:
    """One project; `settings` are variables of compose.yaml."""

    def __init__(self, client: Sequence[str], **settings: str) -> None:
        self.name = f"luca-test-{uuid.uuid4().hex[:8]}"
        self._command = [*client, "--file", str(FILE), "--project-name", self.name]
        with ExitStack() as held:
            self._ports = {name: held.enter_context(HeldPort()).number for name in PORTS}
        self._environment = {
            **os.environ,
            **{f"LUCA_{name}_PORT": str(number) for name, number in self._ports.items()},
            **settings,
        }

    def __call__(self, *arguments: str, within: float = 120) -> str:
        """Run a command; return what it prints."""
        done = subprocess.run(  # noqa: S603  # compose
            [*self._command, *arguments],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=within,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-3000:]}")
        return done.stdout

    def up(self, *parts: str) -> None:
        """Bring parts up, and wait until those that people meet answer."""
        self("up", "--detach", *parts, within=240)
        self._await_answer("EDGE", "/", 200)
        self._await_answer("INTERACTIVE", "/v1/me", 401)

    def _await_answer(self, name: str, path: str, wanted: int, within: float = 60) -> None:
        deadline = time.monotonic() + within
        while _status(self.origin(name) + path) != wanted:
            if time.monotonic() > deadline:
                raise AssertionError(f"{name} does not answer: {self('logs', '--no-color')[-3000:]}")
            time.sleep(0.2)

    def origin(self, name: str) -> str:
        """Return where a part answers this machine."""
        return f"http://127.0.0.1:{self._ports[name]}"

    def record(self) -> RunRecord:
        """Return what the edge shows its visitors."""
        return RunRecord.from_json(self("exec", "-T", "edge", "cat", "/tmp/run.json").encode())  # noqa: S108

    def person(self, username: str) -> aiohttp.ClientSession:
        """Return a session that speaks to the edge as somebody who has just logged in; who asks for it closes it."""
        token = login.id_token(self.record(), username)
        return aiohttp.ClientSession(self.origin("EDGE"), headers={"Authorization": f"Bearer {token}"})

    def down(self) -> None:
        """Take it down, whatever state it is in."""
        self("down", "--volumes", "--remove-orphans", "--timeout", "30")


def _status(url: str) -> int | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # http, on this machine
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except OSError:
        return None


def public_image(service: str) -> str:
    """Return the image that a service is of unless it is said otherwise."""
    named = yaml.safe_load(FILE.read_text())["services"][service]["image"]
    return str(named).partition(":-")[2].rstrip("}")


def queries() -> list[str]:
    """Return what the dashboards ask of Prometheus."""
    dashboards = sorted((FILE.parents[1] / "observability" / "dashboards").glob("*.json"))
    return [
        target["expr"].replace("$__rate_interval", "1m")
        for file in dashboards
        for panel in json.loads(file.read_text())["panels"]
        for target in panel.get("targets", ())
    ]
