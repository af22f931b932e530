"""Both sides say the same: each kind of request of the mix, asked of both and compared, before anything is measured."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson
from tests.benchmarks.interactive import school

# When it was recorded differs, and so do ids of requests and a problem's wording.
_MAY_DIFFER: Final = frozenset({"recorded_at", "correlation_id", "detail"})


class Asked(NamedTuple):
    """A request of the check, and what both must answer."""

    what: str
    method: str
    path: str
    status: int
    headers: Mapping[str, str] = {}
    body: Mapping[str, Any] | None = None


class Answered(NamedTuple):
    """As much of an answer as counts."""

    status: int
    etag: str | None
    body: Any


def _questions() -> list[Asked]:
    class_path = f"/v1/classes/{school.class_id(0)}"
    student = school.student_id(0, 3)
    todays = f"{class_path}/assessments/{school.TODAYS}/grades/{student}"
    earlier = f"{class_path}/assessments/{school.GRADED[1]}/grades/{student}"
    scored = {"status": "scored", "score": 8.5, "comment": "Bien", "reason": "first mark"}
    late = {"status": "late", "score": 7}
    create, replace = {"If-None-Match": "*"}, {"If-Match": '"1"'}
    return [
        Asked("who one is", "GET", "/v1/me", 200),
        Asked("the gradebook", "GET", f"{class_path}/gradebook", 200),
        Asked("a first grade", "PUT", todays, 201, create, scored),
        Asked("a changed grade", "PUT", todays, 200, replace, late),
        Asked("a changed grade of before", "PUT", earlier, 200, replace, scored),
        Asked("a version that is not the present one", "PUT", todays, 412, replace, scored),
        Asked("no version at all", "PUT", todays, 428, {}, scored),
        Asked("a score that is too high", "PUT", todays, 422, {"If-Match": '"2"'}, {"status": "scored", "score": 11}),
        Asked("a field that nobody knows", "PUT", todays, 422, {"If-Match": '"2"'}, {**scored, "points": 1}),
        Asked("another teacher's class", "PUT", todays.replace("c0", "c1"), 404, create, scored),
        Asked("a grade", "GET", earlier, 200),
        Asked("a grade that isn't there", "GET", todays.replace(student, school.student_id(0, 4)), 404),
        Asked("the roster", "GET", f"{class_path}/roster", 200),
        Asked("a student's grades", "GET", f"/v1/students/{student}/grades", 200),
        Asked("the gradebook after all that", "GET", f"{class_path}/gradebook", 200),
    ]


def differences(one: str, other: str, token: str) -> list[str]:
    """Return in which answers two services at these addresses differ, or are wrong; neither is left as it was."""
    found = []
    for asked in _questions():
        first, second = _ask(one, token, asked), _ask(other, token, asked)
        if first.status != asked.status:
            found.append(f"{asked.what}: {first.status} instead of {asked.status}")
        if first != second:
            found.append(f"{asked.what}: {difference(first, second)}")
    unknown = (
        _ask(one, "no.to.ken", Asked("", "GET", "/v1/me", 401)),
        _ask(other, "no.to.ken", Asked("", "GET", "/v1/me", 401)),
    )
    if [answer.status for answer in unknown] != [401, 401]:
        found.append("a token that is none is let in")
    return found


def _ask(url: str, token: str, asked: Asked) -> Answered:
    request = urllib.request.Request(  # noqa: S310  # http, ours
        url + asked.path,
        method=asked.method,
        data=None if asked.body is None else orjson.dumps(asked.body),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json", **asked.headers},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
            return Answered(response.status, response.headers["ETag"], essence(orjson.loads(response.read())))
    except urllib.error.HTTPError as error:
        body = essence(_json(error.read()))
        # What is wrong is said in each one's own words.
        return Answered(error.code, error.headers["ETag"], {name: body.get(name) for name in ("type", "current")})


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}  # a crash's answer: its status says enough


def essence(value: Any) -> Any:
    """Return as much of an answer as both must say alike."""
    match value:
        case dict():
            return {name: essence(inner) for name, inner in value.items() if name not in _MAY_DIFFER}
        case list():
            return [essence(inner) for inner in value]
        case _:
            return value


def difference(one: Any, other: Any, at: str = "") -> str:
    """Say where two answers part."""
    match one, other:
        case dict(), dict() if one.keys() == other.keys():
            return next(difference(one[name], other[name], f"{at}/{name}") for name in one if one[name] != other[name])
        case (list(), list()) | (tuple(), tuple()) if len(one) == len(other):
            pairs = enumerate(zip(one, other, strict=True))
            return next(difference(a, b, f"{at}/{place}") for place, (a, b) in pairs if a != b)
        case _:
            return f"{at}: {str(one)[:200]} and {str(other)[:200]}"
