"""Isolation: each school after each other one's data, at every door, and what is there afterwards."""

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Final

from luca_local.demo.collecting.administrator import PATIENT
from luca_local.demo.evidence.attempts import Attempt, Control, IsolationEvidence
from luca_local.demo.intruder import api, table, tokens
from luca_local.demo.intruder.identities import Identities
from luca_local.demo.intruder.keys_and_files import KeysAndFiles, payload_key, wrapped_key
from luca_local.demo.people import Person
from luca_local.demo.place import Place
from luca_local.demo.progress import Act
from luca_local.seed.plan import SchoolPlan
from luca_shared.aws import AwsClient, Item
from luca_shared.tenancy.context import Role

PLATFORM: Final = "the platform"


class Intruder:
    """Tries everything, and looks at everything before and after.

    Args:
        place: The platform, and who is there.
        pairs: Of schools, the first of which reaches for the second one's data; None for all that there are.
    """

    def __init__(self, place: Place, *, pairs: Sequence[tuple[str, str]] | None = None) -> None:
        self._running = place.running
        self._edge = place.edge
        self._people = place.people
        self._admin = place.admin
        self._schools = {str(plan.school.school_id): plan for plan in place.running.schools}
        self._pairs = list(permutations(self._schools, 2)) if pairs is None else pairs
        self._targets = sorted({theirs for _, theirs in self._pairs})
        self._attempts: list[Attempt] = []
        self._controls: list[Control] = []

    @property
    def rounds(self) -> int:
        """How many rounds it makes: each pair at the edge and at AWS, the targets themselves, each of four services."""
        return 2 * len(self._pairs) + len(self._targets) + 4

    async def play(self, act: Act) -> IsolationEvidence:
        """Go from door to door."""
        before = await self._tables()
        await self._at_the_edge(act)
        await self._at_aws(before, act)
        return IsolationEvidence(
            attempts=tuple(self._attempts),
            controls=tuple(self._controls),
            traces={PLATFORM: frozenset(), **{school_id: traces(plan) for school_id, plan in self._schools.items()}},
            changed=changed(before, await self._tables()),
        )

    async def _at_the_edge(self, act: Act) -> None:
        record = self._running.record
        for mine, theirs in self._pairs:
            people = self._one_of_each_role(mine)
            self._attempts += await api.attempts(self._edge, people, self._schools[mine], self._schools[theirs])
            path = f"/v1/students/{self._schools[theirs].students[0].student_id}/grades"
            self._attempts += await tokens.attempts(record, self._edge, people[0], theirs, path)
            self._done(act)
        for school_id in self._targets:
            self._controls += await api.controls(self._edge, self._everybody(school_id), self._schools[school_id])

    async def _at_aws(self, tables: Mapping[str, Sequence[Item]], act: Act) -> None:
        record, deployment = self._running.record, self._running.places.deployment
        identities = Identities(record, deployment)
        services = await identities.services()
        schools = {name: await identities.school(services["interactive"], name) for name in self._schools}
        samples = table.samples(tables)
        doors = KeysAndFiles(record, deployment)
        next_one = dict(zip(self._schools, [*list(self._schools)[1:], next(iter(self._schools))], strict=True))
        self._attempts += await identities.attempts(services, schools, next_one)
        async with AwsClient(region=record.region, endpoint_url=record.aws_endpoint, timeouts=PATIENT) as client:
            for mine, theirs in self._pairs:
                found = samples[theirs]
                self._attempts += await table.attempts(client, schools[mine], mine, theirs, found)
                self._attempts += await doors.attempts(
                    schools[mine], mine, theirs, wrapped_key(found), payload_key(found)
                )
                self._done(act)
            for name, credentials in schools.items():
                self._attempts += await table.attempts(client, credentials, name, PLATFORM, samples[""])
            for name in self._targets:
                found = samples[name]
                self._controls += await table.controls(client, schools[name], name, found)
                self._controls += await doors.controls(schools[name], name, wrapped_key(found), payload_key(found))
                self._done(act)
            # A service's own role is no school at all.
            target = self._targets[0]
            for name, credentials in services.items():
                found = table.one_of_each_table(samples[target])
                self._attempts += await table.attempts(client, credentials, f"the service {name}", target, found)
                self._done(act)

    async def _tables(self) -> dict[str, Sequence[Item]]:
        deployment = self._running.places.deployment
        names = (deployment.table_name, deployment.keys_table_name, deployment.gov_sync_table_name)
        return {name: await self._admin.items(name) for name in names}

    def _one_of_each_role(self, school_id: str) -> list[Person]:
        first = {person.role: person for person in reversed(self._everybody(school_id))}
        return [first[role] for role in Role]

    def _everybody(self, school_id: str) -> list[Person]:
        return [person for person in self._people.values() if person.school_id == school_id]

    def _done(self, act: Act) -> None:
        act.note = f"{len(self._attempts)} attempts"
        act.advance()


def traces(plan: SchoolPlan) -> frozenset[str]:
    """Return what only this school's own people may ever be shown: ids that no other school has."""
    people = {str(account.person_id) for account in plan.accounts}
    students = {str(student.student_id) for student in plan.students}
    return frozenset({str(plan.classes[2].class_id), *people, *students})


def changed(before: Mapping[str, Sequence[Item]], after: Mapping[str, Sequence[Item]]) -> tuple[str, ...]:
    """Return the keys of all items that are not what they were."""
    found = []
    for name in before:
        was = {(item["pk"], item["sk"]): item for item in before[name]}
        is_ = {(item["pk"], item["sk"]): item for item in after[name]}
        found += [f"{name} {pk} {sk}" for pk, sk in was.keys() | is_.keys() if was.get((pk, sk)) != is_.get((pk, sk))]
    return tuple(sorted(found))
