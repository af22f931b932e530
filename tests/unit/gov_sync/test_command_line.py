"""The commands, before anything is reached."""

import pytest
from tests.unit.gov_sync.simulation import SETTINGS

from luca_gov_sync.command_line import main
from luca_gov_sync.endings import Ending
from luca_gov_sync.settings import SyncSettings
from luca_shared.runtime.settings import SettingsError, variables


def test_help_tells_commands_exit_codes_and_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for ending in Ending:
        assert ending.meaning in shown
    for variable in variables(SyncSettings):
        assert variable.name in shown
    for command in ("run", "status", "resume"):
        assert command in shown


@pytest.mark.parametrize("arguments", [[], ["run"], ["run", "--period", "no/term"], ["stop", "--period", "2026-Q4"]])
def test_a_wrong_command_line_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == Ending.MISUSED.code
    assert "usage" in capsys.readouterr().err


def test_the_defaults_are_the_contracts() -> None:
    assert SETTINGS.government_rate == 2
    assert (SETTINGS.rate_margin, SETTINGS.in_flight) == (0.01, 64)
    assert list(SETTINGS.retry_delays) == [5, 15, 45]
    assert SETTINGS.http_timeout == 120
    assert SETTINGS.batch_timeout == 1200
    assert SETTINGS.deadline == 47 * 3600
    assert SETTINGS.heartbeat == 300
    assert (SETTINGS.lease, SETTINGS.lease_renewal) == (60, 15)


def test_a_lease_that_is_hardly_renewed_is_refused() -> None:
    given = {name: getattr(SETTINGS, name) for name in SyncSettings.__dataclass_fields__}
    with pytest.raises(SettingsError, match="LUCA_LEASE_RENEWAL"):
        SyncSettings(**given | {"lease_renewal": 30.0})
