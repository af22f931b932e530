"""What is in a service's image, and what isn't."""

import os

from tests.containers.docker_client import Docker

MOST_OVER_BASE = 150_000_000  # bytes
BASE = os.environ.get("BASE_IMAGE") or "python:3.11-slim-bookworm"

# Run inside of the image, for it has no other tool to look with.
LOOK = """
import importlib.util, os, sys
tools = [name for name in ("pip", "setuptools", "wheel", "hatchling", "uv", "pytest", "luca_local")
         if importlib.util.find_spec(name)]
ours = [os.path.join(root, name) for root, _, names in os.walk("/opt/luca") for name in names]
writable = [path for path in ours if os.access(path, os.W_OK)]
stale = [path for path in ours if path.endswith(".py") and "luca_" in path
         and not os.path.exists(importlib.util.cache_from_source(path))]
print(os.getuid(), tools, writable[:3], stale[:3], sys.prefix)
"""


def test_it_runs_as_nobody_in_particular_and_holds_what_it_needs_only(docker: Docker, image: str) -> None:
    user, *rest = docker("run", "--rm", "--entrypoint", "/opt/luca/bin/python", image, "-c", LOOK).split(" ", 1)
    assert user == "10001"
    assert rest == ["[] [] [] /opt/luca"]  # no tools, nothing that it could change, all compiled


def test_it_is_little_over_its_base(docker: Docker, image: str) -> None:
    assert docker.inspect("image", image)["Size"] - docker.inspect("image", BASE)["Size"] < MOST_OVER_BASE


def test_it_says_what_it_is(docker: Docker, image: str, service: str) -> None:
    config = docker.inspect("image", image)["Config"]
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in config["Labels"].items()}
    assert labels["title"] == f"luca-{service}"
    assert labels["description"].startswith("Luca: ")
    assert len(labels["revision"]) == 40
    assert config["Entrypoint"][0] == config["Healthcheck"]["Test"][1] == "/opt/luca/bin/python"  # no shell in between
    assert config["StopSignal"] == "SIGTERM"


def test_it_explains_its_settings(docker: Docker, image: str) -> None:
    assert "LUCA_TABLE" in docker("run", "--rm", image, "--help")


def test_it_refuses_to_start_without_settings_and_says_which(docker: Docker, image: str, service: str) -> None:
    arguments = ("run", "--period", "2026-Q4") if service == "gov-sync" else ()
    assert "LUCA_TENANT_ROLE_ARN" in docker("run", "--rm", image, *arguments, fails=True)
