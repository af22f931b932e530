"""What takes a service's guards away is not in its image: neither copied into it, nor known to what is."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = ["interactive", "ingest-worker", "gov-sync"]


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_is_built_of_the_shared_library_and_its_own_service(service: str) -> None:
    text = (ROOT / "services" / service / "Dockerfile").read_text()
    copied = {
        source for line in re.findall(r"^COPY (?!--from)(.+)$", text, re.MULTILINE) for source in line.split()[:-1]
    }
    assert copied == {
        "requirements/image.txt",
        f"requirements/{service}.txt",
        "shared",
        f"services/{service}",
    }
    assert f"./shared ./services/{service} &&" in text  # all of which wheels are made


@pytest.mark.parametrize("package", ["shared", *(f"services/{service}" for service in SERVICES)])
def test_no_package_of_a_service_knows_the_local_platform(package: str) -> None:
    assert "luca-local" not in (ROOT / package / "pyproject.toml").read_text()
    for file in (ROOT / package / "src").rglob("*.py"):
        assert "luca_local" not in file.read_text(), file
