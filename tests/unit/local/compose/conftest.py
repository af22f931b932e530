"""A platform that was set up, as the set-up knows it."""

import re
from dataclasses import fields

import pytest

from luca_local.compose.memory import Made
from luca_local.compose.settings import SetUpSettings
from luca_local.deployment import Deployment
from luca_local.run_record import Account, Example

SERVICES = ("interactive", "ingest-worker", "edge", "gov-sync")


def value(name: str) -> str:
    """Return an output that is like a deployment's."""
    if name.endswith("_url"):
        return f"http://emulator:4566/000000000000/{name}"
    return re.sub("_", "-", name) if not name.endswith("_role_arn") else f"arn:aws:iam::000000000000:role/{name}"


@pytest.fixture
def made() -> Made:
    return Made(
        deployment=Deployment(**{field.name: value(field.name) for field in fields(Deployment)}),
        accounts=(Account(school_id="norte", role="teacher", username="teacher.norte", password="demo"),),
        example=Example(username="teacher.norte", class_id="c1", assessment_id="a1", student_id="s1"),
        tokens={name: f"token-of-{name}" for name in SERVICES},
    )


@pytest.fixture
def settings() -> SetUpSettings:
    return SetUpSettings(
        aws_url="http://emulator:4566",
        edge_url="http://edge:8080",
        interactive_url="http://interactive:8080",
        government_url="http://government:8080",
        credentials_url="http://169.254.170.2:8080",
        published_aws_url="http://127.0.0.1:1",
        published_edge_url="http://127.0.0.1:2",
        published_interactive_url="http://127.0.0.1:3",
        published_government_url="http://127.0.0.1:4",
        published_prometheus_url="http://127.0.0.1:5",
        host="169.254.170.2",
    )
