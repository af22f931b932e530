"""Every endpoint, asked by every kind of person of one school for what is another's.

The endpoints are the service's own list: a new one is tried here without being named.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Final

import msgspec

from luca_interactive.access import Endpoint
from luca_interactive.routes import ENDPOINTS
from luca_local.demo.evidence.attempts import Attempt, Control, Demand
from luca_local.demo.people import Answer, Edge, Person
from luca_local.seed.plan import SchoolPlan

# No version of anything: a write that gets as far as what is there changes nothing, and shows that it got there.
_NO_VERSION: Final[Mapping[str, str]] = {"If-Match": '"999999999"'}
_PATIENCE: Final = 30  # times that it asks again, when its school has asked too much
_CLAIMS: Final = ("X-School-Id", "School-Id", "X-Tenant-Id", "X-Amzn-School-Id", "Custom-School_id")


@dataclass(frozen=True, slots=True)
class _Ids:
    """What the variables of a path stand for: ids of one school."""

    class_id: str
    assessment_id: str
    student_id: str
    subject: str
    term: str

    @classmethod
    def of(cls, plan: SchoolPlan) -> "_Ids":
        """Of a grade in the class that only this school has."""
        class_ = plan.classes[2]
        grade = next(grade for grade in plan.grades if grade.class_id == class_.class_id)
        return cls(class_.class_id, grade.assessment_id, grade.student_id, class_.subject, class_.term)


@dataclass(frozen=True, slots=True)
class _Request:
    endpoint: Endpoint
    path: str
    demand: Demand
    headers: Mapping[str, str]
    query: Mapping[str, str]

    @property
    def what(self) -> str:
        claims = "".join(f" {part}" for part in (*self.headers, *self.query))
        return f"{self.endpoint.method} {self.path}{claims}"


async def attempts(edge: Edge, people: Sequence[Person], mine: SchoolPlan, theirs: SchoolPlan) -> list[Attempt]:
    """Try everything as people of one school, at another's data; they all try at the same time."""
    requests = list(_requests(mine, theirs))

    async def as_somebody(person: Person) -> list[Attempt]:
        return [
            _attempt(person, request, await _ask(edge, person, request), theirs.school.school_id)
            for request in requests
        ]

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(as_somebody(person)) for person in people]
    return [attempt for task in tasks for attempt in task.result()]


def _attempt(person: Person, request: _Request, answer: Answer, target: str) -> Attempt:
    return Attempt(
        surface="API",
        school_id=person.school_id,
        target=target,
        what=f"{person.role}: {request.what}",
        outcome=str(answer.status),
        succeeded=200 <= answer.status < 300 or (answer.status in {409, 412, 428} and not _is_of_nothing(answer)),
        refused=answer.status in {403, 404} or _is_of_nothing(answer),
        got=answer.text,
        demand=request.demand,
    )


def _is_of_nothing(answer: Answer) -> bool:
    """Whether it says that there is nothing of that name: who may create things is told so by 412."""
    return answer.status == 412 and msgspec.json.decode(answer.text).get("current") is None


async def controls(edge: Edge, people: Sequence[Person], plan: SchoolPlan) -> list[Control]:
    """Ask for the same as those whom it concerns: for each endpoint, one of them has to get it."""
    found = []
    for endpoint in ENDPOINTS:
        request = _Request(endpoint, endpoint.path.format(**asdict(_Ids.of(plan))), Demand.REFUSED, {}, {})
        outcomes = [(await _ask(edge, person, request)).status for person in people if person.role in endpoint.may]
        # An owner who names a wrong version of what is there is told so.
        succeeded = any(outcome in {200, 412} for outcome in outcomes)
        found.append(Control(f"{plan.school.school_id}: {request.what}", str(outcomes), succeeded))
    return found


def _requests(mine: SchoolPlan, theirs: SchoolPlan) -> Iterator[_Request]:
    own, foreign = _Ids.of(mine), _Ids.of(theirs)
    school_id = theirs.school.school_id
    claims: dict[str, str] = dict.fromkeys(_CLAIMS, school_id)
    for endpoint in ENDPOINTS:
        names = [name for name in asdict(own) if f"{{{name}}}" in endpoint.path]
        telling = [name for name in names if getattr(own, name) != getattr(foreign, name)]
        paths = {endpoint.path.format(**asdict(foreign))}
        paths |= {endpoint.path.format(**asdict(replace(own, **{name: getattr(foreign, name)}))) for name in telling}
        demand = Demand.REFUSED if telling else Demand.OWN_ONLY
        for path in sorted(paths):
            yield _Request(endpoint, path, demand, {}, {})
        own_path = endpoint.path.format(**asdict(own))
        yield _Request(endpoint, own_path, Demand.OWN_ONLY, claims, {})
        if endpoint.method == "GET":
            yield _Request(endpoint, own_path, Demand.OWN_ONLY, {}, {"school_id": school_id})


async def _ask(edge: Edge, person: Person, request: _Request) -> Answer:
    """Ask what is right in its form: else it would be refused before it is known whose it is about."""
    endpoint = request.endpoint
    names_a_version = not endpoint.inputs.models.keys().isdisjoint({"precondition", "version"})
    headers = {**request.headers, **(_NO_VERSION if names_a_version else {})}
    text = None
    if (body := endpoint.example_body()) is not None:
        headers["Content-Type"], text = body[0], body[1].decode()
    ask = partial(edge.ask, person, endpoint.method, request.path, text=text, headers=headers, query=request.query)
    answer = await ask()
    for _ in range(_PATIENCE):
        if answer.status != 429:
            break
        await asyncio.sleep(answer.retry_after)  # to be too quick for one's own school shows nothing of another's
        answer = await ask()
    return answer
