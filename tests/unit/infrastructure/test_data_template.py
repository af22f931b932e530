"""data.yaml: the tables are what tenant isolation, erasure and recovery rest on."""

from typing import Any

import pytest

from luca_local.deployment import TEMPLATES
from luca_local.template_language import load
from luca_shared.tenancy.key_types import Index

BODY = load(TEMPLATES / "data.yaml").body
TABLES: dict[str, dict[str, Any]] = {
    name: resource for name, resource in BODY["Resources"].items() if resource["Type"] == "AWS::DynamoDB::Table"
}


def properties(table: str) -> dict[str, Any]:
    return dict(TABLES[table]["Properties"])


def keys(schema: list[dict[str, str]]) -> dict[str, str]:
    return {each["KeyType"]: each["AttributeName"] for each in schema}


def indexes(table: str) -> dict[str, dict[str, Any]]:
    return {index["IndexName"]: index for index in properties(table).get("GlobalSecondaryIndexes", [])}


def test_the_three_tables_have_the_names_that_the_services_expect() -> None:
    defaults = {name: BODY["Parameters"][name]["Default"] for name in BODY["Parameters"] if name.endswith("TableName")}
    assert defaults == {"TableName": "luca", "KeysTableName": "luca-keys", "GovSyncTableName": "luca-gov-sync"}
    assert TABLES.keys() == {"Table", "KeysTable", "GovSyncTable"}


@pytest.mark.parametrize("table", TABLES)
def test_no_table_can_be_lost_by_a_slip(table: str) -> None:
    assert properties(table)["DeletionProtectionEnabled"] is True
    assert TABLES[table]["DeletionPolicy"] == "Retain"
    assert TABLES[table]["UpdateReplacePolicy"] == "Retain"
    assert properties(table)["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True


@pytest.mark.parametrize("table", TABLES)
def test_every_table_is_on_demand_encrypted_and_keyed_by_pk_and_sk(table: str) -> None:
    assert properties(table)["BillingMode"] == "PAY_PER_REQUEST"
    assert properties(table)["SSESpecification"] == {"SSEEnabled": True}
    assert keys(properties(table)["KeySchema"]) == {"HASH": "pk", "RANGE": "sk"}


@pytest.mark.parametrize("table", TABLES)
def test_an_index_is_keyed_by_attributes_of_its_own_name(table: str) -> None:
    # The key builders write them under these names; a sparse index is one whose attributes can be left out, which
    # pk and sk can't.
    for name, index in indexes(table).items():
        assert keys(index["KeySchema"]) == {"HASH": f"{name}_pk", "RANGE": f"{name}_sk"}


@pytest.mark.parametrize("table", TABLES)
def test_only_key_attributes_are_declared(table: str) -> None:
    declared = {each["AttributeName"] for each in properties(table)["AttributeDefinitions"]}
    used = {"pk", "sk"} | {f"{name}_{end}" for name in indexes(table) for end in ("pk", "sk")}
    assert declared == used
    assert all(each["AttributeType"] == "S" for each in properties(table)["AttributeDefinitions"])


def test_the_indexes_of_the_schools_table_are_those_that_the_key_builders_know() -> None:
    assert indexes("Table").keys() == {index.value for index in Index}


@pytest.mark.parametrize(
    ("table", "index", "projection"),
    [("Table", "by_class", "ALL"), ("Table", "pending", "KEYS_ONLY"), ("GovSyncTable", "open", "KEYS_ONLY")],
)
def test_an_index_holds_no_more_than_it_is_for(table: str, index: str, projection: str) -> None:
    assert indexes(table)[index]["Projection"] == {"ProjectionType": projection}


def test_the_lake_gets_both_images_of_a_change() -> None:
    assert properties("Table")["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}


def test_only_the_schools_table_expires_items() -> None:
    assert properties("Table")["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert "TimeToLiveSpecification" not in properties("KeysTable")
    assert "TimeToLiveSpecification" not in properties("GovSyncTable")


def test_a_destroyed_key_is_gone_within_a_day() -> None:
    table = properties("KeysTable")
    assert "StreamSpecification" not in table
    assert "GlobalSecondaryIndexes" not in table
    assert table["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] == 1


@pytest.mark.parametrize("table", ["Table", "GovSyncTable"])
def test_the_others_recover_to_any_second_of_five_weeks(table: str) -> None:
    assert properties(table)["PointInTimeRecoverySpecification"]["RecoveryPeriodInDays"] == 35
