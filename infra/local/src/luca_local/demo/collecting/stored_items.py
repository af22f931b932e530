"""What lies in the table, taken apart by its keys and attributes alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any

from luca_local.demo.evidence.events import EventId, Payload, StoredEvent
from luca_local.demo.evidence.grades import Cell, Mark, StoredGrade, StoredVersion
from luca_local.demo.evidence.submission import GradeToSend
from luca_shared.aws import Item


def stored_grades(items: Iterable[Item], cells: Collection[Cell]) -> tuple[StoredGrade, ...]:
    """Return those of the grades that are in these cells, and their histories in the order of their sort keys."""
    current: dict[Cell, StoredVersion] = {}
    history: defaultdict[Cell, list[StoredVersion]] = defaultdict(list)
    wanted = frozenset(cells)
    for school_id, student_id, (kind, *rest), item in _of_students(items):
        if kind not in {"GRADE", "GRADEV"}:
            continue
        cell = Cell(school_id, rest[1], rest[2], student_id)
        if cell not in wanted:
            continue
        score = item.get("score")
        version = StoredVersion(int(item["version"]), item["recorded_by"], Mark(item["status"], _decimal(score)))
        if kind == "GRADE":
            current[cell] = version
        else:
            # The number in the key is the one that counts: that of the attributes has to be the same.
            same = int(rest[3]) == version.version
            history[cell].append(version if same else StoredVersion(-1, version.person_id, version.mark))
    found = current.keys() | history.keys()
    return tuple(StoredGrade(cell, current.get(cell), tuple(history[cell])) for cell in sorted(found))


def stored_events(items: Iterable[Item]) -> tuple[StoredEvent, ...]:
    """Return all events."""
    return tuple(
        StoredEvent(
            key=EventId(school_id, student_id, rest[0], rest[1]),
            student_id=item["student_id"],
            event_id=item["event_id"],
            payload=Payload(item["kind"], item["type"], item["occurred_at"], item["data"]),
            person_id=item.get("reported_by", ""),
        )
        for school_id, student_id, (kind, *rest), item in _of_students(items)
        if kind == "EVENT"
    )


def grades_to_send(items: Iterable[Item], period: str, refused: Collection[str]) -> tuple[GradeToSend, ...]:
    """Return every grade of a period, with what the government has to hold of it.

    `refused` are the students whose grades the government does not accept.
    """
    latest: dict[str, tuple[str, Item, bool]] = {}
    versions: dict[tuple[str, int], Item] = {}
    for school_id, student_id, (kind, *rest), item in _of_students(items):
        if kind not in {"GRADE", "GRADEV"} or rest[0] != period:
            continue
        record_id = ".".join((school_id, *rest[:3], student_id))
        if kind == "GRADE":
            latest[record_id] = (school_id, item, student_id in refused)
        else:
            versions[record_id, int(rest[3])] = item
    return tuple(
        GradeToSend(
            record_id=record_id,
            school_id=school_id,
            version=int(item["version"]),
            record=_record(record_id, versions.get((record_id, int(item["version"])), {})),
            refused=is_refused,
            sync_status=item["sync_status"],
        )
        for record_id, (school_id, item, is_refused) in sorted(latest.items())
    )


def _record(record_id: str, version: Item) -> dict[str, Any]:
    """The members of the government's contract, from the version that is never changed once written."""
    return {
        "record_id": record_id,
        "version": _number(version.get("version")),
        "student_id": version.get("student_id"),
        "status": version.get("status"),
        "score": _number(version.get("score")),
        "max_score": _number(version.get("max_score")),
        "letter": version.get("letter"),
        "recorded_at": version.get("recorded_at"),
    }


def _of_students(items: Iterable[Item]) -> Iterator[tuple[str, str, list[str], Item]]:
    """School, student and the parts of the sort key of every item that is in a student's partition."""
    for item in items:
        parts = str(item["pk"]).split("#")
        if len(parts) == 4 and (parts[0], parts[2]) == ("TENANT", "STUDENT"):
            yield parts[1], parts[3], str(item["sk"]).split("#"), item


def _decimal(value: int | Decimal | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _number(value: int | Decimal | None) -> float | None:
    return None if value is None else float(value)
