"""The lists of a hostile endpoint: a row for each case, and the limit on reading it.

A new way of being hostile is one more row. `cpu` is in times of what an honest list costs the whole process, `memory`
in MiB beyond that; `seen` is what gwctl may say of the endpoint.
"""

from __future__ import annotations

import gzip
import json
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, reduce
from itertools import repeat
from typing import Any

from tests.support.scripted import Reply, Request

MIB = 1024 * 1024
KEY = "quokka-7351-" * 170  # some 2,000 characters


@dataclass(frozen=True, kw_only=True)
class Case:
    """One row."""

    name: str
    answer: Callable[[Request], Reply]
    seen: tuple[str, ...] = ("unlisted",)
    cpu: float = 3.0
    memory: float = 60.0
    preset: str = ""
    key: str = "quokka-7351-zebra-fjord"
    waits: float = 2.0  # seconds after which the healthy neighbour answers

    def __str__(self) -> str:
        return self.name


def fixed(body: Any = b"", status: int = 200, **more: Any) -> Callable[[Request], Reply]:
    """The same answer always."""
    return lambda _: Reply(status=status, body=body, **more)


def coded(body: bytes, encoding: str) -> Callable[[Request], Reply]:
    """A body that says that it is encoded so."""
    return fixed(body, headers={"Content-Encoding": encoding})


def made(build: Callable[[], bytes], **headers: str) -> Callable[[Request], Reply]:
    """A body that is large, so made when it is asked for, and once."""
    kept = cache(build)
    return lambda _: Reply(status=200, body=kept(), headers=headers)


def streamed(chunks: Callable[[], Iterable[bytes]], **headers: str) -> Callable[[Request], Reply]:
    """A body that comes for as long as somebody reads."""
    return lambda _: Reply(chunks=chunks, headers=headers)


def listed(*ids: Any, **more: Any) -> dict[str, Any]:
    """An OpenAI-like list."""
    return {"object": "list", "data": [{"id": each} for each in ids], **more}


def _forever(chunk: bytes, head: bytes = b"") -> Callable[[], Iterator[bytes]]:
    def chunks() -> Iterator[bytes]:
        yield head
        while True:
            yield chunk

    return chunks


def _items(item: bytes, count: int, tail: bytes = b"") -> bytes:
    return b'{"data":[' + b",".join([item] * count) + tail + b"]}"


def _ids(count: int) -> bytes:
    return b'{"data":[' + b",".join(b'{"id":"m-%d"}' % number for number in range(count)) + b"]}"


def blanks(mebibytes: int) -> bytes:
    """Blanks, deflated: one block is compressed and repeated, which takes no time however many there are."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    block = packed.compress(b" " * MIB) + packed.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + packed.flush()


def gzipped(mebibytes: int) -> bytes:
    """Blanks as gzip has them: https://www.rfc-editor.org/rfc/rfc1952."""
    checksum = reduce(lambda known, block: zlib.crc32(block, known), repeat(b" " * MIB, mebibytes), 0)
    return b"\x1f\x8b\x08" + bytes(7) + blanks(mebibytes) + struct.pack("<II", checksum, mebibytes * MIB)


def zipped(mebibytes: int) -> bytes:
    """Blanks as zlib has them: https://www.rfc-editor.org/rfc/rfc1950."""
    checksum = reduce(lambda known, block: zlib.adler32(block, known), repeat(b" " * MIB, mebibytes), 1)
    return b"\x78\x9c" + blanks(mebibytes) + struct.pack(">I", checksum)


def _pages(name: str, more: Callable[[int], Any]) -> Callable[[Request], Reply]:
    """A page for each request, each saying that there is another one."""
    asked = [0]

    def answer(_: Request) -> Reply:
        asked[0] += 1
        body = {"data": [{"id": f"m-{asked[0]}"}], "models": [{"name": f"m-{asked[0]}"}], "has_more": True}
        return Reply(status=200, body=body | {name: more(asked[0])})

    return answer


