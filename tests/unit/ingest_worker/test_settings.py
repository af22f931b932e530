import subprocess
import sys

import pytest

from luca_ingest_worker.settings import IngestSettings
from luca_shared.runtime.settings import SettingsError, load, variables

REQUIRED = {
    "LUCA_QUEUE_URL": "https://sqs.us-east-1.amazonaws.com/1/events",
    "LUCA_DEAD_LETTER_URL": "https://sqs.us-east-1.amazonaws.com/1/dead-letters",
    "LUCA_TENANT_ROLE_ARN": "arn:aws:iam::1:role/luca-tenant",
}


def test_the_defaults_are_the_contract_s() -> None:
    settings = load(IngestSettings, REQUIRED)
    assert (settings.batch_messages, settings.batch_age, settings.visibility) == (50, 5.0, 60)
    assert (settings.receivers_min, settings.receivers_max) == (2, 16)
    assert settings.rules.max_age.days == 7
    assert settings.rules.max_future.total_seconds() == 300


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("LUCA_BATCH_MESSAGES", "0"), ("LUCA_BATCH_AGE", "5s"), ("LUCA_VISIBILITY", "43201"), ("LUCA_ROOM", "10"),
        ("LUCA_EVENT_TYPES", "student"), ("LUCA_EVENT_KINDS", "a,,b"), ("LUCA_QUEUE_URL", "events"),
    ],
)  # fmt: skip
def test_a_bad_value_names_the_variable(variable: str, text: str) -> None:
    with pytest.raises(SettingsError, match=variable):
        load(IngestSettings, {**REQUIRED, variable: text})


def test_fewer_receivers_at_most_than_at_least_is_refused() -> None:
    with pytest.raises(SettingsError, match="LUCA_RECEIVERS_MAX must be at least LUCA_RECEIVERS_MIN, 4"):
        load(IngestSettings, {**REQUIRED, "LUCA_RECEIVERS_MIN": "4", "LUCA_RECEIVERS_MAX": "3"})


def run_worker(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "luca_ingest_worker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={}, timeout=30, check=False)  # noqa: S603  # ours


def test_help_prints_every_setting() -> None:
    result = run_worker("--help")
    assert result.returncode == 0
    assert all(variable.name in result.stdout for variable in variables(IngestSettings))


def test_without_its_settings_it_says_what_is_missing_and_ends() -> None:
    result = run_worker()
    assert result.returncode == 2
    assert all(name in result.stderr for name in REQUIRED)
    assert "Traceback" not in result.stderr
