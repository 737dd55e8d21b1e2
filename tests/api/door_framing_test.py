"""Strict at the door: bytes that are no clean HTTP/1.1 request answer 400 (501, 505) and end the connection."""
from __future__ import annotations

import json
import pathlib

import pytest

from support.people import Person
from support.platform import Platform
from support.raw import RawConnection, exchange

LOGIN = json.dumps({"username": "nobody.at.all", "password": "fel men tillrackligt langt"}).encode()
JSON_TYPE = b"Content-Type: application/json\r\n"
HOST = b"Host: localhost\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(LOGIN)


def get(headers: bytes = b"", line: bytes = b"GET /healthz HTTP/1.1") -> bytes:
    return line + b"\r\n" + headers + b"\r\n"


def post(headers: bytes, body: bytes, line: bytes = b"POST /v1/login HTTP/1.1") -> bytes:
    return line + b"\r\n" + HOST + JSON_TYPE + headers + b"\r\n" + body


def chunks(body: bytes = LOGIN, extension: bytes = b"", end: bytes = b"0\r\n\r\n") -> bytes:
    return b"%x" % len(body) + extension + b"\r\n" + body + b"\r\n" + end


FRAMING = {
    "transfer-encoding not chunked": post(b"Transfer-Encoding: gzip\r\n", chunks()),
    "transfer-encoding not finally chunked": post(b"Transfer-Encoding: chunked, gzip\r\n", chunks()),
    "transfer-encoding before chunked": post(b"Transfer-Encoding: gzip, chunked\r\n", chunks()),
    "transfer-encoding twice": post(CHUNKED + CHUNKED, chunks()),
    "chunked twice": post(b"Transfer-Encoding: chunked, chunked\r\n", chunks()),
    "transfer-encoding identity": post(b"Transfer-Encoding: identity\r\n" + LENGTH, LOGIN),
    "transfer-encoding xchunked": post(b"Transfer-Encoding: xchunked\r\n", chunks()),
    "chunked on HTTP/1.0": post(CHUNKED, chunks(), b"POST /v1/login HTTP/1.0"),
    "both lengths": post(CHUNKED + LENGTH, chunks()),
    "two hosts": get(HOST + HOST),
    "two different hosts": get(HOST + b"Host: other\r\n"),
    "no host": get(),
    "folded header": get(HOST + b"X-Folded: a\r\n b\r\n"),
    "folded first header": get(b" Host: localhost\r\n" + HOST),
    "absolute target": get(HOST, b"GET http://localhost/healthz HTTP/1.1"),
    "authority target": get(HOST, b"GET localhost:80 HTTP/1.1"),
    "asterisk target": get(HOST, b"GET * HTTP/1.1"),
    "no target": get(HOST, b"GET HTTP/1.1"),
    "space in target": get(HOST, b"GET /health z HTTP/1.1"),
    "control in target": get(HOST, b"GET /health\x01z HTTP/1.1"),
    "raw bytes in target": get(HOST, b"GET /health\xffz HTTP/1.1"),
    "NUL in target": get(HOST, b"GET /health\0z HTTP/1.1"),
    "two equal lengths": post(LENGTH + LENGTH, LOGIN),
    "two different lengths": post(LENGTH + b"Content-Length: 5\r\n", LOGIN),
    "a list of lengths": post(b"Content-Length: %d, %d\r\n" % (len(LOGIN), len(LOGIN)), LOGIN),
    "signed length": post(b"Content-Length: +%d\r\n" % len(LOGIN), LOGIN),
    "negative length": post(b"Content-Length: -1\r\n", LOGIN),
    "hexadecimal length": post(b"Content-Length: 0x%x\r\n" % len(LOGIN), LOGIN),
    "empty length": post(b"Content-Length:\r\n", LOGIN),
    "length with a tail": post(b"Content-Length: %d x\r\n" % len(LOGIN), LOGIN),
    "length beyond 64 bits": post(b"Content-Length: 99999999999999999999\r\n", LOGIN),
    "space before colon": get(HOST + b"X-Space : a\r\n"),
    "no colon": get(HOST + b"X-No-Colon\r\n"),
    "empty name": get(HOST + b": a\r\n"),
    "NUL in a value": get(HOST + b"X-Nul: a\0b\r\n"),
    "control in a value": get(HOST + b"X-Control: a\x07b\r\n"),
    "bare CR in a value": get(HOST + b"X-Cr: a\rX-Evil: b\r\n"),
    "bare LF line ends": b"GET /healthz HTTP/1.1\nHost: localhost\n\n",
    "one bare LF": get(HOST + b"X-A: a\nX-B: b\r\n"),
    "bad character in a name": get(HOST + b"X(A): a\r\n"),
    "quoted extension over a line end": post(CHUNKED, chunks(extension=b';a="\r\n"')),
    "chunk size with a sign": post(CHUNKED, b"+" + chunks()),
    "chunk size with 0x": post(CHUNKED, b"0x" + chunks()),
    "chunk size beyond 64 bits": post(CHUNKED, b"10000000000000000000" + chunks()),
    "no chunk size": post(CHUNKED, b"\r\n" + chunks()),
    "chunk longer than said": post(CHUNKED, b"3\r\n" + LOGIN + b"\r\n0\r\n\r\n"),
    "chunk ended by LF": post(CHUNKED, b"%x\n" % len(LOGIN) + LOGIN + b"\n0\n\n"),
    "trailer": post(CHUNKED, chunks(end=b"0\r\nX-Trailer: a\r\n\r\n")),
    "trailer after Trailer": post(CHUNKED + b"Trailer: X-Trailer\r\n", chunks(end=b"0\r\nX-Trailer: a\r\n\r\n")),
    "duplicate content type": post(JSON_TYPE + LENGTH, LOGIN),
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 600 + b"\r\n\r\n",
    "HTTP/0.9": b"GET /healthz\r\n\r\n",
}


