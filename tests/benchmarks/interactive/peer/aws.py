"""AWS by aiobotocore: one client of each service for all schools, every call signed with its school's own credentials.

The usual way is a client for each school's session. A thousand of them hold more than a gigabyte, so this is kinder:
botocore's signer takes `request_credentials` from a request's context, and a handler puts them there.
"""

from contextlib import AsyncExitStack
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Self

from aiobotocore.config import AioConfig
from aiobotocore.credentials import AioCredentials
from aiobotocore.session import get_session
from peer.attributes import from_wire, to_wire
from peer.cache import TimedCache
from peer.settings import Settings

_credentials: ContextVar[AioCredentials] = ContextVar("credentials")

_REFRESH_BEFORE_S = 300


class Aws:
    """The clients; an async context manager that owns their connections."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._open = AsyncExitStack()
        self._sessions: TimedCache[str, AioCredentials] = TimedCache(3600, capacity=2_000)

    async def __aenter__(self) -> Self:
        session = get_session()
        config = AioConfig(
            connect_timeout=1,
            read_timeout=2,
            retries={"mode": "standard", "total_max_attempts": 5},
            max_pool_connections=256,
            parameter_validation=False,
            user_agent="peer/1",
        )
        places = {"region_name": self._settings.region, "endpoint_url": self._settings.endpoint_url, "config": config}
        self._sts = await self._open.enter_async_context(session.create_client("sts", **places))
        self._dynamodb = await self._open.enter_async_context(session.create_client("dynamodb", **places))
        self._kms = await self._open.enter_async_context(session.create_client("kms", **places))
        for client in (self._dynamodb, self._kms):
            client.meta.events.register("before-sign", _sign_as_school)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def act_as(self, school_id: str) -> None:
        """Sign what this request calls from here on with a school's credentials."""
        credentials = self._sessions.get(school_id)
        if credentials is None:
            credentials = await self._sessions.get_or_read(school_id, lambda: self._assume(school_id))
        _credentials.set(credentials)

    async def get(self, table: str, pk: str, sk: str, *, consistent: bool = False) -> dict[str, Any] | None:
        """Return an item, None when there is none."""
        answer = await self._dynamodb.get_item(
            TableName=table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=consistent
        )
        item = answer.get("Item")
        return None if item is None else from_wire(item)

    async def get_many(self, table: str, keys: list[tuple[str, str]]) -> list[dict[str, Any]]:
        """Return those of up to 100 items that exist."""
        if not keys:
            return []
        wanted = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in keys]
        answer = await self._dynamodb.batch_get_item(RequestItems={table: {"Keys": wanted}})
        return [from_wire(item) for item in answer["Responses"].get(table, ())]

    async def query(
        self, pk: str, prefix: str | None = None, *, index: str | None = None, consistent: bool = False
    ) -> list[dict[str, Any]]:
        """Return the items of a partition whose sort keys begin with a prefix."""
        by = f"{index}_" if index else ""
        arguments: dict[str, Any] = {
            "TableName": self._settings.table,
            "KeyConditionExpression": "#pk = :pk",
            "ExpressionAttributeNames": {"#pk": f"{by}pk"},
            "ExpressionAttributeValues": {":pk": {"S": pk}},
        }
        if prefix is not None:
            arguments["KeyConditionExpression"] += " AND begins_with(#sk, :prefix)"
            arguments["ExpressionAttributeNames"]["#sk"] = f"{by}sk"
            arguments["ExpressionAttributeValues"][":prefix"] = {"S": prefix}
        if index:
            arguments["IndexName"] = index
        if consistent:
            arguments["ConsistentRead"] = True
        items: list[dict[str, Any]] = []
        while True:
            answer = await self._dynamodb.query(**arguments)
            items += [from_wire(item) for item in answer["Items"]]
            if "LastEvaluatedKey" not in answer:
                return items
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    async def put_both(
        self, item: dict[str, Any], version_item: dict[str, Any], *, replaced: int | None, token: str
    ) -> None:
        """Write a grade in place of the version named (of none: None) and its new version, or neither.

        Raises:
            TransactionCanceledException: something else stands there; the answer holds it.
        """
        of_grade: dict[str, Any] = {
            "TableName": self._settings.table,
            "Item": to_wire(item),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if replaced is None:
            of_grade["ConditionExpression"] = "attribute_not_exists(pk)"
        else:
            of_grade["ConditionExpression"] = "#version = :was"
            of_grade["ExpressionAttributeNames"] = {"#version": "version"}
            of_grade["ExpressionAttributeValues"] = {":was": {"N": str(replaced)}}
        of_version = {
            "TableName": self._settings.table,
            "Item": to_wire(version_item),
            "ConditionExpression": "attribute_not_exists(pk)",
        }
        await self._dynamodb.transact_write_items(
            TransactItems=[{"Put": of_grade}, {"Put": of_version}], ClientRequestToken=token
        )

    @property
    def canceled(self) -> type[Exception]:
        """What a transaction raises that met something else than it demands."""
        return self._dynamodb.exceptions.TransactionCanceledException

    async def put(self, table: str, item: dict[str, Any]) -> None:
        """Write an item unless there is one."""
        await self._dynamodb.put_item(
            TableName=table, Item=to_wire(item), ConditionExpression="attribute_not_exists(pk)"
        )

    async def decrypt(self, wrapped: bytes, school_id: str) -> bytes:
        """Return what KMS has wrapped for a school."""
        answer = await self._kms.decrypt(
            CiphertextBlob=wrapped, KeyId=self._settings.kms_key_id, EncryptionContext={"school_id": school_id}
        )
        return answer["Plaintext"]

    async def _assume(self, school_id: str) -> AioCredentials:
        answer = await self._sts.assume_role(
            RoleArn=self._settings.role_arn,
            RoleSessionName=f"peer-{school_id}"[:64],
            Tags=[{"Key": "school_id", "Value": school_id}],
            DurationSeconds=3600,
        )
        given = answer["Credentials"]
        credentials = AioCredentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        lasts = (given["Expiration"] - datetime.now(UTC)).total_seconds()
        self._sessions.put(school_id, credentials, max(lasts - _REFRESH_BEFORE_S, lasts / 2))
        return credentials


async def _sign_as_school(request: Any, **_: Any) -> None:
    request.context.setdefault("signing", {})["request_credentials"] = _credentials.get()
