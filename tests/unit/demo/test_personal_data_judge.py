"""The judge of personal data: it finds what is planted, in each channel, of each kind and in each dress."""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from luca_local.demo.collecting.sync_metrics import latest_address
from luca_local.demo.collecting.written_down import logs, names, personal_texts, texts_of
from luca_local.demo.evidence.personal_data import Channel, Kind, PersonalDataEvidence, Writing
from luca_local.demo.judges.findings import Fault
from luca_local.demo.judges.personal_data import judge
from luca_local.demo.judges.personal_texts import PersonalTexts
from luca_local.demo.people import Person
from luca_local.seed.demo_schools import demo_schools
from luca_shared.tenancy.context import Role

PERSONAL = {
    Kind.NAME: frozenset({"Joaquín Muñoz", "Muñoz Sáez"}),
    Kind.COMMENT: frozenset({"Mejoró mucho 👏"}),
    Kind.ID: frozenset({"s0a1b2c3d4e5f", "p9zzzzzzzzzzz"}),
    Kind.CREDENTIAL: frozenset({"eyJzdWIiOiJwMSJ9", "c2lnbmF0dXJlLW9mLWEtdG9rZW4"}),
}
INNOCENT = {
    Channel.LOGS: '{"time":"2026-11-24T11:34:35Z","message":"listening","port":1,"reasons":{"malformed":2}}',
    Channel.METRICS: 'luca_aws_calls_total{service="sqs",outcome="ok"} 3.0 # {correlation_id="c"} 1',
    Channel.PROBLEMS: '{"type":"urn:luca:problem:not-found","status":404}',
    Channel.QUEUES: '{"events":[{"event_id":"e1"}]}',
    Channel.FILES: "norte/2026-Q4/b1.json",
    Channel.TABLES: "TENANT#norte#STUDENT#s1",
    Channel.STREAM: "TENANT#norte#STUDENT#s1",
    Channel.GOVERNMENT: "POST /v1/submissions {}",
}
GOOD = PersonalDataEvidence(tuple(Writing(channel, "here", text) for channel, text in INNOCENT.items()), PERSONAL)

DRESSES: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "in capitals": str.upper,
    "in JSON": lambda text: json.dumps({"x": text}),
    "in JSON in JSON": lambda text: json.dumps(json.dumps({"x": text})),
    "in a URL": lambda text: f"/v1/students?name={quote(text, safe='')}&x=1",
    "in a form": lambda text: f"name={quote_plus(text)}&x=1",
    "in Base64": lambda text: base64.b64encode(text.encode()).decode(),
    "in Base64 after a letter": lambda text: base64.b64encode(b"a" + text.encode() + b"z").decode(),
    "in Base64 after two": lambda text: base64.b64encode(b"ab" + text.encode() + b"zz").decode(),
    "in Base64 of URLs": lambda text: base64.urlsafe_b64encode(b"??>" + text.encode()).decode(),
}


def planted(channel: Channel, text: str) -> PersonalDataEvidence:
    return replace(GOOD, writings=(*GOOD.writings, Writing(channel, "there", f"before {text} after")))


def test_a_day_without_any_of_it_passes() -> None:
    verdict = judge(GOOD)
    assert verdict.findings == ()
    assert (verdict.texts, verdict.exposed) == (7, 0)
    assert verdict.characters == {channel.value: len(text) for channel, text in INNOCENT.items()}


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("dress", DRESSES)
def test_what_is_planted_is_found(channel: Channel, kind: Kind, dress: str) -> None:
    for text in PERSONAL[kind]:
        verdict = judge(planted(channel, DRESSES[dress](text)))
        (finding, *others) = verdict.findings or (None,)
        if kind is Kind.ID and channel not in {Channel.LOGS, Channel.METRICS, Channel.PROBLEMS}:
            assert finding is None  # there an id is what things are found by
        else:
            assert finding is not None
            assert (finding.fault, finding.where, others) == (Fault.EXPOSED, f"{channel}, there", [])
            assert text not in str(finding)


@pytest.mark.parametrize("text", ["Joaquin Munoz", "JOAQUÍN MUÑOZ", "Joaqui\u0301n Mun\u0303oz"])
def test_a_name_is_found_without_its_accents_and_in_pieces_of_them(text: str) -> None:
    assert judge(planted(Channel.LOGS, text)).exposed == 1


@given(st.integers(0, 200_000), st.sampled_from(sorted(PERSONAL[Kind.ID])))
def test_it_is_found_wherever_it_is_in_a_long_text(at: int, text: str) -> None:
    assert PersonalTexts(PERSONAL).in_("." * at + text + "." * 100) == {Kind.ID}


def test_half_of_it_is_not() -> None:
    assert PersonalTexts(PERSONAL).in_("s0a1b2c3d4 s0a1b2c3d4e5 Joaquín Sáez") == frozenset()


