"""Two schools whose ids begin alike, in one process: neither's keys, versions, caches or haste show to the other.

What lies in the table is told apart by `test_access.py` and `tests/isolation`; here it is what the process remembers,
and what it costs to say no.
"""

import random
import time
from typing import TYPE_CHECKING, Final

import pytest
from aiohttp import ClientResponse

from luca_interactive.access import Endpoint
from luca_interactive.cursors import cursor_at
from luca_interactive.routes import ENDPOINTS
from luca_shared.tenancy.context import Role
from luca_shared.tenancy.limits import SchoolRateLimit

if TYPE_CHECKING:
    from tests.unit.interactive.conftest import School

# The same person id in both: only the token's school tells them apart.
ADMIN, OTHER_ADMIN = "norte/h1/school-admin", "norte-2/h1/school-admin"
PEOPLE: Final = {
    Role.TEACHER: "norte/p1/teacher",
    Role.SCHOOL_ADMIN: ADMIN,
    Role.STUDENT: "norte/s1/student",
    Role.GUARDIAN: "norte/g1/guardian",
    Role.COMPLIANCE: "norte/k1/compliance",
}
# norte-2's ids, which norte doesn't have; and those that nobody has, as long as they.
FOREIGN: Final = {"class_id": "xc1", "assessment_id": "xa1", "student_id": "xs1", "subject": "xart", "term": "x2025-Q4"}
MISSING: Final = {"class_id": "yc1", "assessment_id": "ya1", "student_id": "ys1", "subject": "yart", "term": "y2025-Q4"}
UNKNOWN: Final = {"class_id": "zc1", "assessment_id": "za1", "student_id": "zs1", "subject": "zart", "term": "z2025-Q4"}
GRADE: Final = {"status": "scored", "score": 8}

with_ids: Final = [each for each in ENDPOINTS if "{" in each.path]
each_endpoint_with_ids = pytest.mark.parametrize("declared", with_ids, ids=lambda each: f"{each.method} {each.path}")


def names_a_version(declared: Endpoint) -> bool:
    return not declared.inputs.models.keys().isdisjoint({"precondition", "version"})


async def use(
    school: "School",
    who: str,
    declared: Endpoint,
    ids: dict[str, str],
    *,
    version: str = '"999999999"',
    query: str = "",
) -> ClientResponse:
    headers = {"If-Match": version} if names_a_version(declared) else {}
    path = declared.path.format(**ids) + query
    return await school.ask(who, declared.method, path, headers=headers, content=declared.example_body())


async def told(answer: ClientResponse) -> tuple[int, frozenset[str], str]:
    """What a client can tell of an answer, less the id of the request."""
    body = (await answer.text()).replace(answer.headers["X-Correlation-Id"], "")
    return answer.status, frozenset(answer.headers), body


def insiders(declared: Endpoint) -> list[str]:
    """Those of norte-2 to whom its ids are open."""
    everybody = {
        Role.TEACHER: "norte-2/xp1/teacher",
        Role.SCHOOL_ADMIN: OTHER_ADMIN,
        Role.STUDENT: "norte-2/xs1/student",
        Role.GUARDIAN: "norte-2/xg1/guardian",
        Role.COMPLIANCE: "norte-2/k1/compliance",
    }
    return [everybody[role] for role in sorted(declared.may)]


class TestWhatItCostsToSayNo:
    @each_endpoint_with_ids
    async def test_a_foreign_id_costs_the_calls_of_a_missing_one_though_its_school_has_just_used_it(
        self, school: "School", declared: Endpoint
    ) -> None:
        for who in insiders(declared):  # whatever of it can be in a cache is there now
            assert (await use(school, who, declared, FOREIGN)).status in {200, 404, 412}
        for role in sorted(declared.may):
            who = PEOPLE[role]
            await use(school, who, declared, UNKNOWN)  # and whatever the school itself remembers, too
            seen = {}
            for name, ids in (("foreign", FOREIGN), ("missing", MISSING), ("foreign again", FOREIGN)):
                school.dynamodb.calls.clear()
                answer = await told(await use(school, who, declared, ids))
                seen[name] = (answer, tuple(school.dynamodb.calls))
            assert seen["foreign"] == seen["missing"] == seen["foreign again"], who

    @pytest.mark.parametrize(
        "declared", [each for each in with_ids if each.method == "GET"], ids=lambda each: each.path
    )
    async def test_so_it_is_when_only_the_headers_are_asked_for(self, school: "School", declared: Endpoint) -> None:
        for role in sorted(declared.may):
            answers = []
            for ids in (FOREIGN, MISSING):
                answer = await school.ask(PEOPLE[role], "HEAD", declared.path.format(**ids))
                length = answer.headers["Content-Length"]
                answers.append((answer.status, frozenset(answer.headers), length))
            assert answers[0] == answers[1], role
            assert answers[0][0] == 404

    async def test_a_cache_that_forgot_the_school_in_its_key_would_show(self, school: "School") -> None:
        """The control of the test above: one's own class costs less the second time."""
        costs = []
        for _ in range(2):
            school.dynamodb.calls.clear()
            assert (await school.ask("norte/p1/teacher", "GET", "/v1/classes/c1")).status == 200
            costs.append(len(school.dynamodb.calls))
        assert costs[1] < costs[0]


