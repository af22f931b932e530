"""compose.yaml: nothing in it may do more than it must, and it speaks of the images and parts that there are."""

import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from luca_local.compose.entry import _SET_UP
from luca_local.compose.settings import SetUpSettings
from luca_shared.runtime.settings import load

ROOT = Path(__file__).parents[3]
FILE = ROOT / "infra" / "local" / "compose.yaml"
TEXT = FILE.read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("luca-")}
TOLD = {name: service for name, service in OURS.items() if "/opt/entry.py" in service.get("entrypoint", ())}
MADE = set(re.findall(r"--tag (luca-[a-z]+):", (ROOT / "Makefile").read_text())) | {
    f"luca-{name}" for name in re.findall(r"for service in ([a-z -]+);", (ROOT / "Makefile").read_text())[0].split()
}
REACHABLE = {"emulator", "interactive", "edge", "government", "prometheus", "grafana"}

each = pytest.mark.parametrize("name", SERVICES)


@each
def test_no_container_may_more_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"], service["security_opt"]) == (
        True,
        ["ALL"],
        ["no-new-privileges:true"],
    )
    assert not service.keys() & {
        "privileged",
        "cap_add",
        "devices",
        "pid",
        "ipc",
        "network_mode",
        "user",
        "userns_mode",
    }
    assert "docker.sock" not in str(service)


@each
def test_what_is_mounted_is_in_the_repository_and_can_not_be_changed(name: str) -> None:
    for mount in SERVICES[name].get("volumes", ()):
        source, target, mode = mount.split(":")
        assert mode == "ro"
        assert target.startswith("/")
        assert (FILE.parent / source).resolve().is_relative_to(ROOT / "infra")
        assert (FILE.parent / source).exists()


@each
def test_only_this_machine_reaches_a_port_and_its_owner_may_choose_another(name: str) -> None:
    ports = SERVICES[name].get("ports", ())
    assert bool(ports) == (name in REACHABLE)
    for port in ports:
        assert re.fullmatch(r"127\.0\.0\.1:\$\{LUCA_[A-Z]+_PORT:-\d+\}:\d+", port)


def test_no_two_ports_are_the_same_unless_chosen() -> None:
    chosen = [port.split(":-")[1] for service in SERVICES.values() for port in service.get("ports", ())]
    assert len(chosen) == len(set(chosen))


def test_our_images_are_those_that_make_builds_and_are_never_looked_for_elsewhere() -> None:
    assert {service["image"] for service in OURS.values()} == {f"{image}:${{IMAGE_TAG:-local}}" for image in MADE}
    assert all(service["pull_policy"] == "never" for service in OURS.values())


def test_other_images_are_of_one_version() -> None:
    others = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    assert len(others) == 2
    for image in others:
        assert re.fullmatch(r"\$\{[A-Z]+_IMAGE:-[a-z]+/[a-z]+:v?\d+\.\d+\.\d+\}", image)


@pytest.mark.parametrize("name", TOLD)
def test_a_service_waits_for_the_set_up_and_is_told_what_is_its(name: str) -> None:
    service = TOLD[name]
    assert service["depends_on"]["set-up"] == {"condition": "service_healthy"}
    assert set(service["networks"]) == {"default", "credentials"}
    assert service["entrypoint"][:3] == ["python", "/opt/entry.py", name]
    module = service["entrypoint"][3]
    dockerfile = ROOT / "services" / name / "Dockerfile"
    if dockerfile.exists():
        assert f'"-m", "{module}"]' in dockerfile.read_text()


def test_every_service_is_told() -> None:
    assert TOLD.keys() == {"interactive", "ingest-worker", "edge", "gov-sync"}
    assert {name for name, service in SERVICES.items() if "credentials" in service.get("networks", ())} == {
        *TOLD,
        "set-up",
    }


def test_credentials_come_from_where_the_sdks_take_them() -> None:
    (network,) = COMPOSE["networks"]["credentials"]["ipam"]["config"]
    address = SERVICES["set-up"]["networks"]["credentials"]["ipv4_address"]
    assert address == "169.254.170.2"  # botocore knows no other that is not loopback
    assert SERVICES["set-up"]["environment"]["LUCA_CREDENTIALS_URL"].startswith(f"http://{address}:")
    assert ip_address(address) in ip_network(network["subnet"])
    assert ip_address(address) not in ip_network(network["ip_range"])
    assert COMPOSE["networks"]["credentials"]["internal"]


def test_addresses_name_parts_and_ports_that_there_are() -> None:
    environment = SERVICES["set-up"]["environment"]
    inside = {name: url for name, url in environment.items() if "PUBLISHED" not in name}
    for host in re.findall(r"http://([a-z-]+):", " ".join(inside.values())):
        assert host in SERVICES
    published = {name: url for name, url in environment.items() if "PUBLISHED" in name}
    ports = {port.rpartition(":")[0] for service in SERVICES.values() for port in service.get("ports", ())}
    assert {url.removeprefix("http://") for url in published.values()} <= ports


def test_the_set_up_is_told_what_it_asks_for_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    told = {name: re.sub(r"\$\{\w+:-(\d+)\}", r"\1", url) for name, url in SERVICES["set-up"]["environment"].items()}
    settings = load(SetUpSettings, told)
    assert caplog.records == []
    assert settings.published.edge == "http://127.0.0.1:8080"
    assert settings.inside.interactive == "http://interactive:8080"
    assert (settings.host, settings.port) == _SET_UP


def test_nothing_in_it_is_newer_than_what_debian_reads() -> None:
    assert COMPOSE.keys() <= {"services", "networks", "x-hardened", "x-ours", "x-service"}
    assert (FILE.parent / ".env").read_text() == "COMPOSE_PROJECT_NAME=luca\n"  # in place of `name`
