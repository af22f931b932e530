"""The government's log as its own journal writes it."""

from base64 import b64encode
from pathlib import Path

from luca_local.demo.collecting.government_log import JournalTail, read_journal
from luca_local.demo.evidence.submission import Request, Row
from luca_local.government.journal import Journal


def written(path: Path) -> Path:
    with Journal(path) as journal:
        journal.write(
            "request", number=1, monotonic=5.5, method="POST", target="/v1/submissions", body=b64encode(b"{}").decode()
        )
        journal.write("row", number=1, record_id="r1", version=2, sha256="aa", submission_id="b1")
        journal.write("answer", number=1, met="kept-then-500", status=500)
        journal.write("answer", number=2, met="none", status=None)
        journal.write("violation", number=2, rule="rate", limit=2)
    return path


def test_every_line_is_read(tmp_path: Path) -> None:
    journal = read_journal(written(tmp_path / "journal"))
    assert journal.requests == (Request(1, 5.5, "POST", "/v1/submissions", b"{}"),)
    assert journal.rows == (Row(1, "r1", 2, "aa", "b1"),)
    assert journal.violations == ("rate",)


def test_a_request_that_met_nothing_and_got_no_answer_met_a_black_out(tmp_path: Path) -> None:
    assert read_journal(written(tmp_path / "journal")).met == {1: "kept-then-500", 2: "black-out"}


def test_a_log_that_grows_is_read_on_and_half_a_line_is_left_for_later(tmp_path: Path) -> None:
    path = written(tmp_path / "journal")
    tail = JournalTail(path)
    assert tail.read() == 1
    assert tail.met == {"kept-then-500", "black-out"}
    line = b'{"kind":"row","at":1,"number":3,"record_id":"r2","version":1,"sha256":"bb","submission_id":"b2"}\n'
    with path.open("ab") as log:
        log.write(line[:30])
    assert tail.read() == 1
    assert len(read_journal(path).rows) == 1
    with path.open("ab") as log:
        log.write(line[30:])
    assert tail.read() == 2
    assert len(read_journal(path).rows) == 2
