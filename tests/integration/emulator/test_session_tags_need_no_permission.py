import json
from collections.abc import Callable
from typing import Any

from luca_local.emulator_process import Emulator

FAULT = "session_tags_need_no_permission"


def test_a_caller_needs_permission_to_tag_a_session(
    emulator: Emulator, faulty: Emulator, root: Callable[[Emulator], Any], answer: Callable[..., str], name: str
) -> None:
    def assumes(where: Emulator, *actions: str, **tags: str) -> str:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        caller = root(where).with_role([statement])
        pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
        arn = f"arn:aws:iam::{where.account_id}:role/{name}"
        return answer(caller("sts").assume_role, RoleArn=arn, RoleSessionName="session", Tags=pairs)

    account = {"AWS": f"arn:aws:iam::{emulator.account_id}:root"}  # leaves it to the caller's own policies
    principal = {"Effect": "Allow", "Principal": account, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    for each in (emulator, faulty):
        root(each)("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": principal}))

    assert assumes(faulty, "sts:AssumeRole", school_id="norte") == "ok"
    assert assumes(emulator, "sts:AssumeRole", school_id="norte") == "AccessDenied"
    assert assumes(emulator, "sts:AssumeRole", "sts:TagSession", school_id="norte") == "ok"
    assert assumes(emulator, "sts:AssumeRole") == "ok"
    assert assumes(emulator, "sts:TagSession", school_id="norte") == "AccessDenied"
