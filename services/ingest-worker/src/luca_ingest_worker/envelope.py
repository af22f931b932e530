"""A message's body taken apart into the texts of its events, so that each can be judged by itself."""

import json
from typing import Any, Final, NoReturn

import msgspec

from luca_ingest_worker.refusals import Reason, Refused

MAX_EVENTS: Final = 100


class _Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    events: list[msgspec.Raw]
    school_id: Any = msgspec.UNSET


_decode = msgspec.json.Decoder(_Envelope).decode


def events_of(body: str) -> list[msgspec.Raw]:
    """Return the texts of a message's 1 to 100 events.

    Raises:
        Refused: it is not such a message, or says which school it is from.
    """
    envelope = _parse(body)
    if envelope.school_id is not msgspec.UNSET:
        raise Refused(Reason.WRONG_SCHOOL)
    if not envelope.events:
        raise Refused(Reason.MALFORMED)
    if len(envelope.events) > MAX_EVENTS:
        raise Refused(Reason.TOO_LARGE)
    return envelope.events


def _parse(body: str) -> _Envelope:
    try:
        return _decode(body)
    except msgspec.ValidationError:  # it is JSON, and no envelope
        raise Refused(Reason.MALFORMED) from None
    except msgspec.DecodeError:
        return _parse_with_half_characters(body)
    except RecursionError:
        raise Refused(Reason.MALFORMED) from None


def _parse_with_half_characters(body: str) -> _Envelope:
    """Parse again what msgspec refuses as a whole though only one event is bad.

    JSON's grammar allows half of a surrogate pair in a string. The standard library reads it and writes it as it was,
    an escape; the event in which it stands is then refused by itself.
    """
    try:
        document = json.loads(body, parse_constant=_refuse_constant)
        events = [msgspec.Raw(json.dumps(event)) for event in document.pop("events")]
        return msgspec.convert({**document, "events": events}, _Envelope)
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        raise Refused(Reason.MALFORMED) from None


def _refuse_constant(_: str) -> NoReturn:
    raise ValueError("JSON has neither NaN nor infinity")
