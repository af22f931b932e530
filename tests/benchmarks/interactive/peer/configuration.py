"""Classes, rules and terms from memory, as old as the service's settings allow."""

from dataclasses import dataclass
from typing import Any

from peer.aws import Aws
from peer.cache import TimedCache
from peer.problems import Problem, not_found
from peer.settings import Settings


@dataclass(frozen=True, slots=True)
class Classroom:
    """A class with its assessments and its roster."""

    info: dict[str, Any]
    assessments: dict[str, dict[str, Any]]
    roster: dict[str, dict[str, Any]]


class Configuration:
    """What a school has set up."""

    def __init__(self, aws: Aws, settings: Settings) -> None:
        self._aws = aws
        self._table = settings.table
        self._classes: TimedCache[tuple[str, str], Classroom] = TimedCache(settings.class_cache, 2_000)
        self._rules: TimedCache[tuple[str, str], dict[str, Any]] = TimedCache(settings.rules_cache, 2_000)
        self._terms: TimedCache[tuple[str, str], dict[str, Any]] = TimedCache(settings.term_staleness, 2_000)
        self._open_terms: TimedCache[str, list[str]] = TimedCache(settings.term_staleness, 2_000)

    async def classroom(self, school_id: str, class_id: str) -> Classroom:
        """Return a class.

        Raises:
            Problem: 404.
        """
        return await self._classes.get_or_read((school_id, class_id), lambda: self._read_class(school_id, class_id))

    async def rules(self, school_id: str, subject: str) -> dict[str, Any]:
        """Return a subject's rules.

        Raises:
            Problem: 409, there are none.
        """
        return await self._rules.get_or_read(
            (school_id, subject), lambda: self._read(f"TENANT#{school_id}#RULES#{subject}", "CURRENT")
        )

    async def is_open(self, school_id: str, term: str) -> bool:
        """Return whether a term's grades may change.

        Raises:
            Problem: 409, there is no such term.
        """
        found = await self._terms.get_or_read(
            (school_id, term), lambda: self._read(f"TENANT#{school_id}#TERM#{term}", "INFO")
        )
        return found["state"] == "open"

    async def open_terms(self, school_id: str) -> list[str]:
        """Return the terms that are open."""
        return await self._open_terms.get_or_read(school_id, lambda: self._read_open_terms(school_id))

    async def _read_class(self, school_id: str, class_id: str) -> Classroom:
        items = await self._aws.query(f"TENANT#{school_id}#CLASS#{class_id}", consistent=True)
        by_entity: dict[str, list[dict[str, Any]]] = {"class": [], "assessment": [], "enrollment": []}
        for item in items:
            by_entity.setdefault(item["entity"], []).append(item)
        if not by_entity["class"]:
            raise not_found()
        return Classroom(
            by_entity["class"][0],
            {item["assessment_id"]: item for item in by_entity["assessment"]},
            {item["student_id"]: item for item in by_entity["enrollment"]},
        )

    async def _read(self, pk: str, sk: str) -> dict[str, Any]:
        item = await self._aws.get(self._table, pk, sk, consistent=True)
        if item is None:
            raise Problem(409, "conflict", "the school has not set this up yet")
        return item

    async def _read_open_terms(self, school_id: str) -> list[str]:
        items = await self._aws.query(f"TENANT#{school_id}#DIRECTORY", "TERM#", consistent=True)
        return [item["term"] for item in items if item["state"] == "open"]
