"""Bodies: one layer of compression at most, bounds that count while it is undone, no cookies; for every exchange."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.live.chat import chat
from reconciler.live.fault import Fault
from reconciler.live.http import body
from reconciler.live.http.store_exchange import exchange
from reconciler.live.observe import observe
from reconciler.live.target import Target
from reconciler.state.stores.http_exchange import NoAnswer, Request
from tests.live import one_endpoint
from tests.support.scripted import Reply, ScriptedServer

LIST = b'{"data": [{"id": "a"}]}'
SAID = b'{"choices": [{"message": {"content": "hi"}}]}'


def deflated(data: bytes, wbits: int) -> bytes:
    making = zlib.compressobj(9, wbits=wbits)
    return making.compress(data) + making.flush()


ONE_LAYER = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "GZip": gzip.compress,
    "deflate": lambda data: deflated(data, zlib.MAX_WBITS),
    "deflate, identity": lambda data: deflated(data, -zlib.MAX_WBITS),
    "identity": lambda data: data,
    "": lambda data: data,
}
REFUSED = ["gzip, gzip", "gzip,identity,deflate", "br", "zstd", "compress", "gzip;q=1", "x", "deflate, gzip, gzip"]


def shown(encoding: str) -> str:
    """An encoding in words: what nobody knows may be anything, a key too."""
    named = (each.strip() for each in encoding.split(",") if each.strip() != "identity")
    return ", ".join(each if each.isalpha() and len(each) > 1 else "?" for each in named)


def target(server: ScriptedServer) -> Target:
    return one_endpoint.target(server.url, key=None)


def look(server: ScriptedServer) -> Any:
    return one_endpoint.ask(target(server))


@dataclass
class Kept:
    data: bytearray = field(default_factory=bytearray)
    largest: int = 0

    async def take(self, data: bytes, /) -> bool:
        self.data += data
        self.largest = max(self.largest, len(data))
        return True


def read(pieces: list[bytes], encoding: str, largest: int = 10_000_000) -> Kept:
    async def raw() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    kept = Kept()
    asyncio.run(body.read(raw(), encoding, largest, kept))
    return kept


@pytest.mark.parametrize("encoding", sorted(ONE_LAYER))
def test_one_layer_is_undone_everywhere(server, encoding: str) -> None:
    built, headers = ONE_LAYER[encoding], {"Content-Encoding": encoding}
    server.routes["/models"] = Reply(body=built(LIST), headers=headers)
    server.routes["/chat/completions"] = Reply(body=built(SAID), headers=headers)
    server.routes["/state"] = Reply(body=built(b"state"), headers=headers)
    server.routes["/v1/models"] = Reply(body=built(LIST), headers=headers)
    assert look(server).status == "listed"
    assert chat(target(server), "m", "hello", reach="").text == "hi"
    assert exchange(Request(method="GET", url=f"{server.url}/state", headers={}, seconds=5.0)).body == b"state"


@pytest.mark.parametrize("encoding", REFUSED)
def test_every_other_encoding_is_refused_in_words(server, encoding: str) -> None:
    headers = {"Content-Encoding": encoding}
    for path in ("/models", "/chat/completions", "/state"):
        server.routes[path] = Reply(body=gzip.compress(gzip.compress(LIST)), headers=headers)
    for item in (look(server), chat(target(server), "m", "hello", reach="")):
        assert f"`Content-Encoding: {shown(encoding)}`, which gwctl does not support" in item.detail
    with pytest.raises(NoAnswer) as none:
        exchange(Request(method="POST", url=f"{server.url}/state", headers={}, seconds=5.0, body=b"x"))
    assert (shown(encoding) in none.value.why, none.value.is_sent) == (True, True)
    server.routes["/models"] = Reply(status=403, body=gzip.compress(LIST), headers=headers)
    assert look(server).http_status == 403


@pytest.mark.parametrize("encoding", sorted(ONE_LAYER))
def test_a_body_is_whole_whatever_pieces_it_comes_in(encoding: str) -> None:
    data = bytes(range(256)) * 1000
    built = ONE_LAYER[encoding](data)
    for size in (1, 7, 1000, len(built)):
        pieces = [built[at : at + size] for at in range(0, len(built), size)]
        assert bytes(read(pieces, encoding).data) == data


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "deflate, identity"])
def test_no_piece_of_a_bomb_is_large_and_it_ends_at_the_bound(encoding: str) -> None:
    bomb = ONE_LAYER[encoding](b" " * 50_000_000)
    assert read([bomb], encoding, 100_000_000).largest <= 64 * 1024
    with pytest.raises(Fault) as fault:
        read([bomb], encoding, 1024 * 1024)
    assert "larger than 1 MiB" in fault.value.detail


def test_bytes_that_come_to_nothing_count_as_well() -> None:
    making = zlib.compressobj(9, wbits=31)
    nothing = making.compress(b"x") + making.flush(zlib.Z_FULL_FLUSH)
    empty = [making.flush(zlib.Z_FULL_FLUSH) or b"\x00\x00\x00\xff\xff"] * 300_000
    with pytest.raises(Fault) as fault:
        read([nothing, *empty], "gzip", 1024 * 1024)
    assert "larger than" in fault.value.detail


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_what_is_cut_short_is_not_taken_for_whole(encoding: str) -> None:
    built = ONE_LAYER[encoding](LIST * 100)
    for cut in (built[:-1], built[: len(built) // 2], b"\x00" * 100):
        with pytest.raises(Fault) as fault:
            read([cut], encoding)
        assert "does not match its headers" in fault.value.detail
    assert bytes(read([], encoding).data) == b""


def test_no_cookie_is_taken_or_given(servers) -> None:
    """Cookies know no ports: one server's on this machine went to every other."""
    first, second = servers(), servers()
    cookies = {"Set-Cookie": "session=secret; Path=/; Domain=127.0.0.1"}
    first.routes["/models"] = Reply(status=404, body=b"", headers=cookies)
    for each in (first, second):
        each.routes["/v1/models"] = Reply(body=LIST, headers=cookies)
        each.routes["/chat/completions"] = Reply(body=SAID, headers=cookies)
    seen = observe([(each.url, lambda each=each: target(each)) for each in (first, second, first)])
    assert {each.status for each in seen.values()} == {"listed"}
    chat(target(first), "m", "hello", reach="")
    assert [each.headers.get("cookie") for each in (*first.requests, *second.requests)] == [None] * len(
        [*first.requests, *second.requests]
    )


def test_a_refusal_is_read_no_further_than_anybody_looks(server) -> None:
    server.routes["/models"] = Reply(status=500, body=b"x" * 5_000_000)
    assert look(server).http_status == 500
