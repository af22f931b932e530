import asyncio
import socket

import pytest

# From the block that is reserved for documentation: nothing answers there, guard or no guard.
ELSEWHERE = "192.0.2.1"


@pytest.mark.parametrize("connect", ["connect", "connect_ex"])
def test_a_socket_to_another_machine_is_refused(connect: str) -> None:
    with socket.socket() as client:
        client.settimeout(0.01)
        with pytest.raises(RuntimeError, match="loopback"):
            getattr(client, connect)((ELSEWHERE, 80))


def test_a_name_is_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match="loopback"):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.parametrize("host", [ELSEWHERE, "example.org"])
async def test_a_connection_of_the_event_loop_is_refused(host: str) -> None:
    with pytest.raises(RuntimeError, match="loopback"):
        await asyncio.open_connection(host, 80)


async def test_this_machine_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        _reader, writer = await asyncio.open_connection("localhost", server.getsockname()[1])
        writer.close()
        await writer.wait_closed()