@pytest.mark.parametrize("name", FRAMING)
def test_a_framing_error_answers_400_and_closes(platform: Platform, name: str) -> None:
    smuggled = get(HOST, b"GET /healthz?smuggled HTTP/1.1")
    answer, ended = exchange(platform.port, FRAMING[name] + smuggled)
    assert answer is not None and answer.status in (400, 501), answer
    assert ended, "bytes after a framing error are never a request"
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/3.0", b"HTTP/9.9", b"HTTP/1.2", b"http/1.1", b"HTTP/1.1x"])
def test_another_version_is_not_spoken(platform: Platform, version: bytes) -> None:
    answer, ended = exchange(platform.port, get(HOST, b"GET /healthz " + version))
    assert answer is not None and answer.status in (400, 505)
    assert ended


@pytest.mark.parametrize("method", [b"BREW", b"CONNECT", b"TRACE", b"get", b"G@T", b"X" * 300])
def test_an_unknown_method_is_refused(platform: Platform, method: bytes) -> None:
    with RawConnection(platform.port) as connection:
        connection.send(get(HOST, method + b" /healthz HTTP/1.1"))
        answer = connection.answer()
    assert answer is not None and answer.status in (400, 405, 501)


def test_clean_requests_are_served(platform: Platform) -> None:
    """The control: what the table above varies is accepted when it is right."""
    for request, status in ((get(HOST), 200), (post(LENGTH, LOGIN), 401), (post(CHUNKED, chunks()), 401)):
        with RawConnection(platform.port) as connection:
            connection.send(request)
            assert connection.answer().status == status  # type: ignore[union-attr]