def test_what_is_random_holds_nothing() -> None:
    noise = random.Random(7).randbytes(300_000)
    for text in (noise.decode(errors="replace"), base64.b64encode(noise).decode()):
        assert PersonalTexts(PERSONAL).in_(text) == frozenset()


def test_a_text_that_would_be_found_by_chance_is_not_looked_for() -> None:
    with pytest.raises(ValueError, match="by chance"):
        PersonalTexts({Kind.COMMENT: ["Bien"]})


@pytest.mark.parametrize("member", ["score", "percent", "letter", "comment", "name", "path", "token"])
def test_a_log_line_that_could_hold_a_mark_is_found(member: str) -> None:
    line = json.dumps({"message": "a grade was written", "grades": [{member: 7}]})
    assert [f.fault for f in judge(planted_line(line)).findings] == [Fault.EXPOSED]


def planted_line(line: str) -> PersonalDataEvidence:
    return replace(GOOD, writings=(*GOOD.writings, Writing(Channel.LOGS, "there", f"no JSON\n{line}\n" + '{"cut off')))


@pytest.mark.parametrize("label", ["student", "school_id", "score"])
def test_a_metric_with_a_label_that_nobody_knows_is_found(label: str) -> None:
    text = f'luca_grades_total{{outcome="ok",{label}="x"}} 1.0'
    assert [f.fault for f in judge(planted(Channel.METRICS, text)).findings] == [Fault.EXPOSED]


@pytest.mark.parametrize("channel", Channel)
def test_a_channel_in_which_nothing_is_written_proves_nothing(channel: Channel) -> None:
    others = tuple(writing for writing in GOOD.writings if writing.channel is not channel)
    assert [f.fault for f in judge(replace(GOOD, writings=others)).findings] == [Fault.UNPROVEN]


def test_a_service_whose_metrics_nobody_could_read_proves_nothing() -> None:
    evidence = replace(GOOD, writings=(*GOOD.writings, Writing(Channel.METRICS, "the sync's", "")))
    assert [str(f) for f in judge(evidence).findings] == ["unproven: metrics, the sync's: nothing is written there"]


@pytest.mark.parametrize("kind", Kind)
def test_who_looks_for_nothing_finds_nothing(kind: Kind) -> None:
    verdict = judge(replace(GOOD, personal={**PERSONAL, kind: frozenset()}))
    assert [f.fault for f in verdict.findings] == [Fault.UNPROVEN]


class TestCollecting:
    def test_what_is_somebodys_own_is_that_of_everybody(self) -> None:
        schools = demo_schools(date(2026, 11, 24))
        person = Person("teacher.norte", "norte", "p1", Role.TEACHER, "header.payload-of-it.signature-of-it")
        personal = personal_texts(schools, [person], ["Falta el desarrollo"])
        assert personal[Kind.CREDENTIAL] == {"payload-of-it", "signature-of-it"}
        assert personal[Kind.COMMENT] == {"Falta el desarrollo"}
        for student in (student for plan in schools for student in plan.students):
            assert {student.student_id, *student.guardian_ids} <= personal[Kind.ID]
            assert set(names(student.name)) <= personal[Kind.NAME]
        assert all(len(name) >= 8 for name in personal[Kind.NAME])

    def test_a_name_is_known_by_its_parts(self) -> None:
        assert set(names("Ana Díaz Peña")) == {"Ana Díaz", "Díaz Peña", "Díaz Peña, Ana"}

    def test_of_items_every_text_is_read_and_what_is_binary_as_if_it_were_text(self) -> None:
        item = {"pk": "TENANT#norte", "n": 3, "name": "Zoë".encode(), "in": [{"deep": ("x", {"y"})}], "none": None}
        assert set(texts_of([item, item]).split("\n")) == {
            *("pk", "n", "name", "in", "none", "TENANT#norte", "Zoë", "deep", "x", "y"),
        }

    def test_all_logs_of_a_run_are_read(self, tmp_path: Path) -> None:
        (tmp_path / "edge.log").write_bytes(b"one \xff")
        (tmp_path / "worker.log").write_text("two")
        (tmp_path / "government.jsonl").write_text("not a log")
        assert [(writing.where, writing.text) for writing in logs(tmp_path)] == [
            ("edge.log", "one \ufffd"),
            ("worker.log", "two"),
        ]

    def test_the_syncs_port_is_the_one_that_its_log_told_last(self, tmp_path: Path) -> None:
        log = tmp_path / "gov-sync.log"
        assert latest_address(log) is None
        said = [f'{{"message":"listening","host":"127.0.0.1","port":{port}}}' for port in (1, 2)]
        log.write_text("no JSON\n" + "\n".join(said) + '\n{"message":"listening","host":')  # it is being written
        assert latest_address(log) == "http://127.0.0.1:2"
