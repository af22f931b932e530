"""data.yaml, the bucket: grades lie in it as they were sent, so it is closed, encrypted, and forgets."""

from typing import Any

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load

DATA = load(TEMPLATES / "data.yaml").body
IDENTITY = load(TEMPLATES / "identity.yaml").body
BUCKET: dict[str, Any] = DATA["Resources"]["PayloadBucket"]


def statements(policy: str) -> dict[str, dict[str, Any]]:
    found = IDENTITY["Resources"][policy]["Properties"]["PolicyDocument"]["Statement"]
    return {each["Sid"]: each for each in found}


def test_the_bucket_is_the_one_that_the_schools_may_write_to() -> None:
    prefix = DATA["Parameters"]["PayloadBucketPrefix"]["Default"]
    name = BUCKET["Properties"]["BucketName"]["Fn::Sub"].replace("${PayloadBucketPrefix}", prefix)
    assert (
        f"arn:${{AWS::Partition}}:s3:::{name}/"
        in statements("TenantPolicy")["PayloadsOfTheSchool"]["Resource"]["Fn::Sub"]
    )


def test_nothing_in_it_is_ever_public_or_lost_by_a_slip() -> None:
    assert set(BUCKET["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert BUCKET["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}
    assert BUCKET["DeletionPolicy"] == BUCKET["UpdateReplacePolicy"] == "Retain"


def test_it_is_encrypted_with_a_key_of_our_own() -> None:
    [rule] = BUCKET["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": ["PayloadKey", "Arn"]},
    }


def test_it_forgets() -> None:
    [rule] = BUCKET["Properties"]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["ExpirationInDays"] == 400
    assert rule["NoncurrentVersionExpiration"] == {"NoncurrentDays": 30}


def test_requests_without_tls_or_under_another_key_are_denied() -> None:
    policy = DATA["Resources"]["PayloadBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    other_key, (condition, only_tls, otherwise) = policy[0], policy[1]["Fn::If"]
    assert (condition, otherwise) == ("TlsIsRequired", {"Ref": "AWS::NoValue"})
    assert only_tls["Effect"] == other_key["Effect"] == "Deny"
    assert only_tls["Action"] == "s3:*"
    assert only_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    # StringNotEquals is true of a key that the request doesn't name; that one is the bucket's own.
    named = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    assert other_key["Condition"] == {
        "StringNotEquals": {named: {"Fn::GetAtt": ["PayloadKey", "Arn"]}},
        "Null": {named: "false"},
    }


def test_the_syncs_reports_lie_where_no_school_can_be() -> None:
    report = statements("GovSyncPolicy")["WriteReports"]
    assert report["Resource"] == {"Fn::Sub": "${PayloadBucketArn}/_reports/*"}
    assert report["Action"] == ["s3:GetObject", "s3:PutObject"]


def test_the_key_is_used_through_s3_alone() -> None:
    for policy, sid in (("TenantPolicy", "EncryptPayloads"), ("GovSyncPolicy", "EncryptReports")):
        assert statements(policy)[sid]["Condition"] == {
            "StringEquals": {
                "kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"},
                "kms:EncryptionContext:aws:s3:arn": {"Ref": "PayloadBucketArn"},
            }
        }
    use = DATA["Resources"]["PayloadKey"]["Properties"]["KeyPolicy"]["Statement"][1]["Condition"]
    assert use["StringEquals"] == {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}}
    assert [each["Fn::Sub"].rpartition("/")[2] for each in use["ArnEquals"]["aws:PrincipalArn"]] == [
        "${TenantRoleName}",
        "${GovSyncRoleName}",
    ]


def test_the_names_of_the_roles_are_the_same_in_all_templates() -> None:
    messaging = load(TEMPLATES / "messaging.yaml").body
    for name in ("TenantRoleName", "GovSyncRoleName"):
        given = {
            body["Parameters"][name]["Default"] for body in (DATA, IDENTITY, messaging) if name in body["Parameters"]
        }
        assert len(given) == 1
