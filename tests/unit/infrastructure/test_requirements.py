"""What is installed is named with its hash, comes from nowhere in particular, and is the same for all who use it."""

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[3] / "requirements"
LOCKED = sorted(REQUIREMENTS.glob("*.txt"))
OF_SERVICES = ("interactive", "ingest-worker", "gov-sync", "local")

PACKAGE = re.compile(r"(?P<name>[a-z0-9-]+)(\[[a-z0-9,-]+\])?==(?P<version>[A-Za-z0-9.+!-]+)( ; .+)?")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}")


def packages(file: Path) -> dict[str, tuple[str, int]]:
    """The version of each package, and how many hashes it has; whatever else there is fails."""
    found: dict[str, tuple[str, int]] = {}
    name = ""
    for line in file.read_text().splitlines():
        text = line.removesuffix(" \\")
        if HASH.fullmatch(text):
            found[name] = (found[name][0], found[name][1] + 1)
        elif text and not text.strip().startswith("#"):
            package = PACKAGE.fullmatch(text)
            assert package is not None, f"{file.name}: {text}"
            name = package["name"]
            found[name] = (package["version"], 0)
    return found


@pytest.mark.parametrize("file", LOCKED, ids=lambda file: file.name)
def test_every_package_is_one_version_with_its_hashes(file: Path) -> None:
    found = packages(file)
    assert found
    assert [name for name, (_, hashes) in found.items() if not hashes] == []


@pytest.mark.parametrize("service", OF_SERVICES)
def test_a_service_has_the_versions_that_are_tested(service: str) -> None:
    tested, found = packages(REQUIREMENTS / "dev.txt"), packages(REQUIREMENTS / f"{service}.txt")
    assert {name: version for name, (version, _) in found.items()} == {name: tested[name][0] for name in found}


def test_every_file_is_one_that_is_asked_about() -> None:
    asked = re.search(r"requirements/{([\w,-]+)}\.txt", (REQUIREMENTS / "audit").read_text())
    assert asked is not None
    assert {file.stem for file in LOCKED} == {*asked[1].split(","), *OF_SERVICES}
