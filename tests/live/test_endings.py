"""An answer that ends too early is a cut connection; one that is no HTTP is said to be none, wherever it goes wrong."""

from __future__ import annotations

import pytest

from tests.live.one_endpoint import look
from tests.support.scripted import Reply, ScriptedServer

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
ENDS_EARLY = {
    "in the status line": b"HTTP/1.1 20",
    "in a header": b"HTTP/1.1 200 OK\r\nContent-Le",
    "in a body of known length": b'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{"data"',
    "in a chunk": CHUNKED + b'5\r\n{"da',
    "between chunks": CHUNKED + b'5\r\n{"dat\r\n',
    "in a chunk's length": CHUNKED + b'5\r\n{"dat\r\n1',
}
NO_HTTP = {
    "another protocol": b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
    "a status that is no number": b"HTTP/1.1 abc OK\r\n\r\n{}",
    "a chunk's length that is no number": CHUNKED + b"zz\r\n{}\r\n",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
    "an endless header": b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000,
}


@pytest.mark.parametrize("raw", ENDS_EARLY.values(), ids=ENDS_EARLY)
def test_an_answer_that_ends_early_was_cut(server: ScriptedServer, raw: bytes) -> None:
    server.routes = {"/models": Reply(raw=raw), "/v1/models": Reply(raw=raw)}
    seen = look(server.url)
    assert (seen.code, "was cut" in seen.detail) == ("UNREACHABLE", True), seen.detail


@pytest.mark.parametrize("raw", NO_HTTP.values(), ids=NO_HTTP)
def test_an_answer_that_is_no_http_is_said_to_be_none(server: ScriptedServer, raw: bytes) -> None:
    server.routes = {"/models": Reply(raw=raw), "/v1/models": Reply(raw=raw)}
    seen = look(server.url)
    assert (seen.code, "not HTTP" in seen.detail) == ("NONSTANDARD_LIST", True), seen.detail
