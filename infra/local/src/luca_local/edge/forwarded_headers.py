"""Which headers of a message go on to the next hop, and which the edge sets itself."""

from multidict import CIMultiDict, MultiMapping

from luca_shared.runtime import correlation

CLIENT_CORRELATION_HEADER = "X-Client-Correlation-Id"

# RFC 9110 section 7.6.1: for one connection only. Whatever `Connection` names is, too.
_HOP_BY_HOP = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip
# What a client can't say: the edge knows it better (length and host are those of the request that it makes).
_OURS = frozenset({
    "content-length", "expect", "forwarded", "host", "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto",
    correlation.HEADER.lower(), CLIENT_CORRELATION_HEADER.lower(),
})  # fmt: skip


def to_service(
    incoming: MultiMapping[str], *, peer: str, scheme: str, host: str, correlation_id: str
) -> CIMultiDict[str]:
    """Return the headers of the request that goes on to a service.

    A client's own correlation id never becomes ours: it goes beside it, where it is acceptable. `Authorization` goes
    on as it came; it is the service that believes it or not.

    Args:
        incoming: The client's headers.
        peer: The client's address, the last one in `X-Forwarded-For`: the only one of them that the edge has seen.
        scheme: Of the client's request.
        host: The client's `Host`.
        correlation_id: Ours.
    """
    headers = _end_to_end(incoming, without=_OURS)
    seen = headers.popall("X-Forwarded-For", [])
    headers["X-Forwarded-For"] = ", ".join([*seen, peer])
    headers["X-Forwarded-Host"] = host
    headers["X-Forwarded-Proto"] = scheme
    headers["Via"] = ", ".join([*headers.popall("Via", []), "1.1 luca-edge"])
    headers[correlation.HEADER] = correlation_id
    theirs = incoming.get(correlation.HEADER)
    if theirs is not None and correlation.acceptable(theirs):
        headers[CLIENT_CORRELATION_HEADER] = theirs
    return headers


def to_client(answered: MultiMapping[str]) -> CIMultiDict[str]:
    """Return the headers of a service's answer that go on to the client."""
    return _end_to_end(answered, without=frozenset())


def _end_to_end(headers: MultiMapping[str], *, without: frozenset[str]) -> CIMultiDict[str]:
    named = {option.strip().lower() for line in headers.getall("Connection", []) for option in line.split(",")}
    dropped = _HOP_BY_HOP | named | without
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in dropped)
