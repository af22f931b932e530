"""One grade: recorded and read."""

import re
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from peer import grading
from peer.asking import GRADERS, Caller, demand, demand_class, describe
from peer.models import Grade, GradeChange, Id, grade_of
from peer.problems import Problem, not_found

router = APIRouter()

PATH = "/v1/classes/{class_id}/assessments/{assessment_id}/grades/{student_id}"

_VERSION = re.compile(r'"([1-9][0-9]{0,14})"')
_INDEXED = ("pk", "sk", "by_class_pk", "by_class_sk", "pending_pk", "pending_sk", "sync_status")


@router.put(PATH)
async def put_grade(
    request: Request,
    response: Response,
    person: Caller,
    class_id: Id,
    assessment_id: Id,
    student_id: Id,
    change: GradeChange,
    if_match: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Grade:
    """Record a grade: the first one with `If-None-Match: *` (201), another with `If-Match: "3"` (200)."""
    demand(person, GRADERS)
    state, school_id = request.app.state, person.school_id
    replaced = _replaced(if_match, if_none_match)

    classroom = await state.configuration.classroom(school_id, class_id)
    demand_class(person, classroom)
    assessment = classroom.assessments.get(assessment_id)
    if assessment is None or student_id not in classroom.roster:
        raise not_found()
    _refuse_unfit(change, assessment)

    rules = await state.configuration.rules(school_id, classroom.info["subject"])
    percent, letter = grading.result(rules, change.status, change.score, assessment["max_score"])
    term, version = assessment["term"], (replaced or 0) + 1
    place = f"{term}/{class_id}/{assessment_id}/{version}"
    recorded_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    shard = sha256(student_id.encode()).digest()[0] % 8
    item: dict[str, Any] = {
        "pk": f"TENANT#{school_id}#STUDENT#{student_id}",
        "sk": f"GRADE#{term}#{class_id}#{assessment_id}",
        "entity": "grade",
        "class_id": class_id,
        "assessment_id": assessment_id,
        "student_id": student_id,
        "term": term,
        "version": version,
        "status": change.status.value,
        "score": change.score,
        "max_score": assessment["max_score"],
        "percent": percent,
        "letter": letter,
        "rules_version": rules["version"],
        "comment": await state.encryption.encrypt(school_id, student_id, f"comment on {place}", change.comment),
        "recorded_by": person.person_id,
        "recorded_at": recorded_at,
        "sync_status": "pending",
        "by_class_pk": f"TENANT#{school_id}#CLASS#{class_id}",
        "by_class_sk": f"GRADE#{term}#{assessment_id}#{student_id}",
        "pending_pk": f"TENANT#{school_id}#PENDING#{shard}",
        "pending_sk": f"{term}#{recorded_at}#{student_id}#{class_id}#{assessment_id}",
    }
    version_item = {name: value for name, value in item.items() if name not in _INDEXED}
    version_item |= {
        "pk": item["pk"],
        "sk": f"GRADEV#{term}#{class_id}#{assessment_id}#{version:08d}",
        "entity": "grade-version",
        "reason": await state.encryption.encrypt(school_id, student_id, f"reason for {place}", change.reason),
    }
    if not await state.configuration.is_open(school_id, term):
        raise Problem(409, "term-frozen", "grades of this term can't be changed any more")
    try:
        await state.aws.put_both(item, version_item, replaced=replaced, token=secrets.token_hex(16))
    except state.aws.canceled:
        current = await state.aws.get("luca", item["pk"], item["sk"], consistent=True)
        raise await _conflict(request, school_id, current) from None
    describe(request, response, status=201 if replaced is None else 200, version=version)
    return grade_of(item, change.comment)


@router.get(PATH)
async def get_grade(
    request: Request, response: Response, person: Caller, class_id: Id, assessment_id: Id, student_id: Id
) -> Grade:
    """Read a grade, as it was last written."""
    state, school_id = request.app.state, person.school_id
    classroom = await state.configuration.classroom(school_id, class_id)
    demand_class(person, classroom)
    assessment = classroom.assessments.get(assessment_id)
    if assessment is None:
        raise not_found()
    item = await state.aws.get(
        "luca",
        f"TENANT#{school_id}#STUDENT#{student_id}",
        f"GRADE#{assessment['term']}#{class_id}#{assessment_id}",
        consistent=True,
    )
    if item is None:
        raise not_found()
    (comment,) = await state.encryption.decrypt_many(school_id, [comment_of(item)])
    describe(request, response, version=item["version"])
    return grade_of(item, comment)


def comment_of(item: dict[str, Any]) -> tuple[str, str, bytes | None]:
    """Return whose a grade's comment is, the field that it is bound to, and its ciphertext."""
    field = f"comment on {item['term']}/{item['class_id']}/{item['assessment_id']}/{item['version']}"
    return item["student_id"], field, item.get("comment")


def _replaced(if_match: str | None, if_none_match: str | None) -> int | None:
    if if_match is not None and if_none_match is not None:
        raise Problem(422, "validation", "If-Match and If-None-Match must not be sent together")
    if if_none_match is not None:
        if if_none_match != "*":
            raise Problem(422, "validation", "If-None-Match must be *")
        return None
    if if_match is None:
        raise Problem(428, "precondition-required", 'send If-None-Match: * to create, or If-Match: "3" to change')
    version = _VERSION.fullmatch(if_match)
    if version is None:
        raise Problem(422, "validation", 'If-Match must be one version in quotes, like "3"')
    return int(version[1])


def _refuse_unfit(change: GradeChange, assessment: dict[str, Any]) -> None:
    has_score = change.status in ("scored", "late")
    if (change.score is not None) != has_score or (has_score and change.score > assessment["max_score"]):
        raise Problem(422, "validation", "the score doesn't fit", errors=[{"pointer": "/score", "detail": "is wrong"}])


async def _conflict(request: Request, school_id: str, current: dict[str, Any] | None) -> Problem:
    if current is None:
        return Problem(412, "version-conflict", "there is no grade yet", current=None)
    (comment,) = await request.app.state.encryption.decrypt_many(school_id, [comment_of(current)])
    return Problem(
        412,
        "version-conflict",
        "look at the current version and try again",
        headers={"ETag": f'"{current["version"]}"'},
        current=grade_of(current, comment).model_dump(),
    )
