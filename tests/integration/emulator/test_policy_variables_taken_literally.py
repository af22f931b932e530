from collections.abc import Callable, Mapping
from typing import Any

import pytest

from luca_local.emulator_process import Emulator

FAULT = "policy_variables_taken_literally"
SCHOOL = "${aws:PrincipalTag/school_id}"


@pytest.fixture(name="read")
def reading(root: Callable[[Emulator], Any], answer: Callable[..., str], name: str) -> Callable[..., str]:
    """Reads an object in a session of a role whose policy allows these resources."""

    def read(
        emulator: Emulator,
        key: str,
        resource: str,
        tags: Mapping[str, str] | None = None,
        version: str | None = "2012-10-17",
        **statement: Any,
    ) -> str:
        admin = root(emulator)
        admin("s3").create_bucket(Bucket=name)
        admin("s3").put_object(Bucket=name, Key=key, Body=b"")
        allowed = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{name}/{resource}"}
        session = admin.with_role([allowed | statement], tags=tags, version=version)
        return answer(session("s3").get_object, Bucket=name, Key=key)

    return read


def test_a_tag_stands_in_a_resource(emulator: Emulator, faulty: Emulator, read: Callable[..., str]) -> None:
    norte = {"school_id": "norte"}
    assert read(faulty, "norte/a", f"{SCHOOL}/*", norte) == "AccessDenied"
    assert read(emulator, "norte/a", f"{SCHOOL}/*", norte) == "ok"
    assert read(emulator, "norte-2/a", f"{SCHOOL}/*", norte) == "AccessDenied"


def test_a_tag_stands_in_a_condition(emulator: Emulator, faulty: Emulator, read: Callable[..., str]) -> None:
    norte = {"school_id": "norte", "same": "norte"}
    same = {"Condition": {"StringEquals": {"aws:PrincipalTag/same": SCHOOL}}}
    assert read(faulty, "a", "*", norte, **same) == "AccessDenied"
    assert read(emulator, "a", "*", norte, **same) == "ok"
    assert read(emulator, "a", "*", norte | {"same": "sur"}, **same) == "AccessDenied"


def test_without_the_tag_nothing_matches(emulator: Emulator, read: Callable[..., str]) -> None:
    assert read(emulator, "norte/a", f"{SCHOOL}/*") == "AccessDenied"
    assert read(emulator, "/a", f"{SCHOOL}/*") == "AccessDenied"


def test_a_default_stands_in_for_the_tag(emulator: Emulator, read: Callable[..., str]) -> None:
    assert read(emulator, "none/a", "${aws:PrincipalTag/school_id, 'none'}/*") == "ok"


def test_a_wildcard_in_braces_is_a_character(emulator: Emulator, read: Callable[..., str]) -> None:
    assert read(emulator, "a*", "a${*}") == "ok"
    assert read(emulator, "ab", "a${*}") == "AccessDenied"


@pytest.mark.parametrize("version", ["2008-10-17", None])
def test_an_older_version_has_no_variables(emulator: Emulator, read: Callable[..., str], version: str | None) -> None:
    norte = {"school_id": "norte"}
    assert read(emulator, "norte/a", f"{SCHOOL}/*", norte, version) == "AccessDenied"
    assert read(emulator, "norte/a", "norte/*", norte, version) == "ok"
