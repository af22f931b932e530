"""What the third wall consists of, and how each part is taken away: the ways in which requests get mixed up."""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final

from luca_local.isolation.guards import Guard, Instead, without
from luca_shared.aws import DynamoDB, Item, signing, transport
from luca_shared.aws.credentials import Credentials
from luca_shared.aws.errors import CredentialsRejected
from luca_shared.tenancy import credentials
from luca_shared.tenancy.context import TenantContext
from luca_shared.tenancy.credentials import TenantCredentials
from luca_shared.tenancy.ids import SchoolId
from luca_shared.tenancy.single_flight import SingleFlight
from luca_shared.tenancy.table import Tables, TenantTable

_made, _fly, _of, _hold = TenantCredentials.__init__, SingleFlight.run, Tables.of, TenantCredentials._to_hold  # noqa: SLF001
_sign, _send = signing.Signer.sign, transport.Transport.send
_get_item = DynamoDB.get_item
_Keeping: Final = signing._KeepingKeys  # noqa: SLF001


class _OneForAll(OrderedDict[Any, Any]):
    """A cache by the role alone: whoever asks is given what there is."""

    def get(self, key: Any, default: Any = None) -> Any:  # noqa: ARG002
        return next(iter(self.values()), default)

    def move_to_end(self, key: Any, last: bool = True) -> None:  # noqa: FBT001, FBT002  # OrderedDict's own
        """Keep the order."""


def _with_one_place(of: TenantCredentials, *arguments: Any, **options: Any) -> None:
    _made(of, *arguments, **options)
    of._held = _OneForAll()  # noqa: SLF001


async def _one_flight(flights: SingleFlight[Any, Any], _key: Any, work: Callable[[], Awaitable[Any]]) -> Any:
    return await _fly(flights, "everybody's", work)


def _the_first_school() -> Callable[..., Any]:
    first: list[Any] = []

    def parse(_kind: Any, text: str) -> SchoolId:
        first.append(text)
        return SchoolId(first[0])

    return parse


def _for_ever(of: TenantCredentials, given: Credentials) -> Any:
    held = _hold(of, given)
    held.refresh_at = held.unusable_at = float("inf")
    return held


async def _signed_with_the_newest(
    of: TenantCredentials, context: TenantContext, call: Callable[[Credentials], Awaitable[Any]]
) -> Any:
    """After a rejection, take what was renewed last, whoever's it is."""
    given = await of.get(context)
    try:
        return await call(given)
    except CredentialsRejected:
        of.drop(context, given)
        await of.get(context)
        await asyncio.sleep(0.002)  # as long as it takes to look up anything else
        return await call(next(reversed(of._held.values())).credentials)  # noqa: SLF001


def _one_table() -> Callable[[Tables, TenantContext], TenantTable]:
    """A table that is made once for all: the context of whoever came first."""
    made: dict[int, TenantTable] = {}

    def of(tables: Tables, context: TenantContext) -> TenantTable:
        table = _of(tables, context)
        first = made.setdefault(id(tables), table)
        table._credentials, first_context = first._credentials, first.context  # noqa: SLF001
        table.signed = lambda call: _signed_as(table, first_context, call)  # type: ignore[method-assign]
        return table

    return of


async def _signed_as(table: TenantTable, context: TenantContext, call: Callable[..., Awaitable[Any]]) -> Any:
    return await table._credentials.signed(  # noqa: SLF001
        context, lambda given: call(credentials=given, correlation_id=None)
    )


async def _sent_with_the_clients_own(of: transport.Transport, *arguments: Any) -> Any:
    """Keep the credentials in the client while something else is waited for: the classic race."""
    service, operation, body, given, *rest = arguments
    of.current = given  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    return await _send(of, service, operation, body, of.current, *rest)  # type: ignore[attr-defined]


def _items_by_name() -> Callable[..., Awaitable[Any]]:
    """Remember what was read, by what it is called in its partition, whosever that is."""
    read: dict[str, Any] = {}

    async def get_item(of: DynamoDB, table: str, key: Item, **options: Any) -> Any:
        name = f"{id(of)} {table} {key['sk']}"
        if name not in read:
            read[name] = await _get_item(of, table, key, **options)
        return read[name]

    return get_item


def _keys_by_day() -> Callable[..., str]:
    keys: dict[str, bytes] = {}

    def signature(auth: Any, string_to_sign: str, request: Any) -> str:
        secret, service, region = auth._key  # noqa: SLF001
        day = request.context["timestamp"][:8]
        key = keys.setdefault(f"{day} {service}", signing.derive_key(secret, day, region, service))
        return hmac.digest(key, string_to_sign.encode(), "sha256").hex()

    return signature


def _first_session_token() -> Callable[..., None]:
    first: list[str | None] = []

    def sign(signer: Any, headers: dict[str, str], body: bytes, given: Credentials, now: float) -> None:
        first.append(given.session_token)
        stale = Credentials(given.access_key_id, given.secret_access_key, first[0], given.expires_at)
        _sign(signer, headers, body, stale, now)

    return sign


GUARDS: Final[tuple[Guard, ...]] = (
    without(
        "a place for each school in the cache",
        Instead(TenantCredentials, "__init__", _with_one_place),
        kinds={"interleaved"},
    ),
    without("a flight for each school", Instead(SingleFlight, "run", _one_flight), kinds={"interleaved"}),
    without(
        "the context's school in the tag", Instead(credentials, "parse_id", _the_first_school()), kinds={"interleaved"}
    ),
    without(
        "an end to the use of what expires", Instead(TenantCredentials, "_to_hold", _for_ever), kinds={"refresh storms"}
    ),
    without(
        "the school's own renewed after a rejection",
        Instead(TenantCredentials, "signed", _signed_with_the_newest),
        kinds={"rejections"},
    ),
    without("the context's school where it is signed", Instead(Tables, "of", _one_table()), kinds={"interleaved"}),
    without(
        "credentials that come with each call",
        Instead(transport.Transport, "send", _sent_with_the_clients_own),
        kinds={"interleaved"},
    ),
    without("a signing key for each secret", Instead(_Keeping, "signature", _keys_by_day()), kinds={"interleaved"}),
    without(
        "what was read, for who has read it", Instead(DynamoDB, "get_item", _items_by_name()), kinds={"interleaved"}
    ),
    without("the session's own token", Instead(signing.Signer, "sign", _first_session_token()), kinds={"interleaved"}),
)