def _next_to(target: str) -> Callable[[Request], Reply]:
    link = {"Link": f'<{target}>; rel="next"'}
    return fixed(listed("a"), headers=link)


ANY = ("listed", "partial", "empty", "unlisted")
SLOW = (
    Case(name="never answers", answer=fixed(silent=True)),
    Case(name="drips its body", answer=fixed(b" " * 10_000, drip=0.3)),
    Case(name="begins late and drips", answer=fixed(listed("a"), drip=1.0, wait=3.0)),
    Case(name="chunks of one byte for ever", answer=streamed(_forever(b" ")), cpu=40),
    Case(name="chunks for ever", answer=streamed(_forever(b" " * 1000))),
)
LARGE = (
    Case(name="10 GB that are announced", answer=streamed(_forever(b" " * MIB), **{"Content-Length": "10000000000"})),
    Case(name="a million IDs", answer=made(lambda: _ids(1_000_000)), cpu=20, waits=6.0),
    Case(name="an ID of 31 MB", answer=made(lambda: b'{"data":[{"id":"' + b"x" * 31 * MIB + b'"}]}'), waits=6.0),
    Case(
        name="an ID of 31 MB and a key of 2,000 characters",
        answer=made(lambda: b'{"data":[{"id":"' + b"quokka-7351-" * (31 * MIB // 12) + b'"}]}'),
        key=KEY,
        waits=6.0,
    ),
    Case(
        name="4,000 long IDs and a key of 2,000 characters",
        answer=made(lambda: _items(b'{"id":"' + b"quokka-7351-" * 300 + b'%"}', 4000)),
        seen=ANY,
        cpu=20,
        key=KEY,
        waits=6.0,
    ),
    Case(
        name="a million IDs and a key of 2,000 characters",
        answer=made(lambda: _ids(1_000_000)),
        cpu=20,
        key=KEY,
        waits=6.0,
    ),
    Case(name="eleven million empty items", answer=made(lambda: _items(b"{}", 11_000_000)), cpu=20),
    Case(
        name="items of a hundred thousand objects",
        answer=made(lambda: _items(b'{"id":"a","x":[' + b"{}," * 100_000 + b"{}]}", 100)),
        seen=ANY,
        cpu=20,
    ),
    Case(name="nine million empty items", answer=made(lambda: _items(b"{}", 9_000_000)), cpu=20, waits=6.0),
    Case(name="empty items and one that is none", answer=made(lambda: _items(b"{}", 9_000_000, b",{}")), cpu=20),
    Case(name="numbers instead of items", answer=made(lambda: _items(b"1", 14_000_000)), cpu=20),
    Case(
        name="an item of a million fields",
        answer=made(
            lambda: b'{"data":[{' + b",".join(b'"f%d":1' % each for each in range(1_000_000)) + b',"id":"a"}]}'
        ),
        seen=ANY,
        cpu=20,
    ),
    Case(name="deep brackets", answer=made(lambda: b'{"data":' + b"[" * 1_000_000 + b"]" * 1_000_000 + b"}")),
    Case(name="deep objects in an item", answer=made(lambda: b'{"data":[{"id":' + b'{"a":' * 500_000)),
    Case(
        name="a number of a million digits",
        answer=made(lambda: b'{"data":[{"id":"a","n":' + b"9" * MIB + b"}]}"),
        seen=ANY,
    ),
    Case(name="escapes all through", answer=made(lambda: b'{"data":[{"id":"' + b"\\u0041" * 4_000_000 + b'"}]}')),
    Case(
        name="a flood of headers",
        answer=fixed(listed("a"), headers={f"X-{n}": "x" * 1000 for n in range(3000)}),
        seen=ANY,
    ),
    Case(name="a header of 10 MB", answer=fixed(listed("a"), headers={"X-Long": "x" * 10 * MIB}), seen=ANY),
    Case(name="a refusal of 1 GB", answer=lambda _: Reply(status=500, chunks=_forever(b"x" * MIB))),
)
COMPRESSED = (
    Case(
        name="gzip in gzip",
        answer=lambda _: Reply(status=200, body=_nested(), headers={"Content-Encoding": "gzip, gzip"}),
        waits=6.0,
    ),
    Case(name="gzip in gzip in two headers", answer=lambda _: Reply(raw=_two_headers())),
    Case(
        name="gzip that says it is one layer and is two",
        answer=made(lambda: gzip.compress(gzip.compress(b"{}")), **{"Content-Encoding": "gzip"}),
    ),
    Case(name="a gzip bomb", answer=lambda _: Reply(status=200, body=_bomb(), headers={"Content-Encoding": "gzip"})),
    Case(name="a deflate bomb", answer=made(lambda: zipped(500), **{"Content-Encoding": "deflate"})),
    Case(
        name="a gzip bomb as a refusal",
        answer=lambda _: Reply(status=403, body=_bomb(), headers={"Content-Encoding": "gzip"}),
    ),
    Case(name="an encoding that nobody knows", answer=coded(b"{}", "zstd")),
    Case(name="brotli", answer=coded(b"\x0b\x02\x80{}\x03", "br")),
    Case(name="twenty encodings", answer=coded(b"{}", ", ".join(["gzip"] * 20))),
    Case(name="gzip that is cut", answer=coded(gzip.compress(json.dumps(listed("a")).encode())[:-12], "gzip")),
    Case(name="gzip that is none", answer=coded(b"{}", "gzip")),
    Case(
        name="gzip with rubbish after it",
        answer=coded(gzip.compress(b'{"data":[{"id":"a"}]}') + b"x" * 100, "gzip"),
        seen=ANY,
    ),
    Case(
        name="a million empty gzip members",
        answer=made(lambda: gzip.compress(b"") * 500_000, **{"Content-Encoding": "gzip"}),
        cpu=10,
        seen=ANY,
    ),
)
BROKEN = (
    Case(name="not HTTP", answer=lambda _: Reply(raw=b"SSH-2.0-OpenSSH_9.2\r\n\r\n")),
    Case(name="a status that is no number", answer=lambda _: Reply(raw=b"HTTP/1.1 abc OK\r\n\r\n{}")),
    Case(name="half a header", answer=lambda _: Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Le")),
    Case(
        name="a chunk size that is none",
        answer=lambda _: Reply(raw=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"),
    ),
    Case(
        name="two lengths",
        answer=lambda _: Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}x"),
    ),
    Case(name="a thousand times 100 Continue", answer=lambda _: Reply(raw=b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)),
    Case(name="cut in the middle", answer=fixed(listed("a", "b"), cut=20)),
    Case(name="no UTF-8", answer=fixed(b'{"data":[{"id":"\xff\xfe"}]}')),
    Case(name="half a surrogate", answer=fixed(b'{"data":[{"id":"a\\ud800b"}]}'), seen=ANY),
    Case(
        name="half a surrogate, of Anthropic",
        answer=fixed(b'{"data":[{"id":"a\\ud800b"},{"id":"ok"}],"has_more":false}'),
        seen=ANY,
        preset="anthropic",
    ),
    Case(name="NaN", answer=fixed(b'{"data":[{"id":"a","x":NaN}]}'), seen=ANY),
    Case(name="a NUL in an ID", answer=fixed(b'{"data":[{"id":"a\\u0000b"},{"id":"ok"}]}'), seen=ANY),
    Case(name="null as the list", answer=fixed({"data": None}), seen=("empty",)),
    Case(name="HTML", answer=fixed("<html><body>Sign in</body></html>", headers={"Content-Type": "text/html"})),
    Case(name="nothing", answer=fixed(b"")),
    Case(name="a refusal that is no text", answer=fixed(b"\xff\x00\x1b[31m" * 1000, status=500)),
)
PAGED = (
    Case(name="pages without end, of Anthropic", answer=_pages("last_id", str), preset="anthropic", seen=ANY, cpu=30),
    Case(
        name="pages in a circle, of Anthropic",
        answer=_pages("last_id", lambda _: "again"),
        preset="anthropic",
        seen=ANY,
    ),
    Case(
        name="a token that is half a surrogate, of Gemini",
        answer=_pages("nextPageToken", lambda _: "\ud800"),
        preset="gemini",
        seen=ANY,
    ),
    Case(
        name="an ID to go on from that is half a surrogate, of Anthropic",
        answer=_pages("last_id", lambda _: "\udc00"),
        preset="anthropic",
        seen=ANY,
    ),
    Case(
        name="a token that is a URL, of Cohere",
        answer=_pages("next_page_token", lambda _: "http://127.0.0.1:9/x"),
        preset="cohere",
        seen=ANY,
        cpu=30,
    ),
    Case(
        name="a token of a megabyte, of Gemini",
        answer=_pages("nextPageToken", lambda _: "x" * MIB),
        preset="gemini",
        seen=ANY,
    ),
    Case(
        name="a page number of 4,300 nines",
        answer=fixed(
            b'{"result":[{"name":"a"}],"result_info":{"page":' + b"9" * 4300 + b',"per_page":-1,"total_count":9}}'
        ),
        preset="cloudflare",
        seen=ANY,
    ),
    Case(name="a link to elsewhere", answer=_next_to("http://127.0.0.1:9/models"), seen=ANY),
    Case(name="a link to a file", answer=_next_to("file:///etc/passwd"), seen=ANY),
    Case(name="a link to itself", answer=_next_to("/models"), seen=ANY),
    Case(
        name="links without end",
        answer=lambda asked: Reply(
            status=200,
            body=listed("a"),
            headers={
                "Link": f'<{asked.path}?p={len(str(asked.query))}{"x" * (len(str(asked.query)) % 1000)}>; rel="next"'
            },
        ),
        seen=ANY,
        cpu=30,
    ),
)
LYING = (
    Case(name="more, and no way to it", answer=fixed(listed("a", has_more=True)), seen=("partial", "listed")),
    Case(name="a total that is larger", answer=fixed(listed("a", total=1000)), seen=("partial", "listed")),
    Case(name="a redirect", answer=fixed(b"", 307, headers={"Location": "http://127.0.0.1:9/models"})),
    Case(
        name="a list that is the key",
        answer=lambda asked: Reply(status=200, body=listed(*asked.headers.values())),
        seen=ANY,
    ),
    Case(name="an error that is a success", answer=fixed({"error": {"message": "no"}, "data": []}), seen=ANY),
    Case(
        name="a length that is too short",
        answer=lambda _: Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + json.dumps(listed("a")).encode()),
    ),
    Case(
        name="JSON that says it is an image", answer=fixed(listed("a"), headers={"Content-Type": "image/png"}), seen=ANY
    ),
    Case(name="a Retry-After of a year", answer=fixed(b"", 503, headers={"Retry-After": "31536000"})),
    Case(
        name="a Retry-After of a million digits",
        answer=fixed(b"", 503, headers={"Retry-After": "9" * 60_000}),
        seen=ANY,
    ),
    Case(name="a cookie", answer=fixed(listed("a"), headers={"Set-Cookie": "a=b; Domain=127.0.0.1"}), seen=("listed",)),
)
CASES = (*SLOW, *LARGE, *COMPRESSED, *BROKEN, *PAGED, *LYING)


@cache
def _bomb() -> bytes:
    return gzipped(1024)


@cache
def _nested() -> bytes:
    """16 GiB, in few bytes."""
    return gzip.compress(_bomb() * 16)


def _two_headers() -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Encoding: gzip\r\n"
    return head + b"Content-Length: %d\r\n\r\n" % len(_nested()) + _nested()
