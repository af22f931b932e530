"""A small school in memory, and the real application on top of it: only DynamoDB, KMS, STS and Cognito are played."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

import hypothesis
import pytest
from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from msgspec.structs import replace
from multidict import CIMultiDict
from tests.unit.interactive.fake_aws import FakeDynamoDB, FakeKms, assume_role

from luca_interactive.app import api, parts_of
from luca_interactive.configuration import Ages
from luca_interactive.description.possible_problems import problems_of
from luca_interactive.parts import Parts
from luca_interactive.routes import ENDPOINTS
from luca_interactive.term_writing import FreezeTimes
from luca_shared.aws.dynamodb import DynamoDB
from luca_shared.aws.kms import Kms
from luca_shared.records.assessment import Assessment
from luca_shared.records.class_ import Class, Enrollment
from luca_shared.records.rules import Category, Rounding, Rules
from luca_shared.records.student import GuardianLink, Student
from luca_shared.records.term import Term, TermState
from luca_shared.records.timestamps import Timestamp, timestamp
from luca_shared.tenancy.context import Role, TenantContext, VerifiedClaims
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.encryption import FieldEncryption
from luca_shared.tenancy.ids import AssessmentId, ClassId, PersonId, SchoolId, StudentId, Subject
from luca_shared.tenancy.ids import Term as TermId
from luca_shared.tenancy.limits import SchoolRateLimit
from luca_shared.tenancy.table import TableNames, Tables, TenantTable
from luca_shared.tenancy.tokens import KeysUnavailable, TokenRejected

hypothesis.settings.register_profile("interactive", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("interactive")

MORNING = datetime(2026, 11, 24, tzinfo=UTC)


class FakeVerifier:
    """Tokens in the clear: `norte/p1/teacher,compliance`, `expired`, `unknown` and `unverifiable`."""

    async def verify(self, token: str) -> VerifiedClaims:
        if token == "unverifiable":
            raise KeysUnavailable
        if token.count("/") != 2:
            raise TokenRejected(token)
        school_id, person_id, roles = token.split("/")
        found = frozenset(Role(role) for role in roles.split(",") if role)
        return VerifiedClaims(SchoolId(school_id), PersonId(person_id), found, 2**33)


@dataclass
class Clock:
    """A clock that a test sets forward."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def timestamp(self) -> Timestamp:
        return timestamp(MORNING + timedelta(seconds=self.now))


@dataclass
class School:
    """The application, and how a test asks it as somebody."""

    dynamodb: FakeDynamoDB
    parts: Parts
    encryption: FieldEncryption
    clock: Clock
    client: TestClient[Request, Application]

    def table(self, school_id: str = "norte") -> TenantTable:
        return self.parts.tables.of(context(school_id))

    async def set_term(self, term: str, state: TermState, *, school_id: str = "norte") -> None:
        await _put_term(self.table(school_id), TermId(term), state)

    async def enroll(self, class_id: str, student_id: str) -> None:
        await _enroll(self.table(), class_id, student_id, OPEN)

    async def ask(
        self,
        who: str,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
        *,
        content: tuple[str, bytes] | None = None,
    ) -> ClientResponse:
        """A body is sent as JSON; `content` is one with its media type."""
        all_headers = CIMultiDict({"Authorization": f"Bearer {who}", **(headers or {})})
        if content is not None:
            all_headers["Content-Type"] = content[0]
        data = None if content is None else content[1]
        response = await self.client.request(method, path, json=body, data=data, headers=all_headers)
        await response.read()
        refuse_undescribed(method, path, response.status)
        return response

    async def get(self, who: str, path: str) -> Any:
        response = await self.ask(who, "GET", path)
        assert response.status == 200, await response.text()
        return await response.json()

    async def put(self, who: str, path: str, body: object = None, *, version: int | None = None) -> ClientResponse:
        return await self.put_grade(who, path, body, version=version)

    async def delete(self, who: str, path: str, *, version: int) -> ClientResponse:
        return await self.ask(who, "DELETE", path, headers={"If-Match": f'"{version}"'})

    async def put_grade(
        self, who: str, path: str, body: object, *, version: int | None = None, headers: Mapping[str, str] | None = None
    ) -> ClientResponse:
        precondition = {"If-None-Match": "*"} if version is None else {"If-Match": f'"{version}"'}
        return await self.ask(who, "PUT", path, body, {**precondition, **(headers or {})})


def refuse_undescribed(method: str, path: str, status: int) -> None:
    """Whatever a test is about, no endpoint answers with a status that its description doesn't have."""
    for each in ENDPOINTS:
        pattern = re.sub(r"{\w+}", "[^/]+", each.path)
        if each.method == method and re.fullmatch(pattern, path.partition("?")[0]):
            described = each.answers.keys() | problems_of(each).keys()
            assert status in described, f"{each.method} {each.path} says nothing of {status}: is it in `conflicts`?"


def context(school_id: str) -> TenantContext:
    return TenantContext.of_directory(SchoolId(school_id), "test")


OPEN, FROZEN = TermId("2026-Q4"), TermId("2026-Q3")

RULES = Rules(
    subject=Subject("math"),
    version=2,
    categories={"exam": Category(weight=Decimal(60)), "homework": Category(weight=Decimal(40), drop_lowest=1)},
    letters={"A": Decimal(90), "B": Decimal(80), "C": Decimal(60)},
    passing=Decimal(60),
    missing_as_zero=True,
    late_penalty_percent=Decimal(10),
    rounding=Rounding.HALF_UP,
    decimals=1,
)


