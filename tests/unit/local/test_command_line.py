import pytest

from luca_local.__main__ import main


@pytest.mark.parametrize("arguments", [[], ["run", "--port", "x"], ["run", "--port", "65536"], ["runn"], ["token"]])
def test_a_wrong_command_line_is_told_the_right_one(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m luca_local" in capsys.readouterr().err


def test_help_says_what_can_be_chosen(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["run", "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    for option in ("--port", "--emulator-port", "--run-file", "--verbose"):
        assert option in said