def test_pipelined_requests_are_answered_in_order(platform: Platform) -> None:
    with RawConnection(platform.port) as connection:
        connection.send(get(HOST) + post(LENGTH, LOGIN) + get(HOST, b"GET /v1/no-such HTTP/1.1") + get(HOST))
        assert [connection.answer().status for _ in range(2)] == [200, 401]  # type: ignore[union-attr]
        assert connection.answer().status in (401, 404)  # type: ignore[union-attr]
        assert connection.answer().status == 200  # type: ignore[union-attr]


def test_I5_a_trailer_is_no_header(platform: Platform, anna: Person) -> None:
    bearer = f"Authorization: Bearer {anna.client.token}\r\n".encode()
    body = b'{"member_ids":[],"title":"x"}'
    request = post(CHUNKED, chunks(body, end=b"0\r\n" + bearer + b"\r\n"), b"POST /v1/conversations HTTP/1.1")
    answer, ended = exchange(platform.port, request)
    assert answer is not None and answer.status == 400 and ended


def test_I5_two_credentials_are_none(platform: Platform, anna: Person, bo: Person) -> None:
    one, two = (f"Authorization: Bearer {who.client.token}\r\n".encode() for who in (anna, bo))
    for pair in (one + two, one + one, one + b"authorization: Basic eDp5\r\n"):
        answer, ended = exchange(platform.port, get(HOST + pair, b"GET /v1/me HTTP/1.1"))
        assert answer is not None and answer.status == 400 and ended


@pytest.mark.parametrize("headers", [b"X-Long: " + b"x" * 100_000 + b"\r\n", b"X-Many: x\r\n" * 5000,
                                     b"x" * 100_000 + b": a\r\n", b"Cookie: " + b"a=b; " * 20_000 + b"\r\n"])
def test_a_header_that_is_too_large_is_refused(platform: Platform, headers: bytes) -> None:
    answer, ended = exchange(platform.port, get(HOST + headers))
    assert answer is None or answer.status in (400, 431)
    assert ended


def test_a_target_that_is_too_long_is_refused(platform: Platform) -> None:
    answer, ended = exchange(platform.port, get(HOST, b"GET /" + b"x" * 100_000 + b" HTTP/1.1"))
    assert answer is None or answer.status in (400, 414, 431)
    assert ended


def test_a_body_that_is_too_large_is_refused_before_it_is_read(platform: Platform) -> None:
    request = post(b"Content-Length: 50000000\r\n", b'{"username":"')
    answer, ended = exchange(platform.port, request)
    assert answer is not None and answer.status == 413 and ended


def resident(platform: Platform) -> int:
    """Bytes of memory that the server holds."""
    [pid] = platform.pids("samtal-server")
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


ENDLESS = {
    "header value": (get(HOST)[:-2] + b"X-Endless: ", b"x" * 65536),
    "header lines": (get(HOST)[:-2], b"X-Endless: x\r\n" * 4096),
    "target": (b"GET /", b"x" * 65536),
    "chunk extension": (post(CHUNKED, b"5;a="), b"x" * 65536),
    "quoted chunk extension": (post(CHUNKED, b'5;a="'), b"x" * 65536),
    "chunk size": (post(CHUNKED, b""), b"0" * 65536),
    "trailer": (post(CHUNKED, chunks(end=b"0\r\nX-Endless: ")), b"x" * 65536),
    "chunked body": (post(CHUNKED, b""), (b"ffff\r\n" + b" " * 65535 + b"\r\n")),
    "small chunks": (post(CHUNKED, b""), b"1\r\n \r\n" * 10_000),
    "empty lines": (b"", b"\r\n" * 32768),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_a_request_never_makes_the_server_grow_by_more_than_24_mb(platform: Platform, name: str) -> None:
    start, more = ENDLESS[name]
    before, most = resident(platform), 0
    with RawConnection(platform.port) as connection:
        connection.send(start)
        for _ in range(48 * 1024 * 1024 // len(more)):
            if not connection.send(more):
                break
            most = max(most, resident(platform) - before)
        else:
            raise AssertionError("the server took 48 MB of one request")
    assert most < 24 * 1024 * 1024