class TestVersions:
    @pytest.mark.parametrize(
        "declared", [each for each in with_ids if names_a_version(each)], ids=lambda each: f"{each.method} {each.path}"
    )
    async def test_the_real_version_of_what_is_anothers_answers_like_that_of_nothing(
        self, school: "School", declared: Endpoint
    ) -> None:
        await school.put_grade("norte-2/xp1/teacher", "/v1/classes/xc1/assessments/xa1/grades/xs1", GRADE)
        before = dict(school.dynamodb.items)
        for role in sorted(declared.may):
            for version in range(1, 4):  # one of these is what stands there
                tag = f'"{version}"'
                foreign = await told(await use(school, PEOPLE[role], declared, FOREIGN, version=tag))
                assert foreign == await told(await use(school, PEOPLE[role], declared, MISSING, version=tag))
                assert foreign[0] == 404 or (foreign[0] == 412 and '"current":null' in foreign[2])
        assert school.dynamodb.items == before


class TestIdempotencyKeys:
    """The key, the person id and the request are the same in both schools; only the token's school is another."""

    PATH: Final = "/v1/terms/2027-Q1"

    async def put(self, school: "School", who: str, title: str = "First quarter") -> ClientResponse:
        headers = {"If-None-Match": "*", "Idempotency-Key": "k1"}
        return await school.ask(who, "PUT", self.PATH, {"title": title}, headers)

    async def test_each_school_has_its_own_answer_and_its_own_work_done(self, school: "School") -> None:
        mine, theirs = await self.put(school, ADMIN), await self.put(school, OTHER_ADMIN)
        assert (mine.status, theirs.status) == (201, 201)
        assert "Idempotent-Replayed" not in theirs.headers
        for who in (ADMIN, OTHER_ADMIN):
            assert (await self.put(school, who)).headers["Idempotent-Replayed"] == "true"

    async def test_another_schools_payload_is_no_conflict(self, school: "School") -> None:
        assert (await self.put(school, ADMIN, "First quarter")).status == 201
        theirs = await self.put(school, OTHER_ADMIN, "Primer trimestre")
        assert (theirs.status, (await theirs.json())["title"]) == (201, "Primer trimestre")
        # The same in one school is one: else the above would prove nothing.
        assert (await self.put(school, ADMIN, "Primer trimestre")).status == 422

    async def test_a_record_that_is_put_into_the_other_schools_partition_is_not_opened_there(
        self, school: "School"
    ) -> None:
        await self.put(school, ADMIN)
        for (table, pk, sk), item in list(school.dynamodb.items.items()):
            if item.get("entity") == "idempotency":
                moved = pk.replace("TENANT#norte#", "TENANT#norte-2#")
                school.dynamodb.items[table, moved, sk] = {**item, "pk": moved}
        answer = await self.put(school, OTHER_ADMIN)
        assert answer.status == 404
        assert "First quarter" not in await answer.text()


LISTS: Final = [
    each for each in ENDPOINTS if "cursor" in getattr(each.inputs.models.get("query"), "__struct_fields__", ())
]


