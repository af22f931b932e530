import json
from collections.abc import Callable
from typing import Any

from luca_local.emulator_process import Emulator

FAULT = "objects_keys_are_no_condition"
CONDITION_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"


def test_a_bucket_takes_nothing_under_another_key(
    emulator: Emulator, faulty: Emulator, root: Callable[[Emulator], Any], answer: Callable[..., str], name: str
) -> None:
    def puts(where: Emulator) -> list[str]:
        admin = root(where)
        own, other = (admin("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2))
        admin("s3").create_bucket(Bucket=name)
        refused = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"arn:aws:s3:::{name}/*",
            "Condition": {"StringNotEquals": {CONDITION_KEY: own}, "Null": {CONDITION_KEY: "false"}},
        }
        policy = {"Version": "2012-10-17", "Statement": [refused]}
        admin("s3").put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
        client = admin.with_role([{"Effect": "Allow", "Action": "s3:PutObject", "Resource": "*"}])("s3")
        under: list[dict[str, str]] = [
            {},
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": own},
            {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": other},
        ]
        return [answer(client.put_object, Bucket=name, Key="x", Body=b"", **key) for key in under]

    assert puts(faulty) == ["ok", "ok", "ok"]
    assert puts(emulator) == ["ok", "ok", "AccessDenied"]
