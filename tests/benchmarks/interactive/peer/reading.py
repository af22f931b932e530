"""What is read in a lesson: the gradebook, a roster, a student's grades, and who one is."""

import asyncio
from collections import defaultdict
from typing import Any

from fastapi import APIRouter, Request, Response
from peer import grading
from peer.asking import STAFF, Caller, demand, demand_class, describe
from peer.grades import comment_of
from peer.models import (
    Assessment,
    Class,
    Grade,
    Gradebook,
    Grades,
    Id,
    Me,
    Roster,
    RosterEntry,
    Row,
    grade_of,
)
from peer.problems import not_found
from peer.tokens import Person

router = APIRouter()


@router.get("/v1/classes/{class_id}/gradebook")
async def get_gradebook(
    request: Request, response: Response, person: Caller, class_id: Id, term: Id | None = None
) -> Gradebook:
    """Read a class's gradebook."""
    demand(person, STAFF)
    state, school_id = request.app.state, person.school_id
    classroom = await state.configuration.classroom(school_id, class_id)
    demand_class(person, classroom)
    rules = await state.configuration.rules(school_id, classroom.info["subject"])
    term = term or classroom.info["term"]
    students, items = await asyncio.gather(
        _students(request, school_id, classroom.roster),
        state.aws.query(f"TENANT#{school_id}#CLASS#{class_id}", f"GRADE#{term}#", index="by_class"),
    )
    texts = await state.encryption.decrypt_many(
        school_id,
        [(each["student_id"], "name", each["name"]) for each in students] + [comment_of(item) for item in items],
    )
    names = {each["student_id"]: name for each, name in zip(students, texts, strict=False)}
    grades: defaultdict[str, list[Grade]] = defaultdict(list)
    for item, comment in zip(items, texts[len(students) :], strict=True):
        grades[item["student_id"]].append(grade_of(item, comment))
    assessments = {key: each for key, each in sorted(classroom.assessments.items()) if each["term"] == term}
    rows = [_row(rules, assessments, each, names.get(each), grades[each]) for each in classroom.roster]
    rows.sort(key=lambda row: (row.name is None, (row.name or "").casefold(), row.student_id))
    describe(request, response)
    return Gradebook(
        class_=Class.model_validate(classroom.info),
        term=term,
        rules_version=rules["version"],
        assessments=[Assessment.model_validate(each) for each in assessments.values()],
        students=rows,
    )


@router.get("/v1/classes/{class_id}/roster")
async def get_roster(request: Request, response: Response, person: Caller, class_id: Id) -> Roster:
    """List a class's students."""
    demand(person, STAFF)
    state, school_id = request.app.state, person.school_id
    demand_class(person, await state.configuration.classroom(school_id, class_id))
    entries = await state.aws.query(f"TENANT#{school_id}#CLASS#{class_id}", "STUDENT#", consistent=True)
    students = await _students(request, school_id, [entry["student_id"] for entry in entries])
    texts = await state.encryption.decrypt_many(
        school_id, [(each["student_id"], "name", each["name"]) for each in students]
    )
    names = {each["student_id"]: name for each, name in zip(students, texts, strict=True)}
    items = [
        RosterEntry(student_id=entry["student_id"], name=names.get(entry["student_id"]), version=entry["version"])
        for entry in entries
    ]
    describe(request, response)
    return Roster(items=items, next_cursor=None)


@router.get("/v1/students/{student_id}/grades")
async def get_student_grades(request: Request, response: Response, person: Caller, student_id: Id) -> Grades:
    """List a student's grades; a teacher sees those of the own classes."""
    state, school_id = request.app.state, person.school_id
    pk = f"TENANT#{school_id}#STUDENT#{student_id}"
    if await state.aws.get("luca", pk, "PROFILE", consistent=True) is None:
        raise not_found()
    taught = await _taught(request, person, pk)
    if not taught:
        raise not_found()
    items: list[dict[str, Any]] = []
    for term in await state.configuration.open_terms(school_id):
        items += [item for item in await state.aws.query(pk, f"GRADE#{term}#") if item["class_id"] in taught]
    comments = await state.encryption.decrypt_many(school_id, [comment_of(item) for item in items])
    grades = [grade_of(item, comment) for item, comment in zip(items, comments, strict=True)]
    describe(request, response)
    return Grades(items=grades, next_cursor=None)


@router.get("/v1/me")
async def get_me(request: Request, response: Response, person: Caller) -> Me:
    """Say who the caller is."""
    state, school_id = request.app.state, person.school_id
    class_ids = set()
    for term in await state.configuration.open_terms(school_id):
        for item in await state.aws.query(f"TENANT#{school_id}#DIRECTORY", f"CLASS#{term}#"):
            if person.person_id in item["teacher_ids"]:
                class_ids.add(item["class_id"])
    describe(request, response)
    return Me(
        person_id=person.person_id,
        school_id=school_id,
        roles=sorted(person.roles),
        student_ids=[],
        class_ids=sorted(class_ids),
    )


async def _students(request: Request, school_id: str, student_ids: Any) -> list[dict[str, Any]]:
    return await request.app.state.aws.get_many(
        "luca", [(f"TENANT#{school_id}#STUDENT#{student_id}", "PROFILE") for student_id in student_ids]
    )


async def _taught(request: Request, person: Person, pk: str) -> set[str]:
    aws = request.app.state.aws
    enrollments = await aws.query(pk, "ENROLLMENT#")
    keys = [(f"TENANT#{person.school_id}#CLASS#{item['class_id']}", "INFO") for item in enrollments]
    classes = await aws.get_many("luca", keys)
    return {each["class_id"] for each in classes if person.person_id in each["teacher_ids"]}


def _row(
    rules: dict[str, Any],
    assessments: dict[str, dict[str, Any]],
    student_id: str,
    name: str | None,
    grades: list[Grade],
) -> Row:
    marks = [
        (assessments[grade.assessment_id]["category"], grade.status, grade.score, grade.max_score)
        for grade in grades
        if grade.assessment_id in assessments
    ]
    percent, letter = grading.average(rules, marks)
    return Row(student_id=student_id, name=name, average=percent, letter=letter, grades=grades)