class TestCursors:
    @pytest.mark.parametrize("declared", LISTS, ids=lambda each: each.path)
    @pytest.mark.parametrize(
        "position",
        [
            "TENANT#norte-2#STUDENT#xs1",
            "TENANT#norte-2#CLASS#xc1",
            "PLATFORM#SCHOOLS",
            "SCHOOL#norte-2",
            "KEYS",
            "PROFILE",
            "ERASURE",
            "\x00",
            "\U0010ffff",
        ],
    )
    async def test_a_cursor_that_somebody_made_up_leads_nowhere(
        self, school: "School", declared: Endpoint, position: str
    ) -> None:
        own = {"class_id": "c1", "assessment_id": "a1", "student_id": "s1", "subject": "art", "term": "2025-Q4"}
        for role in sorted(declared.may):
            answer = await use(school, PEOPLE[role], declared, own, query=f"?cursor={cursor_at(position)}")
            # A list that is read in whole, or is empty for this person, need not look at it.
            assert answer.status in {200, 422}, role
            if answer.status == 200:
                assert "x" not in "".join(item for item in await _ids_of(answer)), role

    @pytest.mark.parametrize("declared", LISTS, ids=lambda each: each.path)
    async def test_a_cursor_of_another_list_is_refused(self, school: "School", declared: Endpoint) -> None:
        own = {"class_id": "c1", "assessment_id": "a1", "student_id": "s1", "subject": "art", "term": "2025-Q4"}
        who = PEOPLE[max(declared.may, key=lambda role: role is Role.SCHOOL_ADMIN)]
        statuses = [
            (await use(school, who, declared, own, query=f"?cursor={cursor_at(position)}")).status
            for position in ("ASSESSMENT#a2", "STUDENT#s1", "CLASS#2026-Q4#c1", "TERM#2026-Q3", "GRADE#2026-Q4#c1#a1")
        ]
        assert 422 in statuses


async def _ids_of(answer: ClientResponse) -> list[str]:
    listed = await answer.json()
    return [value for item in listed["items"] for name, value in item.items() if name.endswith("_id")]


class TestLimits:
    @pytest.fixture
    def rate(self) -> SchoolRateLimit:
        return SchoolRateLimit(per_second=0.001, burst=3)

    async def test_a_school_at_its_limit_limits_no_other_and_does_not_show(self, school: "School") -> None:
        while (await school.ask(ADMIN, "GET", "/v1/terms")).status != 429:
            pass
        first = await school.ask(OTHER_ADMIN, "GET", "/v1/terms")
        assert (first.status, first.headers["RateLimit"].split(";")[1]) == (200, "r=2")


PAIRS: Final = 600
SUSPICIOUS: Final = 85
"""Pairs beyond the half of them, for which one of the two is said to take longer.

Each pair asks for the foreign and for the missing thing, the first of them by a coin. If the two take equally long, it
is a coin as well which of them takes longer, whatever else the machine does: of 600 pairs the foreign one is slower in
300 on average, with a standard deviation of 12.2. Further than 85 from that, 6.9 standard deviations, they come once in
2 * 10^11 runs.
"""
PLANTED_S: Final = 0.002


async def slower(school: "School", path: str, foreign: str, missing: str, *, planted_s: float = 0.0) -> int:
    """Return in how many of the pairs the foreign thing's answer took longer."""
    coin, count = random.SystemRandom(), 0
    for _ in range(PAIRS):
        taken = {}
        for name in coin.sample((foreign, missing), 2):
            began = time.perf_counter()
            assert (await school.ask(ADMIN, "GET", path.format(name))).status == 404
            if name == foreign:
                _spin(planted_s)
            taken[name] = time.perf_counter() - began
        count += taken[foreign] > taken[missing]
    return count


def _spin(seconds: float) -> None:
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


class TestTime:
    @pytest.mark.parametrize(
        ("path", "foreign", "missing"),
        [("/v1/classes/{}/gradebook", "xc1", "yc1"), ("/v1/students/{}/grades", "xs1", "ys1")],
    )
    async def test_a_foreign_id_takes_as_long_as_a_missing_one(
        self, school: "School", path: str, foreign: str, missing: str
    ) -> None:
        assert (await school.ask(OTHER_ADMIN, "GET", path.format(foreign))).status == 200
        assert abs(await slower(school, path, foreign, missing) - PAIRS / 2) < SUSPICIOUS

    async def test_two_milliseconds_more_would_be_noticed(self, school: "School") -> None:
        found = await slower(school, "/v1/classes/{}/gradebook", "xc1", "yc1", planted_s=PLANTED_S)
        assert found - PAIRS / 2 >= SUSPICIOUS
