import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from luca_shared.aws.client import AwsClient
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import (
    AwsError,
    ConditionFailed,
    Conflict,
    CredentialsRejected,
    Rejected,
    Throttled,
    TransactionCanceled,
    Unavailable,
)
from luca_shared.aws.retries import RetryPolicy
from luca_shared.aws.services import Service
from luca_shared.aws.timeouts import Timeouts

if TYPE_CHECKING:
    from tests.unit.shared.aws.conftest import FakeAws

CREDENTIALS = Credentials("AKID", "secret", "token")
NOON = 1_795_521_600.0  # 2026-11-24 12:00:00 UTC
NOON_AS_DATE = "Tue, 24 Nov 2026 12:00:00 GMT"


class Waits:
    """A sleep that takes no time, and remembers how long it would have been."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def client_of(
    aws: "FakeAws", sleep: Callable[[float], Awaitable[None]] | None = None, **options: Any
) -> AsyncIterator[AwsClient]:
    async with AwsClient(
        region="us-east-1", endpoint_url=aws.url, sleep=sleep or Waits(), chance=lambda: 0.5, **options
    ) as client:
        yield client


async def get(client: AwsClient, **options: Any) -> dict[str, Any]:
    return await client.call(Service.DYNAMODB, "GetItem", {"TableName": "luca"}, credentials=CREDENTIALS, **options)


async def failure(client: AwsClient, kind: type[AwsError]) -> AwsError:
    with pytest.raises(kind) as caught:
        await get(client)
    assert type(caught.value) is kind
    return caught.value


async def test_a_call_returns_the_answer(aws: "FakeAws") -> None:
    aws.answers({"Item": {}})
    async with client_of(aws) as client:
        assert await get(client) == {"Item": {}}
    [request] = aws.received
    assert request.content == {"TableName": "luca"}
    assert request.headers["x-amz-target"] == "DynamoDB_20120810.GetItem"
    assert request.headers["x-amz-security-token"] == "token"


@pytest.mark.parametrize(
    ("fault", "kind", "code"),
    [
        (lambda aws: aws.fails("ThrottlingException"), Throttled, "ThrottlingException"),
        (lambda aws: aws.fails("TransactionConflictException"), Conflict, "TransactionConflictException"),
        (lambda aws: aws.fails("InternalServerError", status=500), Unavailable, "InternalServerError"),
        (lambda aws: aws.answers_bytes(b"<html>", status=503), Unavailable, "HTTP503"),
        (lambda aws: aws.hangs_up(), Unavailable, "ConnectionLost"),
        (lambda aws: aws.hangs_up(reset=True), Unavailable, "ConnectionLost"),
        (lambda aws: aws.answers_bytes(b'{"Item": ', length=50), Unavailable, "ConnectionLost"),
        (lambda aws: aws.answers({}, headers={"x-amz-crc32": "1"}), Unavailable, "ChecksumMismatch"),
        (lambda aws: aws.answers_bytes(b"<html>"), Unavailable, "UnreadableAnswer"),
    ],
)
async def test_a_passing_fault_is_survived_and_a_lasting_one_is_told(
    aws: "FakeAws", fault: Callable[["FakeAws"], None], kind: type[AwsError], code: str
) -> None:
    waits = Waits()
    async with client_of(aws, waits, retry=RetryPolicy(attempts=3, base=0.1, cap=1)) as client:
        fault(aws)
        fault(aws)
        aws.answers({"Item": {}})
        assert await get(client) == {"Item": {}}
        assert waits.seconds == [0.05, 0.1]  # half of the base, half of twice the base
        for _ in range(3):
            fault(aws)
        error = await failure(client, kind)
    assert (error.code, error.attempts) == (code, 3)
    assert error.lost_answers == (3 if kind is Unavailable else 0)
    assert len(aws.received) == 6


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (lambda aws: aws.fails("ConditionalCheckFailedException"), ConditionFailed),
        (lambda aws: aws.fails("ValidationException"), Rejected),
        (lambda aws: aws.fails("ExpiredTokenException"), CredentialsRejected),
        (
            lambda aws: aws.fails(
                "TransactionCanceledException", CancellationReasons=[{"Code": "ConditionalCheckFailed"}]
            ),
            TransactionCanceled,
        ),
    ],
)
async def test_a_lasting_fault_is_told_at_once(
    aws: "FakeAws", fault: Callable[["FakeAws"], None], kind: type[AwsError]
) -> None:
    waits = Waits()
    async with client_of(aws, waits) as client:
        fault(aws)
        error = await failure(client, kind)
    assert (error.attempts, error.lost_answers, waits.seconds) == (1, 0, [])


async def test_a_failed_condition_after_a_lost_answer_says_so(aws: "FakeAws") -> None:
    aws.fails("ThrottlingException")
    aws.hangs_up()
    aws.fails("ConditionalCheckFailedException")
    async with client_of(aws) as client:
        error = await failure(client, ConditionFailed)
    assert (error.attempts, error.lost_answers) == (3, 1)


async def test_each_attempt_sends_the_same_body_with_a_signature_of_its_own_time(aws: "FakeAws") -> None:
    times = iter([NOON, NOON + 7])
    aws.fails("InternalServerError", status=500)
    async with client_of(aws, now=lambda: next(times)) as client:
        await get(client)
    one, other = aws.received
    assert one.body == other.body
    assert [one.headers["x-amz-date"], other.headers["x-amz-date"]] == ["20261124T120000Z", "20261124T120007Z"]
    assert one.headers["authorization"] != other.headers["authorization"]


async def test_nobody_listening_means_that_nothing_was_done(unused_tcp_port: int) -> None:
    endpoint = f"http://127.0.0.1:{unused_tcp_port}"
    async with AwsClient(region="us-east-1", endpoint_url=endpoint, sleep=Waits()) as client:
        error = await failure(client, Unavailable)
    assert (error.code, error.attempts, error.lost_answers) == ("NoConnection", 5, 0)


async def test_a_wrong_clock_is_corrected_once_for_all_later_calls(aws: "FakeAws") -> None:
    waits = Waits()
    aws.fails("InvalidSignatureException", headers={"date": NOON_AS_DATE})
    async with client_of(aws, waits, now=lambda: NOON - 3600) as client:
        await get(client)
        await get(client)
    dates = [request.headers["x-amz-date"] for request in aws.received]
    assert dates == ["20261124T110000Z", "20261124T120000Z", "20261124T120000Z"]
    assert waits.seconds == []


async def test_a_clock_is_corrected_only_once_a_call(aws: "FakeAws") -> None:
    for _ in range(2):
        aws.fails("RequestTimeTooSkewed", headers={"date": NOON_AS_DATE})
    now = iter([NOON - 3600, NOON - 3600, NOON - 9999, NOON - 9999])
    async with client_of(aws, now=lambda: next(now)) as client:
        await failure(client, CredentialsRejected)
    assert len(aws.received) == 2


async def test_a_wrong_secret_is_not_taken_for_a_wrong_clock(aws: "FakeAws") -> None:
    aws.fails("InvalidSignatureException", headers={"date": NOON_AS_DATE})
    async with client_of(aws, now=lambda: NOON) as client:
        await failure(client, CredentialsRejected)
    assert len(aws.received) == 1


async def test_a_call_ends_at_its_deadline_whatever_aws_does(aws: "FakeAws") -> None:
    aws.says_nothing()
    async with client_of(aws, timeouts=Timeouts(total=0.25)) as client:
        error = await failure(client, Unavailable)
        assert (error.code, error.attempts, error.lost_answers) == ("DeadlineExceeded", 1, 1)
        await asyncio.wait_for(aws.hung_up.wait(), 5)


async def test_an_answer_that_never_ends_ends_at_the_deadline(aws: "FakeAws") -> None:
    aws.drips(b"{" + b" " * 1000 + b"}", every=0.01)
    async with client_of(aws, timeouts=Timeouts(read=0.5, total=0.25)) as client:
        assert (await failure(client, Unavailable)).code == "DeadlineExceeded"


async def test_a_silent_connection_is_given_up_for_another(aws: "FakeAws") -> None:
    aws.says_nothing()
    aws.answers({"Item": {}})
    async with client_of(aws, timeouts=Timeouts(read=0.25)) as client:
        assert await get(client) == {"Item": {}}
    assert aws.connections == 2


async def test_a_retry_that_would_come_after_the_deadline_is_not_waited_for(aws: "FakeAws") -> None:
    waits = Waits()
    aws.fails("ThrottlingException")
    async with client_of(aws, waits, timeouts=Timeouts(total=5), retry=RetryPolicy(base=60, cap=60)) as client:
        error = await failure(client, Throttled)
    assert (error.attempts, waits.seconds) == (1, [])


async def test_an_outer_time_out_ends_the_call_and_its_waits(aws: "FakeAws") -> None:
    outer = asyncio.timeout(None)

    async def wait_for_the_outer_end(_: float) -> None:
        outer.reschedule(asyncio.get_running_loop().time())
        await asyncio.Event().wait()

    aws.fails("ThrottlingException")
    async with client_of(aws, wait_for_the_outer_end) as client:
        with pytest.raises(TimeoutError):
            async with outer:
                await get(client)
    assert len(aws.received) == 1


async def test_a_cancelled_call_closes_its_connection_and_leaves_the_client_usable(aws: "FakeAws") -> None:
    aws.says_nothing()
    aws.answers({"Item": {"pk": {"S": "of the second call"}}})
    async with client_of(aws, max_connections=1) as client:
        call = asyncio.create_task(get(client))
        await asyncio.wait_for(aws.arrived.wait(), 5)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.wait_for(aws.hung_up.wait(), 5)
        assert await get(client) == {"Item": {"pk": {"S": "of the second call"}}}
    assert aws.connections == 2


async def test_one_connection_serves_call_after_call_and_school_after_school(aws: "FakeAws") -> None:
    async with client_of(aws) as client:
        for school in range(5):
            aws.fails("ConditionalCheckFailedException")
            with pytest.raises(ConditionFailed):
                await client.call(
                    Service.DYNAMODB, "PutItem", {}, credentials=Credentials(f"AKID{school}", "secret", "token")
                )
    assert aws.connections == 1
    assert [f"Credential=AKID{school}/" in aws.received[school].headers["authorization"] for school in range(5)] == (
        [True] * 5
    )


async def test_a_connection_that_aws_closed_while_idle_costs_nothing(aws: "FakeAws") -> None:
    async with client_of(aws) as client:
        for _ in range(3):
            aws.answers_and_closes()
            await get(client)
            await asyncio.wait_for(aws.hung_up.wait(), 5)
    assert (len(aws.received), aws.connections) == (3, 3)


async def test_what_is_not_json_never_leaves(aws: "FakeAws") -> None:
    async with client_of(aws) as client:
        for bad in ({1: "a"}, {"a": object()}, {"a": "\ud800"}):
            with pytest.raises(TypeError):
                await client.call(Service.DYNAMODB, "PutItem", {"x": bad}, credentials=CREDENTIALS)
    assert aws.received == []


async def test_calls_outside_of_its_context_are_refused(aws: "FakeAws") -> None:
    client = AwsClient(region="us-east-1", endpoint_url=aws.url)
    with pytest.raises(RuntimeError, match="async with"):
        await get(client)
