import json
from collections.abc import Callable
from typing import Any

from luca_local.emulator_process import Emulator

FAULT = "trusted_roles_need_permission"


def test_a_role_that_the_trust_policy_names_needs_no_permission(
    emulator: Emulator, faulty: Emulator, root: Callable[[Emulator], Any], answer: Callable[..., str], name: str
) -> None:
    def assumes(where: Emulator, *, named: bool, permitted: bool = False) -> str:
        admin = root(where)
        action = "sts:AssumeRole" if permitted else "sts:GetCallerIdentity"
        caller = admin.with_role([{"Effect": "Allow", "Action": action, "Resource": "*"}])
        session = caller("sts").get_caller_identity()["Arn"]
        role = session.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/").removesuffix("/session")
        principal = role if named else f"arn:aws:iam::{where.account_id}:root"
        trust = {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
        iam, target = admin("iam"), f"{name}-{named}-{permitted}"
        document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
        arn = iam.create_role(RoleName=target, AssumeRolePolicyDocument=document)["Role"]["Arn"]
        return answer(caller("sts").assume_role, RoleArn=arn, RoleSessionName="session")

    assert assumes(faulty, named=True) == "AccessDenied"
    assert assumes(emulator, named=True) == "ok"
    assert assumes(emulator, named=False) == "AccessDenied"
    assert assumes(emulator, named=False, permitted=True) == "ok"
