"""The connection and the pool on a wire whose other end says whatever a test wants."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from luca_shared.aws.connection import Answer, Connection, ConnectionLost
from luca_shared.aws.connection_pool import ConnectionPool

HOST = "127.0.0.1"
REQUEST = b"POST / HTTP/1.1\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
PATIENT = 5.0


class Peer:
    """The other end: what it has been sent, what it says to each request (nothing, when that is used up)."""

    def __init__(self, says: list[bytes], tls: ssl.SSLContext | None = None) -> None:
        self.says = says
        self.connections: list[asyncio.StreamWriter] = []
        self.port = 0
        self.asked, self.left = asyncio.Event(), asyncio.Event()
        self._tls = tls

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator["Peer"]:
        server = await asyncio.start_server(self._serve, HOST, 0, ssl=self._tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self.connections:
                writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        with contextlib.suppress(ConnectionError):
            while await reader.read(65536):
                self.asked.set()
                if self.says:
                    writer.write(self.says.pop(0))
        self.left.set()
        writer.close()


async def exchange(*says: bytes, read_timeout: float = PATIENT) -> Answer:
    async with Peer(list(says)).listening() as peer:
        connection = await Connection.connect(HOST, peer.port, None)
        try:
            return await connection.exchange(REQUEST, read_timeout=read_timeout)
        finally:
            connection.close()


async def test_an_answer_is_its_status_its_headers_and_its_body() -> None:
    answer = await exchange(b"HTTP/1.1 400 Bad Request\r\nX-Amzn-RequestId: A1\r\nContent-Length: 3\r\n\r\n{ }")
    assert answer == Answer(400, {"x-amzn-requestid": "A1", "content-length": "3"}, b"{ }")


async def test_an_answer_may_come_in_chunks() -> None:
    answer = await exchange(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n3\r\n 1}\r\n0\r\n\r\n')
    assert answer.body == b'{"a": 1}'


async def test_an_answer_may_be_announced() -> None:
    answer = await exchange(b"HTTP/1.1 100 Continue\r\n\r\n" + OK)
    assert (answer.status, answer.body) == (200, b"{}")


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"+PONG\r\n", id="another protocol"),
        pytest.param(OK + OK, id="two answers"),
        pytest.param(OK + b"HTTP/1.1 200 OK\r\n", id="an answer and the beginning of another one"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", id="an upgrade"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n", id="a length that is none"),
        pytest.param(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}", id="two lengths"),
    ],
)
async def test_what_is_not_one_answer_is_none(said: bytes) -> None:
    with pytest.raises(ConnectionLost):
        await exchange(said)


async def test_an_answer_that_stands_still_is_given_up() -> None:
    with pytest.raises(TimeoutError):
        await exchange(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{", read_timeout=0.1)


async def test_whoever_gives_up_leaves_the_connection_closed() -> None:
    async with Peer([]).listening() as peer:
        connection = await Connection.connect(HOST, peer.port, None)
        with pytest.raises(TimeoutError):
            await connection.exchange(REQUEST, read_timeout=0.05)
        assert not connection.is_open
        with pytest.raises(ConnectionLost):
            await connection.exchange(REQUEST, read_timeout=PATIENT)


async def test_a_connection_serves_one_exchange_after_the_other() -> None:
    async with Peer([OK, OK.replace(b"{}", b"[]")]).listening() as peer:
        connection = await Connection.connect(HOST, peer.port, None)
        first = await connection.exchange(REQUEST, read_timeout=PATIENT)
        second = await connection.exchange(REQUEST, read_timeout=PATIENT)
        assert (first.body, second.body) == (b"{}", b"[]")
        connection.close()


async def test_an_answer_that_says_it_is_the_last_one_is() -> None:
    async with Peer([OK.replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n")]).listening() as peer:
        connection = await Connection.connect(HOST, peer.port, None)
        assert (await connection.exchange(REQUEST, read_timeout=PATIENT)).body == b"{}"
        assert not connection.is_open


async def test_what_comes_unasked_is_not_taken_for_the_next_answer() -> None:
    async with Peer([OK]).listening() as peer:
        connection = await Connection.connect(HOST, peer.port, None)
        await connection.exchange(REQUEST, read_timeout=PATIENT)
        peer.connections[0].write(OK.replace(b"{}", b"[]"))
        await asyncio.wait_for(peer.left.wait(), PATIENT)
        assert not connection.is_open


class TestPool:
    async def test_the_connection_used_last_is_used_next(self) -> None:
        async with Peer([]).listening() as peer:
            pool = ConnectionPool(HOST, peer.port, None)
            first, second = [await pool.take(connect_timeout=PATIENT) for _ in range(2)]
            pool.give_back(first)
            pool.give_back(second)
            assert await pool.take(connect_timeout=PATIENT) is second
            assert await pool.take(connect_timeout=PATIENT) is first
            pool.close()

    async def test_one_that_has_idled_for_long_is_replaced(self) -> None:
        async with Peer([]).listening() as peer:
            pool = ConnectionPool(HOST, peer.port, None)
            old = await pool.take(connect_timeout=PATIENT)
            pool.give_back(old)
            old.idle_since -= 21
            assert await pool.take(connect_timeout=PATIENT) is not old
            assert not old.is_open
            pool.close()

    async def test_those_that_a_burst_has_left_over_are_closed_while_others_work(self) -> None:
        async with Peer([]).listening() as peer:
            pool = ConnectionPool(HOST, peer.port, None)
            taken = [await pool.take(connect_timeout=PATIENT) for _ in range(5)]
            for connection in taken:
                pool.give_back(connection)
                connection.idle_since -= 21 if connection is not taken[-1] else 0
            pool.give_back(await pool.take(connect_timeout=PATIENT))
            assert [connection.is_open for connection in taken] == [False, False, False, False, True]
            pool.close()

    async def test_closing_it_ends_what_is_under_way(self) -> None:
        async with Peer([]).listening() as peer:
            pool = ConnectionPool(HOST, peer.port, None)
            used, idle = [await pool.take(connect_timeout=PATIENT) for _ in range(2)]
            pool.give_back(idle)
            waiting = asyncio.create_task(used.exchange(REQUEST, read_timeout=PATIENT))
            await asyncio.wait_for(peer.asked.wait(), PATIENT)
            pool.close()
            with pytest.raises(ConnectionLost):
                await waiting
            assert not idle.is_open

    async def test_a_handshake_that_never_ends_is_given_up(self) -> None:
        async with Peer([]).listening() as peer:
            pool = ConnectionPool(HOST, peer.port, ssl.create_default_context())
            with pytest.raises(TimeoutError):
                await pool.take(connect_timeout=0.1)

    async def test_nobody_there(self) -> None:
        async with Peer([]).listening() as peer:
            pool = ConnectionPool(HOST, peer.port, None)
        with pytest.raises(ConnectionRefusedError):
            await pool.take(connect_timeout=PATIENT)


class TestEncryption:
    async def test_an_encrypted_connection_is_made_for_the_hosts_name(self, tmp_path: Path) -> None:
        server, client = contexts(tmp_path)
        async with Peer([OK], server).listening() as peer:
            pool = ConnectionPool(HOST, peer.port, client)
            connection = await pool.take(connect_timeout=PATIENT)
            assert (await connection.exchange(REQUEST, read_timeout=PATIENT)).body == b"{}"
            pool.close()
            with pytest.raises(ssl.SSLCertVerificationError):
                await ConnectionPool("localhost", peer.port, client).take(connect_timeout=PATIENT)

    async def test_a_certificate_that_nobody_vouches_for_is_refused(self, tmp_path: Path) -> None:
        server, _ = contexts(tmp_path)
        async with Peer([OK], server).listening() as peer:
            with pytest.raises(ssl.SSLCertVerificationError):
                await ConnectionPool(HOST, peer.port, ssl.create_default_context()).take(connect_timeout=PATIENT)


def contexts(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate for 127.0.0.1 alone, and that of a client which trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "certificate.pem"
    file.write_bytes(pem + private)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())
