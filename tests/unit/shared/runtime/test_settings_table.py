# `setting` declares a field, as `dataclasses.field` does; it makes no default
from dataclasses import dataclass
from enum import StrEnum

from luca_shared.runtime.settings import Port, Seconds, Secret, Url, setting
from luca_shared.runtime.settings_table import markdown_table, text_table


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, kw_only=True, slots=True)
class Some:
    table: str = setting(doc="the table's name", pattern="a|b")
    deadline: Seconds = setting(5.0, low=0.1, high=60, doc="a request's time")
    port: Port = setting(8080, doc="the port")
    endpoint: Url | None = setting(None, doc="not AWS's")
    key: Secret = setting(Secret("hunter2"), doc="a key")
    side: Side = setting(Side.LEFT, doc="a side")
    tracing: bool = setting(False, doc="whether to trace")
    retries: int = setting(0, doc="how many more times")


def test_the_table_for_documents_has_name_default_allowed_and_meaning() -> None:
    assert markdown_table(Some).splitlines() == [
        "| variable | default | allowed | meaning |",
        "| --- | --- | --- | --- |",
        r"| LUCA_TABLE | required | must match a\|b | the table's name |",
        "| LUCA_DEADLINE | 5 | a number of seconds between 0.1 and 60 | a request's time |",
        "| LUCA_PORT | 8080 | a whole number between 0 and 65535 | the port |",
        "| LUCA_ENDPOINT | none | an address like https://host:port/path, without a password in it | not AWS's |",
        "| LUCA_KEY | secret | a text | a key |",
        "| LUCA_SIDE | left | left or right | a side |",
        "| LUCA_TRACING | false | true or false | whether to trace |",
        "| LUCA_RETRIES | 0 | a whole number | how many more times |",
    ]


def test_the_table_for_a_terminal_names_every_variable_and_no_secret() -> None:
    text = text_table(Some)
    assert "LUCA_DEADLINE (5)\n    a request's time; a number of seconds between 0.1 and 60" in text
    assert text.count("LUCA_") == 8
    assert "hunter2" not in text
