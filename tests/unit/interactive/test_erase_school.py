"""The command that erases a school, before anything is reached."""

import pytest

from luca_interactive.erase_school import main


@pytest.mark.parametrize("command", ["", "sur", "sur --really norte", "norte --really norte-2", "a#b --really a#b"])
def test_nothing_is_erased_that_is_not_named_twice(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(command.split())
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_without_settings_it_says_which_are_missing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LUCA_TENANT_ROLE_ARN", raising=False)
    assert main(["sur", "--really", "sur"]) == 2
    assert "LUCA_TENANT_ROLE_ARN" in capsys.readouterr().err
