"""The intruder: what is tried is as much as there is, and what changed meanwhile is seen."""

import base64
import json
from collections import Counter
from datetime import date
from typing import Any

from luca_local.demo.intruder import table, tokens
from luca_local.demo.intruder.play import changed, traces
from luca_local.demo.intruder.requests_to_items import at_item
from luca_local.seed.demo_schools import demo_schools

SCHOOLS = demo_schools(date(2026, 11, 24))


def item(pk: str, sk: str, **attributes: Any) -> dict[str, Any]:
    return {"pk": pk, "sk": sk, **attributes}


def test_of_each_kind_of_item_that_a_school_has_one_is_taken() -> None:
    found = table.samples(
        {
            "luca": [
                item("TENANT#norte#STUDENT#s1", "GRADE#t#c#a"),
                item("TENANT#norte#STUDENT#s2", "GRADE#t#c#a"),
                item("TENANT#norte#STUDENT#s1", "GRADEV#t#c#a#00000001"),
                item("TENANT#norte#DIRECTORY", "CLASS#t#c"),
                item("TENANT#norte-2#STUDENT#s3", "PROFILE"),
                item("PLATFORM#SCHOOLS", "SCHOOL#norte"),
            ],
            "luca-keys": [item("TENANT#norte#KEYS", "SCHOOL")],
        }
    )
    assert Counter({school_id: len(items) for school_id, items in found.items()}) == {"norte": 4, "norte-2": 1, "": 1}
    assert [name for name, _ in table.one_of_each_table(found["norte"])] == ["luca-keys", "luca"]


def test_an_item_of_an_index_is_reached_through_the_index_too() -> None:
    plain = list(table.reaches([("luca", item("TENANT#norte#CLASS#c", "INFO"))]))
    indexed = item("TENANT#norte#STUDENT#s", "GRADE#t#c#a", by_class_pk="TENANT#norte#CLASS#c", by_class_sk="x")
    through = [reach for reach in table.reaches([("luca", indexed)]) if "by_class" in reach.what]
    assert len(list(table.reaches([("luca", indexed)]))) == len(plain) + len(through)
    assert {reach.operation for reach in through} == {"Query", "ExecuteStatement"}


def test_no_write_could_change_anything_even_if_it_were_let_through() -> None:
    for reach in at_item("luca", item("TENANT#norte#CLASS#c", "INFO", name="7a")):
        text = json.dumps(reach.request)
        if reach.operation in {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}:
            assert "attribute_exists(#never)" in text
        if "UPDATE" in text or "DELETE" in text:
            assert "there_is_no_such_attribute = 2" in text


def test_every_change_is_seen() -> None:
    before = {"luca": [item("a", "1"), item("b", "1", score=1)]}
    assert changed(before, {"luca": [item("b", "1", score=1), item("a", "1")]}) == ()
    assert changed(before, {"luca": [item("a", "1")]}) == ("luca b 1",)
    assert changed(before, {"luca": [item("a", "1"), item("b", "1", score=2)]}) == ("luca b 1",)
    assert changed(before, {"luca": [*before["luca"], item("c", "1")]}) == ("luca c 1",)


def test_what_tells_a_school_is_in_no_other_one() -> None:
    found = [traces(plan) for plan in SCHOOLS]
    assert all(found)
    assert len(frozenset.union(*found)) == sum(map(len, found))


def test_no_forged_token_is_the_one_it_was_made_of_and_all_say_the_other_school() -> None:
    claims = {"custom:school_id": "norte", "sub": "x"}
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"kid": "k"}, claims)
    ]
    token = ".".join([*parts, "c2lnbmF0dXJl"])
    forged = dict(tokens._forgeries(token, "norte-2", b'{"keys": [{"kid": "k"}]}'))
    assert len(set(forged.values())) == len(forged) >= 7
    for each in forged.values():
        _, said, _ = each.split(".")
        assert tokens._parsed(said)["custom:school_id"] == "norte-2"
