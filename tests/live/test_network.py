"""Connections, their pools, and the threads for what blocks: no address, origin or call is in the way of another."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import pytest

from reconciler.live.http.threads import DaemonThreads
from reconciler.live.http.transport import network
from reconciler.live.http.transport.message import header_values, headers_of, http_url
from reconciler.live.http.transport.pools import Pools
from reconciler.resources.urls import origin
from tests.live.test_exchange import look

Address = tuple[Any, ...]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch):
    """Give a name these addresses."""

    def give(*addresses: str) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
        true = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *a, **k: found if host == "llm.acme.test" else true(host, *a, **k)
        )
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)

    return give


def by_name(url: str) -> str:
    return url.replace("127.0.0.1", "llm.acme.test")


def test_an_address_that_refuses_is_followed_by_the_next(server, named) -> None:
    server.lists("a")
    named("127.0.0.9", "127.0.0.8", "127.0.0.1")
    assert look(by_name(server.url)).status == "listed"


def test_an_address_that_says_nothing_does_not_hold_up_the_next(server, named, monkeypatch) -> None:
    server.lists("a")
    named("127.0.0.9", "127.0.0.1")
    honest, ended = network._to, []

    async def silent(address: str, port: int) -> Any:
        try:
            return await (asyncio.sleep(3600) if address == "127.0.0.9" else honest(address, port))
        finally:
            ended.append(address)

    monkeypatch.setattr(network, "_to", silent)
    assert look(by_name(server.url)).status == "listed"
    assert ended == ["127.0.0.1", "127.0.0.9"]


def test_a_name_whose_addresses_all_refuse_is_refused(named) -> None:
    named("127.0.0.9", "127.0.0.8")
    with socket.socket() as free:
        free.bind(("127.0.0.9", 0))
        seen = look(f"http://llm.acme.test:{free.getsockname()[1]}")
    assert seen.detail.startswith("Connection refused by http://llm.acme.test")


def test_both_families_have_their_turn(monkeypatch) -> None:
    six, four = socket.AF_INET6, socket.AF_INET
    found = [(family, 1, 6, "", (at, 0)) for family, at in ((six, "::1"), (six, "::2"), (four, "127.0.0.1"))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert asyncio.run(network._addresses("llm.acme.test", 80)) == ["::1", "127.0.0.1", "::2"]


def test_what_arrived_before_a_cut_is_read_first() -> None:
    async def cut() -> list[object]:
        line = network._Line()
        line.data_received(b"HTTP/1.1 413 Too large")
        line.connection_lost(ConnectionResetError("cut"))
        read: list[object] = [await line.read(8), await line.read(100)]
        with pytest.raises(ConnectionResetError):
            await line.read(100)
        return read

    assert asyncio.run(cut()) == [b"HTTP/1.1", b" 413 Too large"]


def test_a_server_waits_for_a_slow_reader() -> None:
    class Transport(asyncio.Transport):
        said: list[str] = []  # noqa: RUF012

        def pause_reading(self) -> None:
            self.said.append("wait")

        def resume_reading(self) -> None:
            self.said.append("go on")

    async def slow() -> list[str]:
        line = network._Line()
        line.connection_made(Transport())
        for _ in range(3):
            line.data_received(bytes(50_000))
        while line.arrived:
            await line.read(10_000)
        return Transport.said

    assert asyncio.run(slow()) == ["wait", "go on"]


class Pool:
    connections = ("one",)

    def __init__(self) -> None:
        self.is_closed = False

    async def aclose(self) -> None:
        self.is_closed = True


def test_a_run_keeps_few_idle_pools_and_none_at_the_end() -> None:
    async def many() -> tuple[int, list[bool], int]:
        pools, made = Pools(), [Pool() for _ in range(30)]
        async with pools.of("used", lambda: made[0]):
            for number in range(1, 30):
                async with pools.of(number, lambda number=number: made[number]) as pool:
                    assert pool is made[number]
            async with pools.of(29, Pool) as again:
                assert again is made[29]
            is_open = [not pool.is_closed for pool in made]
        await pools.aclose()
        return sum(is_open), is_open[:10], sum(not pool.is_closed for pool in made)

    assert asyncio.run(many()) == (21, [True, *[False] * 9], 0)


def test_a_pool_without_connections_is_not_kept() -> None:
    async def once() -> int:
        pools, pool = Pools(), Pool()
        pool.connections = ()
        async with pools.of("it", lambda: pool):
            pass
        return len(pools._pools)

    assert asyncio.run(once()) == 0


@pytest.mark.parametrize(
    ("url", "host", "target"),
    [
        ("http://LLM.acme.test:80/v1/models?a=b%20c&d=ä", "llm.acme.test", "/v1/models?a=b%20c&d=%C3%A4"),
        ("https://münchen.example/ä/%zz#part", "xn--mnchen-3ya.example", "/%C3%A4/%25zz"),
        ("http://[::1]:8080", "::1", "/"),
        ("http://h/a:b@c/{d}", "h", "/a:b@c/%7Bd%7D"),
    ],
)
def test_a_request_goes_to_the_origin_that_keys_are_bound_to(url: str, host: str, target: str) -> None:
    made = http_url(url)
    assert (made.host.decode(), made.target.decode()) == (host, target)
    headers = dict(headers_of("GET", url, {}, data=None, is_json=False))
    assert headers[b"Host"].decode() == origin(url).partition("://")[2]


@pytest.mark.parametrize("url", ["", "http://", "ftp://h/", "//h/a", "http://h:99999/"])
def test_what_is_no_url_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        http_url(url)


def test_headers_of_the_user_replace_those_of_each_request() -> None:
    given = {"USER-AGENT": "mine", "accept": "text/plain"}
    headers = headers_of("POST", "http://h", given, data=b"{}", is_json=True)
    assert [value for name, value in headers if name.lower() == b"user-agent"] == [b"mine"]
    assert dict(headers)[b"accept"] == b"text/plain"
    assert (dict(headers)[b"Content-Length"], dict(headers)[b"Content-Type"]) == (b"2", b"application/json")
    with pytest.raises(ValueError):
        headers_of("GET", "http://h", {"X-Key": "schlüssel"}, data=None, is_json=False)


def test_header_values_of_a_server_may_have_any_bytes() -> None:
    values = header_values([(b"Link", b"a"), (b"link", b"b"), (b"X-Name", "ä".encode()), (b"X-Other", b"\xe4")])
    assert values == {"link": "a, b", "x-name": "ä", "x-other": "ä"}


def test_a_call_waits_for_no_other_and_threads_end() -> None:
    before, go = threading.active_count(), threading.Event()
    pool = DaemonThreads()
    held = [pool.submit(go.wait) for _ in range(5)]
    assert pool.submit(lambda: 3).result(timeout=60) == 3
    assert [pool.submit(threading.get_ident).result(timeout=60) for _ in range(50)].count(0) == 0
    assert threading.active_count() - before <= 7  # the five that are held, and those that are free
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0).result(timeout=60)
    pool.shutdown()
    go.set()
    assert [each.result(timeout=60) for each in held] == [True] * 5
    until = time.monotonic() + 60
    while threading.active_count() > before and time.monotonic() < until:
        time.sleep(0.01)
    assert threading.active_count() == before
