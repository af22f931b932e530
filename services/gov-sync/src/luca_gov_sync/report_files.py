"""A report as the files that people and programs read: JSON, CSV, HTML."""

import csv
import html
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from luca_gov_sync.report import BatchLine, RefusedLine, Report


@dataclass(frozen=True, slots=True)
class ReportFile:
    """One file."""

    name: str
    content: bytes
    content_type: str


def files_of(report: Report) -> list[ReportFile]:
    """Return all files of a report."""
    return [
        ReportFile("report.json", msgspec.json.format(msgspec.json.encode(report), indent=1), "application/json"),
        ReportFile("batches.csv", _csv(BatchLine.__struct_fields__, report.batches), "text/csv"),
        ReportFile("refused.csv", _csv(RefusedLine.__struct_fields__, report.refused), "text/csv"),
        ReportFile("report.html", _html(report).encode(), "text/html; charset=utf-8"),
    ]


def _csv(columns: Sequence[str], lines: Iterable[msgspec.Struct]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_cell(getattr(line, column)) for column in columns] for line in lines)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """Return a value as a cell that no spreadsheet takes for a formula: the codes are the government's own texts."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _html(report: Report) -> str:
    verdict = "complete" if report.complete else "NOT complete"
    facts = [
        ("State", report.state),
        ("Cutoff", report.cutoff),
        ("Started", report.started_at),
        ("Report made", report.made_at),
    ]
    schools = [(each.school_id, *_counters(each.counters), str(each.missing)) for each in report.schools]
    refused = [(each.school_id, each.record_id, str(each.version), each.code) for each in report.refused]
    unsettled = [
        (each.school_id, each.batch_id, each.state, str(each.records), str(each.attempts), each.government)
        for each in report.batches
        if each.state not in {"Synced", "Split"} or each.government == "differs"
    ]
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Submission of {html.escape(report.period)}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }}
table {{ border-collapse: collapse; margin: 1rem 0 }}
th, td {{ border: 1px solid #767676; padding: .25rem .6rem; text-align: left }}
</style>
</head>
<body>
<h1>Submission of {html.escape(report.period)}: {verdict}</h1>
{_table(("", ""), facts)}
<h2>Schools</h2>
{_table(("School", "Accepted", "Refused", "Superseded", "Waiting", "Dead letters", "Missing"), schools)}
<h2>Batches that are not through</h2>
{_table(("School", "Batch", "State", "Records", "Attempts", "Government"), unsettled)}
<h2>Grades that the government refused</h2>
{_table(("School", "Record", "Version", "Code"), refused)}
</body>
</html>
"""


def _counters(counters: dict[str, int]) -> tuple[str, ...]:
    names = ("accepted", "refused", "superseded", "waiting", "dead")
    return tuple(str(counters.get(f"grades_{name}", 0)) for name in names)


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return "<p>None.</p>"
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in header) if any(header) else ""
    body = "\n".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table>\n<tr>{head}</tr>\n{body}\n</table>" if head else f"<table>\n{body}\n</table>"
