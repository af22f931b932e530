import socket

import pytest

from luca_local.platform_errors import PortTaken
from luca_local.ports import HOST, HeldPort


def test_a_held_port_is_given_to_nobody_else() -> None:
    with HeldPort() as one, HeldPort() as other:
        assert one.number != other.number
        with pytest.raises(PortTaken, match=f"port {one.number} is taken.*--port"):
            HeldPort(one.number)


def test_a_port_that_was_let_go_can_be_listened_on_at_once() -> None:
    with HeldPort() as port:
        port.let_go()
        with socket.create_server((HOST, port.number)), pytest.raises(PortTaken, match="--emulator-port"):
            HeldPort(port.number, option="--emulator-port")
