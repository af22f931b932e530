"""The proxy between the worker and AWS: hands on, counts, and lets deletions come to nothing when it is told to."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from luca_local.demo.counting_proxy import CountingProxy

DELETE = {"X-Amz-Target": "AmazonSQS.DeleteMessageBatch"}
RECEIVE = {"X-Amz-Target": "AmazonSQS.ReceiveMessage"}


class Aws:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bytes]] = []

    async def answer(self, request: web.Request) -> web.Response:
        target = request.headers.get("X-Amz-Target", "")
        self.asked.append((target, request.headers["Host"], await request.read()))
        if target == RECEIVE["X-Amz-Target"]:
            return web.json_response({"Messages": [{"MessageId": "m1"}, {"MessageId": "m2"}]})
        return web.json_response({"told": "this"}, status=400, headers={"X-Amzn-RequestId": "r1"})


@pytest.fixture
async def aws() -> AsyncIterator[tuple[Aws, str]]:
    behind = Aws()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", behind.answer)
    runner = web.AppRunner(application)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield behind, f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def test_a_call_is_handed_on_as_it_came_and_counted(aws: tuple[Aws, str]) -> None:
    behind, url = aws
    proxy = CountingProxy()
    async with proxy.before(url) as address, aiohttp.ClientSession() as session:
        headers = {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Host": "signed.example"}
        async with session.post(address, data=b'{"a": 1}', headers=headers) as answer:
            assert (answer.status, await answer.json(content_type=None)) == (400, {"told": "this"})
            assert answer.headers["X-Amzn-RequestId"] == "r1"
    assert behind.asked == [("DynamoDB_20120810.GetItem", "signed.example", b'{"a": 1}')]
    assert proxy.calls == {"GetItem": 1}


async def test_a_deletion_is_confirmed_and_comes_to_nothing_as_often_as_told(aws: tuple[Aws, str]) -> None:
    behind, url = aws
    proxy = CountingProxy()
    proxy.forget_deletions(1)
    body = b'{"Entries": [{"Id": "0", "ReceiptHandle": "h0"}, {"Id": "1", "ReceiptHandle": "h1"}]}'
    async with proxy.before(url) as address, aiohttp.ClientSession() as session:
        async with session.post(address, data=body, headers=DELETE) as answer:
            told = await answer.json(content_type=None)
        assert told == {"Successful": [{"Id": "0"}, {"Id": "1"}], "Failed": []}
        assert behind.asked == []
        async with session.post(address, data=body, headers=DELETE):
            pass
        assert len(behind.asked) == 1
    assert proxy.calls == {"DeleteMessageBatch": 2}


async def test_messages_that_come_again_are_counted(aws: tuple[Aws, str]) -> None:
    _, url = aws
    proxy = CountingProxy()
    async with proxy.before(url) as address, aiohttp.ClientSession() as session:
        for expected in (0, 2, 2):
            async with session.post(address, data=b"{}", headers=RECEIVE):
                pass
            assert proxy.redelivered == expected


async def test_when_aws_is_gone_the_answer_is_a_502() -> None:
    async with (
        CountingProxy().before("http://127.0.0.1:9") as address,
        aiohttp.ClientSession() as session,
        session.post(address, data=b"{}", headers=RECEIVE) as answer,
    ):
        assert answer.status == 502
