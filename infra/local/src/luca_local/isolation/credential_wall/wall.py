"""The third wall: whatever happens between a hundred schools, each one's requests carry its own credentials."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from aiohttp import web

from luca_gov_sync.object_store import ObjectStore
from luca_gov_sync.payload_store import SchoolPayloads
from luca_local.aws_clients import session_as
from luca_local.isolation.attempts import Attempt, Control, Tried, ending
from luca_local.isolation.credential_wall.aws import Clock, Sts, Weather, fault_of
from luca_local.isolation.credential_wall.guards import GUARDS
from luca_local.isolation.credential_wall.requests import Clients, Desk, some_work
from luca_local.isolation.credential_wall.storms import STORMS, Storm
from luca_local.isolation.guards import Guard, Instead
from luca_local.isolation.recording_aws import RecordingAws, recording_aws
from luca_local.isolation.walls import Extent, Plan, Wall
from luca_local.serving import serving
from luca_shared.aws import AwsClient, AwsError, Credentials, DynamoDB, Kms, RetryPolicy
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.ownership import Ownership
from luca_shared.tenancy.sts import StsAssumeRole
from luca_shared.tenancy.table import TableNames, Tables

_REQUESTS: Final = {Extent.SHORT: 250, Extent.LONG: 800}  # of each storm
_AT_ONCE: Final = 32
_REGION: Final = "us-east-1"
_ROLE: Final = "arn:aws:iam::000000000000:role/luca-tenant"
_RETRY: Final = RetryPolicy(attempts=3, base=0.001, cap=0.002)
# A hundred schools, some of whose ids begin alike.
SCHOOLS: Final = tuple(
    TenantContext.of_directory(SchoolId(name), "isolation")
    for number in range(50)
    for name in (f"school-{number}", f"school-{number}-2")
)


@dataclass(slots=True)
class _Scene:
    """A storm under way."""

    storm: Storm
    chance: Random
    sts: Sts
    weather: Weather
    clients: Clients
    answers: list[tuple[str, bool]] = field(default_factory=list)  # for whom, and whether it is that school's
    ends: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


class CredentialWall(Wall):
    """The schools' credentials, their cache, and the client that signs with them."""

    name = "credentials"
    alone = "keys are checked by nobody and AWS refuses nobody: only whose credentials sign what is looked at"

    @property
    def guards(self) -> Sequence[Guard]:
        """What it consists of."""
        return GUARDS

    async def tried(self, plan: Plan) -> list[Tried]:
        """Let the schools work, storm after storm."""
        found: list[Tried] = []
        async with recording_aws() as aws:
            for storm in STORMS:
                if plan.wants(storm.name):
                    async with _scene(aws, storm, plan.chance) as scene:
                        await _play(scene, _REQUESTS[plan.extent])
                    found += _judged(scene)
        return found


@asynccontextmanager
async def _scene(aws: RecordingAws, storm: Storm, chance: Random) -> AsyncIterator[_Scene]:
    clock = Clock(storm.step)
    sts, weather = Sts(storm, clock, chance), Weather(storm, clock, chance)
    aws.before = weather
    async with AsyncExitStack() as stack:
        for check in ("check_key", "check_range", "check_attributes", "check_update"):
            stack.enter_context(Instead(Ownership, check, _nothing).placed())
        enter = stack.enter_async_context
        at_sts = web.Application()
        at_sts.router.add_post("/", sts.answer)
        sts_url = await stack.enter_async_context(serving(at_sts, shutdown_timeout=0.1))
        assume_role = await enter(
            StsAssumeRole(region=_REGION, endpoint_url=sts_url, session=session_as(Credentials("ROOT", "secret")))
        )
        client = await enter(AwsClient(region=_REGION, endpoint_url=aws.url, retry=_RETRY, max_connections=_AT_ONCE))
        store = await enter(ObjectStore(region=_REGION, bucket="payloads", endpoint_url=aws.url, sleep=_briefly))
        credentials = TenantCredentials(
            assume_role, role_arn=_ROLE, capacity=storm.capacity, clock=clock, chance=chance.random, retry_after=0.1
        )
        tables = Tables(DynamoDB(client), credentials, TableNames())
        yield _Scene(storm, chance, sts, weather, Clients(tables, Kms(client), SchoolPayloads(store, tables)))


