"""Judges what was written down: no name, comment, token or raw id where it may outlive its owner or meet a stranger.

Grades are numbers, and a number can be anything: they can't be looked for. In their place it is looked at how logs and
metrics are made: no log line has a member that could hold a mark, and no metric a label that isn't known.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from luca_local.demo.evidence.personal_data import Channel, Kind, PersonalDataEvidence, Writing
from luca_local.demo.judges.findings import Fault, Finding
from luca_local.demo.judges.personal_texts import PersonalTexts

# Elsewhere an id is what things are found by: it is random, and means nothing to who can't ask the table.
_NO_IDS: Final = frozenset({Channel.LOGS, Channel.METRICS, Channel.PROBLEMS})
_OF_MARKS: Final = frozenset({
    "score", "max_score", "percent", "letter", "average", "mark", "grade", "comment", "name", "title",
    "body", "data", "payload", "token", "authorization", "path", "url", "query",
})  # fmt: skip
_LABELS: Final = frozenset({
    "le", "service", "operation", "outcome", "method", "route", "status", "stage", "reason", "state", "kind", "wall",
    "correlation_id",  # of an exemplar
    "generation", "implementation", "major", "minor", "patchlevel", "version",  # the Python process's own
})  # fmt: skip
_LABEL: Final = re.compile(r'[{,](\w+)="')  # quotes are escaped in values


@dataclass(frozen=True, slots=True)
class PersonalDataVerdict:
    """What was found."""

    findings: tuple[Finding, ...]
    texts: int
    characters: Mapping[str, int]  # that were looked through, by channel
    exposed: int


def judge(evidence: PersonalDataEvidence) -> PersonalDataVerdict:
    """Return where something is written that must not be."""
    texts = PersonalTexts(evidence.personal)
    characters: Counter[str] = Counter({channel.value: 0 for channel in Channel})
    findings: list[Finding] = []
    for writing in evidence.writings:
        characters[writing.channel.value] += len(writing.text)
        findings += _of(writing, texts)
    # Where nothing is written, nothing was shown; and who looks for nothing finds nothing.
    findings += [
        Finding(Fault.UNPROVEN, channel, "nothing is written there") for channel, n in characters.items() if not n
    ]
    findings += [
        Finding(Fault.UNPROVEN, kind, "none was looked for") for kind in Kind if not evidence.personal.get(kind)
    ]
    return PersonalDataVerdict(
        findings=tuple(findings),
        texts=sum(map(len, evidence.personal.values())),
        characters=dict(characters),
        exposed=sum(finding.fault is Fault.EXPOSED for finding in findings),
    )


def _of(writing: Writing, texts: PersonalTexts) -> Iterator[Finding]:
    where = f"{writing.channel}, {writing.where}"
    for kind in sorted(texts.in_(writing.text)):
        if kind is not Kind.ID or writing.channel in _NO_IDS:
            yield Finding(Fault.EXPOSED, where, f"it holds {kind}")
    match writing.channel:
        case Channel.LOGS:
            for name in sorted(set(_members_of_lines(writing.text)) & _OF_MARKS):
                yield Finding(
                    Fault.EXPOSED, where, f"a line has the member {name!r}, which could hold a mark or a name"
                )
        case Channel.METRICS if not writing.text:
            yield Finding(Fault.UNPROVEN, where, "nothing is written there")
        case Channel.METRICS:
            for name in sorted(set(_LABEL.findall(writing.text)) - _LABELS):
                yield Finding(Fault.EXPOSED, where, f"a metric has the label {name!r}, of which nothing is known")
        case _:
            pass


def _members_of_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith("{"):
            try:
                yield from _members(msgspec.json.decode(line))
            except msgspec.DecodeError:  # cut off by a kill
                continue


def _members(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for name, inner in value.items():
                yield name
                yield from _members(inner)
        case list():
            for inner in value:
                yield from _members(inner)
