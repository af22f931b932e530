"""The intruder waits when its own school has asked too much: that it was refused for that would show nothing."""

from typing import Any, cast

import pytest

from luca_interactive.routes import ENDPOINTS
from luca_local.demo.evidence.attempts import Demand
from luca_local.demo.intruder import api
from luca_local.demo.people import Answer, Edge, Person
from luca_shared.tenancy.context import Role

TEACHER = Person("teacher.norte", "norte", "p1", Role.TEACHER, "token")


class BusyEdge:
    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)

    async def ask(self, *_: Any, **__: Any) -> Answer:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Answer(status, "{}", {"Retry-After": "0"}, 1.0)


@pytest.mark.parametrize(("statuses", "outcome"), [((404,), 404), ((429, 429, 404), 404), ((429,), 429)])
async def test_it_asks_again_until_it_is_told(statuses: tuple[int, ...], outcome: int) -> None:
    request = api._Request(ENDPOINTS[0], "/v1/me", Demand.REFUSED, {}, {})
    answer = await api._ask(cast("Edge", BusyEdge(*statuses)), TEACHER, request)
    assert answer.status == outcome