async def _play(scene: _Scene, requests: int) -> None:
    turnstile = asyncio.Semaphore(_AT_ONCE)

    async def one(context: TenantContext) -> None:
        async with turnstile:
            await _request(scene, context)

    async with asyncio.TaskGroup() as group:
        for number in range(requests):
            # Each school in turn, then whoever: so all take part.
            context = SCHOOLS[number] if number < len(SCHOOLS) else scene.chance.choice(SCHOOLS)
            group.create_task(one(context))


async def _request(scene: _Scene, context: TenantContext) -> None:
    storm, chance = scene.storm, scene.chance
    desk = Desk(scene.clients, context, f"{chance.getrandbits(64):x}")
    work = asyncio.ensure_future(some_work(chance)(desk))
    limit = chance.uniform(0.0005, 0.006) if chance.random() < storm.timed_out else 20.0
    cancel_after = chance.uniform(0.0, 0.006) if chance.random() < storm.cancelled else None
    if cancel_after is not None:
        asyncio.get_running_loop().call_later(cancel_after, work.cancel)
    try:
        async with asyncio.timeout(limit):
            said = await work
        scene.ends["done"] += 1
        own = f"TENANT#{context.school_id}#"
        scene.answers += [(str(context.school_id), text.startswith(own)) for text in said]
    except TimeoutError:
        scene.ends["timed out"] += 1
    except AwsError:
        scene.ends["failed"] += 1
    except asyncio.CancelledError:
        scene.ends["cancelled"] += 1
        if not work.cancelled():  # somebody has cancelled the battery itself
            raise
    except Exception as error:  # noqa: BLE001  # without a guard anything may break; with all of them nothing may
        scene.ends["broken"] += 1
        scene.broken.append(type(error).__name__)


def _judged(scene: _Scene) -> list[Tried]:
    kind, found = scene.storm.name, list[Tried]()
    for recorded, at in scene.weather.arrived:
        fault = fault_of(recorded, at, scene.sts.issued)
        known = bool(recorded.schools)
        what = f"{recorded.operation} of {', '.join(sorted(recorded.schools)) or 'nobody'}"
        found.append(Attempt(kind, what, fault or "its own", ending(leaked=bool(fault), refused=known and not fault)))
    for school_id, own in scene.answers:
        found.append(
            Attempt(
                kind,
                f"an answer for {school_id}",
                "its own" if own else "another's",
                ending(leaked=not own, refused=own),
            )
        )
    reached = {school for recorded, _ in scene.weather.arrived for school in recorded.schools}
    happened = _happened(scene)
    enough = len(reached) >= len(SCHOOLS) // 2
    return [
        *found,
        Control(kind, "schools that were served", str(len(reached)), enough),
        Control(kind, "requests that broke", ", ".join(scene.broken[:3]) or "none", not scene.broken),
        *(Control(kind, what, str(count), count > 0) for what, count in happened.items()),
    ]


def _happened(scene: _Scene) -> dict[str, int]:
    """Return how often the storm did what it is there for: unless it did, nothing is shown."""
    storm = scene.storm
    counts: dict[str, tuple[Any, int]] = {
        "requests cancelled": (storm.cancelled, scene.ends["cancelled"]),
        "requests timed out": (storm.timed_out, scene.ends["timed out"]),
        "renewals": (
            storm.step or storm.capacity < len(SCHOOLS),
            len(scene.sts.issued) - len({each.school_id for each in scene.sts.issued.values()}),
        ),
        "failures of STS": (storm.sts_fails, scene.sts.failures),
        "rejections": (storm.rejected, scene.weather.rejections),
        "lost answers": (storm.lost, scene.weather.losses),
    }
    return {"requests done": scene.ends["done"], **{what: n for what, (wanted, n) in counts.items() if wanted}}


async def _briefly(_: float) -> None:
    await asyncio.sleep(0)


def _nothing(*_: Any) -> None:
    """Check nothing: the wall stands alone."""
