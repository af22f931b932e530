"""The whole way of a grade: through the edge and the service into the table, and back."""

import subprocess
from typing import TYPE_CHECKING

import pytest

from luca_local.edge.root_page import commands
from luca_local.platform_process import PlatformProcess
from luca_local.seed.plan import SchoolPlan

if TYPE_CHECKING:
    from tests.e2e.conftest import Cell

CREATE = {"If-None-Match": "*"}
GRADE = {"status": "scored", "score": 8.5, "comment": "Bien", "reason": "first mark"}


async def test_a_teacher_records_a_grade_and_reads_it_back(platform: PlatformProcess, cell: "Cell") -> None:
    async with platform.client("teacher.norte") as teacher:
        async with teacher.put(cell.path, json=GRADE, headers=CREATE) as answer:
            assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
            written = await answer.json()
        async with teacher.get(cell.path) as answer:
            assert (answer.status, answer.headers["ETag"]) == (200, '"1"')
            assert answer.headers["Cache-Control"] == "private, no-store"
            assert await answer.json() == written
    assert written | {"recorded_by": "", "recorded_at": ""} == {
        "class_id": cell.class_id,
        "assessment_id": cell.assessment_id,
        "student_id": cell.student_id,
        "term": written["term"],
        "status": "scored",
        "score": 8.5,
        "max_score": 10,
        "percent": 85,
        "letter": "B",
        "version": 1,
        "rules_version": 1,
        "comment": "Bien",
        "recorded_by": "",
        "recorded_at": "",
        "sync": {"status": "pending"},
    }


async def test_of_two_who_change_the_same_version_the_second_is_shown_the_firsts(
    platform: PlatformProcess, cell: "Cell"
) -> None:
    async with platform.client("teacher.norte") as teacher, platform.client("admin.norte") as admin:
        async with teacher.put(cell.path, json=GRADE, headers=CREATE) as answer:
            seen = answer.headers["ETag"]
        async with admin.put(cell.path, json=GRADE | {"score": 9}, headers={"If-Match": seen}) as answer:
            assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
        async with teacher.put(cell.path, json=GRADE | {"score": 7}, headers={"If-Match": seen}) as answer:
            problem = await answer.json()
            assert (answer.status, problem["type"]) == (412, "urn:luca:problem:version-conflict")
            assert (problem["current"]["score"], problem["current"]["version"]) == (9, 2)
        async with teacher.get(cell.path + "/history") as answer:
            assert [version["score"] for version in (await answer.json())["items"]] == [8.5, 9]
        async with teacher.put(cell.path, json=GRADE) as answer:
            assert answer.status == 428


async def test_a_student_reads_the_own_grades_and_nobody_elses(
    platform: PlatformProcess, schools: dict[str, SchoolPlan]
) -> None:
    norte = schools["norte"]
    me = str(next(account.person_id for account in norte.accounts if account.username == "student.norte"))
    other = next(student.student_id for student in norte.students if student.student_id != me)
    async with platform.client("student.norte") as student:
        async with student.get(f"/v1/students/{me}/grades") as answer:
            assert answer.status == 200
            assert {grade["student_id"] for grade in (await answer.json())["items"]} == {me}
        async with student.get(f"/v1/students/{other}/grades") as answer:
            assert answer.status == 404


async def test_the_gradebook_shows_what_was_recorded(platform: PlatformProcess, cell: "Cell") -> None:
    async with platform.client("teacher.norte") as teacher:
        async with teacher.put(cell.path, json=GRADE, headers=CREATE) as answer:
            written = await answer.json()
        # An index is eventually consistent; the emulator's is at once.
        async with teacher.get(f"/v1/classes/{cell.class_id}/gradebook", params={"term": written["term"]}) as answer:
            assert answer.status == 200
            assert cell.student_id in await answer.text()


async def test_a_frozen_term_takes_no_more_grades(platform: PlatformProcess, schools: dict[str, SchoolPlan]) -> None:
    grade = next(grade for grade in schools["norte"].grades if grade.term == schools["norte"].terms[0].term)
    path = f"/v1/classes/{grade.class_id}/assessments/{grade.assessment_id}/grades/{grade.student_id}"
    async with platform.client("teacher.norte") as teacher:
        async with teacher.get(path) as answer:
            assert answer.status == 200
        async with teacher.put(path, json=GRADE, headers={"If-Match": '"1"'}) as answer:
            assert (answer.status, (await answer.json())["type"]) == (409, "urn:luca:problem:term-frozen")


@pytest.mark.parametrize(
    ("body", "status", "wrong"),
    [
        ({"status": "scored", "score": 10.5}, 422, {"/score"}),
        ({"status": "great", "score": "8", "note": 1}, 422, {"/status", "/score", "/note"}),
        ([], 422, {""}),
    ],
)
async def test_a_wrong_body_is_told_every_bad_field(
    platform: PlatformProcess, cell: "Cell", body: object, status: int, wrong: set[str]
) -> None:
    async with (
        platform.client("teacher.norte") as teacher,
        teacher.put(cell.path, json=body, headers=CREATE) as answer,
    ):
        problem = await answer.json()
        assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
        assert {error["pointer"] for error in problem["errors"]} == wrong
        assert problem["correlation_id"] == answer.headers["X-Correlation-Id"]


async def test_a_body_that_is_no_json_is_told_where(platform: PlatformProcess, cell: "Cell") -> None:
    headers = CREATE | {"Content-Type": "application/json"}
    async with (
        platform.client("teacher.norte") as teacher,
        teacher.put(cell.path, data=b'{"status": scored}', headers=headers) as answer,
    ):
        problem = await answer.json()
        assert (answer.status, problem["type"]) == (400, "urn:luca:problem:malformed-json")
        assert "column 12" in problem["detail"]


def test_the_commands_of_the_root_page_do_what_it_says(platform: PlatformProcess) -> None:
    run = platform.record
    account = next(account for account in run.accounts if account.username == run.example.username)
    record, read = commands.record(run), commands.read(run)
    better = record.replace("8.5", "9")
    replacing = better.replace(commands.CREATING, commands.REPLACING)
    script = [commands.log_in(run, account), record, read, record, better, replacing, read]
    shell = subprocess.run(  # noqa: S603  # what the page says is what is to be tried
        ["bash", "-euc", "\n".join(script)],  # noqa: S607
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    answers = shell.stdout.split("HTTP/1.1 ")[1:]
    assert [answer[:3] for answer in answers] == ["201", "200", "201", "412", "200", "200"]
    assert '"score":8.5' in answers[1]
    assert '"score":9' in answers[5]
