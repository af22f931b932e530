from multidict import CIMultiDict

from luca_local.edge import forwarded_headers


def to_service(*incoming: tuple[str, str]) -> CIMultiDict[str]:
    return forwarded_headers.to_service(
        CIMultiDict(incoming), peer="127.0.0.9", scheme="http", host="edge.test", correlation_id="ours"
    )


def test_what_is_for_one_connection_goes_no_further() -> None:
    headers = to_service(
        ("Connection", "close, X-One"), ("Connection", "x-two"), ("X-One", "1"), ("X-Two", "2"), ("X-Three", "3"),
        ("Keep-Alive", "timeout=5"), ("TE", "trailers"), ("Trailer", "X"), ("Transfer-Encoding", "chunked"),
        ("Upgrade", "websocket"), ("Proxy-Authorization", "Basic x"), ("Proxy-Connection", "keep-alive"),
        ("Expect", "100-continue"), ("Content-Length", "3"), ("Host", "edge.test"),
    )  # fmt: skip
    ours = {"x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-correlation-id", "via"}
    assert {name.lower() for name in headers} == {"x-three"} | ours


def test_what_is_for_the_service_goes_on_as_it_came() -> None:
    for name, value in (("Authorization", "Bearer x"), ("If-Match", '"3"'), ("Content-Encoding", "gzip")):
        assert to_service((name, value)).getall(name) == [value]
    assert to_service(("Accept", "a"), ("Accept", "b")).getall("Accept") == ["a", "b"]


def test_a_clients_correlation_id_goes_beside_ours() -> None:
    headers = to_service(("X-Correlation-Id", "theirs"), ("X-Client-Correlation-Id", "made up"))
    assert headers.getall("X-Correlation-Id") == ["ours"]
    assert headers.getall("X-Client-Correlation-Id") == ["theirs"]


def test_an_unacceptable_correlation_id_goes_nowhere() -> None:
    headers = to_service(("X-Correlation-Id", "a b"), ("X-Client-Correlation-Id", "made up"))
    assert headers.getall("X-Correlation-Id") == ["ours"]
    assert "X-Client-Correlation-Id" not in headers


def test_no_header_of_the_edges_own_can_be_struck_out_or_made_up() -> None:
    headers = to_service(
        ("Connection", "X-Correlation-Id, X-Forwarded-For"), ("X-Forwarded-For", "10.0.0.1"),
        ("X-Forwarded-Host", "evil.test"), ("X-Forwarded-Proto", "https"), ("Forwarded", "host=evil.test"),
    )  # fmt: skip
    assert headers["X-Correlation-Id"] == "ours"
    assert headers.getall("X-Forwarded-Host") == ["edge.test"]
    assert headers.getall("X-Forwarded-Proto") == ["http"]
    assert "Forwarded" not in headers


def test_the_address_that_the_edge_has_seen_comes_last() -> None:
    assert to_service()["X-Forwarded-For"] == "127.0.0.9"
    chain = to_service(("X-Forwarded-For", "10.0.0.1"), ("X-Forwarded-For", "10.0.0.2"))
    assert chain.getall("X-Forwarded-For") == ["10.0.0.1, 10.0.0.2, 127.0.0.9"]


def test_an_answer_keeps_everything_but_what_is_for_its_connection() -> None:
    answered = CIMultiDict([
        ("ETag", '"3"'), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("Cache-Control", "private, no-store"),
        ("Connection", "keep-alive"), ("Keep-Alive", "timeout=5"), ("Transfer-Encoding", "chunked"),
    ])  # fmt: skip
    assert list(forwarded_headers.to_client(answered).items()) == list(answered.items())[:4]
