"""What the walls add to one call to AWS, in this process: too little to be seen in a whole service's CPU time."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from tests.benchmarks.interactive import school
from tests.benchmarks.isolation.service import OneForAll, OwnershipOfEverything

from luca_shared.aws.credentials import Credentials
from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId, StudentId
from luca_shared.tenancy.ownership import Ownership

_CALLS: Final = 20_000


async def _assume_role(role_arn: str, tags: Mapping[str, str], session_name: str) -> Credentials:  # noqa: ARG001
    return Credentials(tags["school_id"], "secret", "session")


async def _call(credentials: Credentials) -> Credentials:
    return credentials


async def us_per_call(schools: int) -> dict[str, float]:
    """Return the microseconds of CPU that each wall takes for a call; the schools take turns, so nothing is at hand."""
    contexts = [TenantContext.of_directory(SchoolId(school.school_id(number)), "bench") for number in range(schools)]
    profiles = [keys.profile(context, StudentId(school.student_id(0, 0))) for context in contexts]
    own = [Ownership(context.school_id) for context in contexts]
    everything = OwnershipOfEverything(contexts[0].school_id)

    def signing(held: TenantCredentials) -> Callable[[int], Awaitable[object]]:
        return lambda number: held.signed(contexts[number], _call)

    async def checked(number: int) -> None:
        own[number].check_key(profiles[number])

    async def unchecked(number: int) -> None:
        everything.check_key(profiles[number])

    scoped = TenantCredentials(_assume_role, role_arn="role", capacity=schools)
    unscoped = OneForAll(_assume_role, role_arn="role")
    return {
        "credentials": await _cpu_us(signing(scoped), schools) - await _cpu_us(signing(unscoped), schools),
        "types": await _cpu_us(checked, schools) - await _cpu_us(unchecked, schools),
    }


async def _cpu_us(work: Callable[[int], Awaitable[object]], schools: int) -> float:
    for number in range(schools):  # so that each school is known
        await work(number)
    best = float("inf")
    for _ in range(5):
        started = time.process_time()
        for number in range(_CALLS):
            await work(number % schools)
        best = min(best, time.process_time() - started)
    return best / _CALLS * 1e6