def class_(class_id: str, term: TermId, *teachers: str) -> Class:
    teacher_ids = tuple(map(PersonId, teachers))
    return Class(
        class_id=ClassId(class_id), version=1, term=term, subject=RULES.subject, name=class_id, teacher_ids=teacher_ids
    )


def assessment(class_id: str, assessment_id: str, term: TermId, category: str) -> Assessment:
    return Assessment(
        class_id=ClassId(class_id),
        assessment_id=AssessmentId(assessment_id),
        version=1,
        term=term,
        category=category,
        title=assessment_id,
        max_score=Decimal(10),
    )


async def furnish(tables: Tables, encryption: FieldEncryption, school_id: str, *, prefix: str = "") -> None:
    """Put a school's records into the table; `prefix` keeps its ids apart from those of another school.

    In the open term, p1 teaches c1 to s1 and s2, p2 teaches c2 to s3. In the frozen term p1 taught c0 to s1. g1 is the
    guardian of s1.
    """
    table, on_behalf = tables.of(context(school_id)), context(school_id)
    classes = [
        class_(prefix + "c1", OPEN, prefix + "p1"),
        class_(prefix + "c2", OPEN, prefix + "p2"),
        class_(prefix + "c0", FROZEN, prefix + "p1"),
    ]
    for each in classes:
        await table.put(each.key(on_behalf), each.to_item())
        await table.put(each.directory_key(on_behalf), each.to_item())
        for name, category in (("a1", "exam"), ("a2", "homework"), ("a3", "homework")):
            graded = assessment(each.class_id, prefix + name, each.term, category)
            await table.put(graded.key(on_behalf), graded.to_item())
    for class_id, student, term in (("c1", "s1", OPEN), ("c1", "s2", OPEN), ("c2", "s3", OPEN), ("c0", "s1", FROZEN)):
        await _enroll(table, prefix + class_id, prefix + student, term)
    for student, name in (("s1", "Zoe"), ("s2", "ana"), ("s3", "Luis")):
        student_id = StudentId(prefix + student)
        sealed = await encryption.encrypt(on_behalf, student_id, "name", name)
        guardian_ids = (PersonId(prefix + "g1"),) if student == "s1" else ()
        record = Student(student_id=student_id, version=1, name=sealed, guardian_ids=guardian_ids)
        await table.put(record.key(on_behalf), record.to_item())
    link = GuardianLink(person_id=PersonId(prefix + "g1"), student_id=StudentId(prefix + "s1"))
    await table.put(link.key(on_behalf), link.to_item())
    own_rules = replace(RULES, subject=Subject(prefix + "art"))  # no other school has such a subject, nor such a term
    for rules in (RULES, own_rules):
        await table.put(rules.current_key(on_behalf), rules.to_item())
    for term, state in (
        (OPEN, TermState.OPEN),
        (FROZEN, TermState.FROZEN),
        (TermId(prefix + "2025-Q4"), TermState.FROZEN),
    ):
        await _put_term(table, term, state)


async def _enroll(table: TenantTable, class_id: str, student_id: str, term: TermId) -> None:
    record = Enrollment(class_id=ClassId(class_id), student_id=StudentId(student_id), term=term, version=1)
    await table.put(record.key(table.context), record.to_item())
    await table.put(record.student_key(table.context), record.to_item())


async def _put_term(table: TenantTable, term: TermId, state: TermState) -> None:
    record = Term(term=term, version=1, state=state, title=term)
    await table.put(record.key(table.context), record.to_item())
    await table.put(record.directory_key(table.context), record.to_item())


@pytest.fixture
def rate() -> SchoolRateLimit:
    return SchoolRateLimit(per_second=1000, burst=10_000)


@dataclass
class Premises:
    """What lies below the application."""

    dynamodb: FakeDynamoDB
    parts: Parts
    encryption: FieldEncryption
    clock: Clock


async def build() -> Premises:
    """The school norte, beside norte-2 whose name begins alike."""
    dynamodb, clock = FakeDynamoDB(), Clock()
    tables = Tables(cast("DynamoDB", dynamodb), TenantCredentials(assume_role, role_arn="role"), TableNames())
    encryption = FieldEncryption(tables, cast("Kms", FakeKms()), key_id="key")
    await furnish(tables, encryption, "norte")
    await furnish(tables, encryption, "norte-2", prefix="x")
    dynamodb.calls.clear()
    parts = parts_of(tables, encryption, Ages(), FreezeTimes(), clock=clock, now=clock.timestamp)
    return Premises(dynamodb, parts, encryption, clock)


@pytest.fixture
def new_premises() -> Callable[[], Awaitable[Premises]]:
    """For tests that need many of them, and no HTTP."""
    return build


@pytest.fixture
def body_limit() -> int:
    return 4096


@pytest.fixture
def deadline() -> float:
    return 5.0


@pytest.fixture
async def school(rate: SchoolRateLimit, body_limit: int, deadline: float) -> AsyncIterator[School]:
    premises = await build()
    app = api(premises.parts, FakeVerifier(), rate, deadline=deadline, body_limit=body_limit)
    async with TestClient(TestServer(app)) as client:
        yield School(premises.dynamodb, premises.parts, premises.encryption, premises.clock, client)


@pytest.fixture
async def elsewhere(school: School, rate: SchoolRateLimit) -> AsyncIterator[School]:
    """Another task of the service before the same table: it remembers for itself."""
    parts = parts_of(
        school.parts.tables,
        school.encryption,
        Ages(),
        FreezeTimes(),
        clock=school.clock,
        now=school.clock.timestamp,
    )
    app = api(parts, FakeVerifier(), rate, deadline=5.0, body_limit=4096)
    async with TestClient(TestServer(app)) as client:
        yield School(school.dynamodb, parts, school.encryption, school.clock, client)
