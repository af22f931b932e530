"""A request that leaves a service, and the kind that it is of: by what it asks whom, never by an id or a time.

Kinds are what makes one run comparable with the next: the third `PutItem BATCH Synced` of a run is the same moment in
every run, whichever batch it happens to be about.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

AWS: Final = "aws"
CREDENTIALS: Final = "credentials"
GOVERNMENT: Final = "government"

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request as its sender signed it.

    Attributes:
        door: Whom it is for: AWS, CREDENTIALS or GOVERNMENT.
        life: The number of the process that sent it.
        target: Path and query, as they stand in the request line.
        headers: All of them, Host included: the signature covers it.
    """

    door: str
    life: int
    method: str
    target: str
    headers: Headers = field(repr=False)
    body: bytes = field(repr=False)

    def header(self, name: str) -> str:
        """Return a header's value, empty when there is none."""
        return next((value for each, value in self.headers if each.lower() == name), "")

    def json(self) -> Any:
        """Return the body, parsed."""
        return msgspec.json.decode(self.body)


def kind_of(request: Outgoing) -> str:
    """Return what kind of request it is: service, operation, and what is generic about its subject."""
    if request.door != AWS:
        return f"{request.door} {request.method} {_anonymous(request.target)}"
    if target := request.header("x-amz-target"):
        prefix, _, operation = target.partition(".")
        service, subject = _JSON_SERVICES.get(prefix, (prefix.lower(), _no_subject))
        return " ".join(filter(None, (service, operation, subject(request.json()))))
    if request.header("content-type").startswith("application/x-www-form-urlencoded"):
        action = parse_qs(request.body.decode())["Action"][0]
        return f"{_signed_for(request)} {action}"
    return f"{_signed_for(request)} {request.method} {_of_object(request.target)}"


def _signed_for(request: Outgoing) -> str:
    """The service in the signature's scope: `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, ...`."""
    scope = request.header("authorization").partition("Credential=")[2].partition(",")[0].split("/")
    return scope[3] if len(scope) == 5 else "unsigned"


def _anonymous(target: str) -> str:
    """A path without what differs from run to run: of a segment with a digit, only the file's extension is left."""
    return "/".join(_segment(each) for each in urlsplit(target).path.split("/"))


def _of_object(target: str) -> str:
    """Of an object's key, its last name, and the folders that are no school's: these begin with an underscore."""
    _, _, *folders, name = urlsplit(target).path.split("/")
    return "/".join([*(each for each in folders if each.startswith("_")), _segment(name)])


def _segment(segment: str) -> str:
    if not any(character.isdigit() for character in segment) or segment in _VERSIONS:
        return segment
    _, dot, extension = segment.rpartition(".")
    return "*" + dot + extension if dot else "*"


_VERSIONS: Final = frozenset({"v1"})


def _no_subject(_: Mapping[str, Any]) -> str:
    return ""


def _of_dynamodb(body: Mapping[str, Any]) -> str:
    """Which sort of item it is about, and in what state it puts it: `BATCH Synced`, `SCHOOL`."""
    match body:
        case {"Item": item} | {"Key": item}:
            subject = _item(item)
        case {"TransactItems": writes}:
            subject = " + ".join(_item(next(iter(each.values())).get("Item", {})) for each in writes)
        case {"Statements": statements}:
            subject = str(statements[0]["Statement"]).split(maxsplit=1)[0]
        case {"RequestItems": tables}:
            subject = _item(next(iter(tables.values()))["Keys"][0])
        case {"IndexName": index}:
            subject = str(index)
        case {"ExpressionAttributeValues": values}:
            # The value that the sort key is compared with, if any, has its entity before the first separator.
            texts = [str(value["S"]) for value in values.values() if "S" in value]
            subject = " ".join(sorted({text.partition("#")[0] for text in texts if not text.startswith("TENANT#")}))
        case _:
            subject = ""
    return subject


def _item(attributes: Mapping[str, Mapping[str, str]]) -> str:
    words = (attributes.get("sk", {}).get("S", "").partition("#")[0], attributes.get("state", {}).get("S", ""))
    return " ".join(filter(None, words))


def _of_sqs(body: Mapping[str, Any]) -> str:
    return str(body.get("QueueUrl", "")).rpartition("/")[2]


_JSON_SERVICES: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], str]]]] = {
    "DynamoDB_20120810": ("dynamodb", _of_dynamodb),
    "AmazonSQS": ("sqs", _of_sqs),
    "TrentService": ("kms", _no_subject),
}
