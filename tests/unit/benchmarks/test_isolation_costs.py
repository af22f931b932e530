"""What the walls cost, of measurements that are known."""

import pytest
from tests.benchmarks.interactive.k6 import Load
from tests.benchmarks.interactive.measuring import Measured
from tests.benchmarks.isolation.one_call import us_per_call
from tests.benchmarks.isolation.play import aims, costs
from tests.benchmarks.isolation.service import OneForAll, OwnershipOfEverything

from luca_shared.tenancy import keys
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.ids import SchoolId, StudentId


def measured(cpu_us: float, calls: int = 150) -> Measured:
    load = Load(requests=100, seconds=1, failed=0, dropped=0, p50_ms=1, p95_ms=2, p99_ms=3, cpu_seconds=0.1)
    return Measured(
        offered=100,
        load=load,
        cpu_us_per_request=cpu_us,
        aws_calls={"GetItem": calls},
        others_busy=0.1,
        loop_lag_p99_ms=None,
    )


def all_measured(*rounds: tuple[float, float, float, float]) -> dict[str, list[Measured]]:
    names = ("with walls", "unscoped", "neither", "with walls again")
    return {name: [measured(each[at]) for each in rounds] for at, name in enumerate(names)}


def test_the_overhead_is_that_of_the_middle_round() -> None:
    found = costs(all_measured((103, 100, 90, 105), (200, 100, 90, 200), (100, 100, 100, 100)))
    assert found["cpu_overhead"] == pytest.approx(0.04)
    assert found["ratios"]["unscoped"].median == pytest.approx(1 / 1.04)
    assert found["cpu_overhead_of_types_too"] == pytest.approx(104 / 90 - 1)
    assert found["aws_calls_per_request"] == {"with_walls": 1.5, "unscoped": 1.5}


@pytest.mark.parametrize(("walls", "reached"), [(104.0, True), (106.0, False)])
def test_an_aim_is_told_to_be_missed(walls: float, *, reached: bool) -> None:
    (aim,) = aims(costs(all_measured((walls, 100, 100, walls))))
    assert aim.reached is reached


async def test_what_stands_in_place_of_a_wall_lets_everything_pass() -> None:
    mine, other = (TenantContext.of_directory(SchoolId(each), "test") for each in ("norte", "norte-2"))

    async def assume_role(*_: object) -> object:
        raise AssertionError("nobody is to become a school")

    held = OneForAll(assume_role, role_arn="role")  # type: ignore[arg-type]
    assert await held.get(mine) == await held.get(other)
    OwnershipOfEverything(mine.school_id).check_key(keys.profile(other, StudentId("s1")))


async def test_each_wall_takes_some_time_for_a_call() -> None:
    assert (await us_per_call(10)).keys() == {"credentials", "types"}
