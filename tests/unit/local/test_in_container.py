"""A service's image in the place of its process: what it is told, and what it may."""

from luca_local.in_container import command


def test_it_is_told_its_settings_by_name_only_and_may_nothing() -> None:
    secret = "a-token"
    told = {"LUCA_TABLE": "luca", "AWS_CONTAINER_AUTHORIZATION_TOKEN": secret, "HOME": "/root"}
    line = command("luca-interactive:local", ["--help"], "name", told)
    assert secret not in " ".join(line)
    assert [line[at + 1] for at, part in enumerate(line) if part == "--env"] == [
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
        "LUCA_TABLE",
    ]
    assert line[-2:] == ["luca-interactive:local", "--help"]
    assert "--read-only" in line
    assert line[line.index("--cap-drop") + 1] == "ALL"


def test_the_client_can_be_chosen() -> None:
    assert command("image", [], "name", {})[0] == "docker"
    assert command("image", [], "name", {"DOCKER": "/usr/bin/docker"})[0] == "/usr/bin/docker"
