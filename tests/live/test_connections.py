"""Connections are kept while an endpoint of the host waits or is asked, and closed after the last one.

What comes over them is searched for the key.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from reconciler.live import observe as observing
from reconciler.live.http.client import HttpClient
from reconciler.live.leak_check import KeyTraces
from reconciler.live.observe import observe
from reconciler.live.target import Target
from tests.live.one_endpoint import KEY, ask, target

BODY = b'{"object": "list", "data": [{"id": "m"}]}'


class Host(ThreadingHTTPServer):
    """A server that keeps connections open, and tells how many there were and when the last one was closed."""

    daemon_threads = True
    opened = 0
    body = BODY

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.closed = threading.Event()
        self.before = threading.Event()  # the list is sent when this is set
        self.before.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Host

    def setup(self) -> None:
        self.server.opened += 1
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.server.closed.set()

    def do_GET(self) -> None:
        is_list = self.path == "/v1/models"  # the first request, to /models, gets a 404: two requests for each endpoint
        assert self.server.before.wait(20)
        self.send_response(200 if is_list else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def hosts(count: int) -> Iterator[list[Host]]:
    made = [Host() for _ in range(count)]
    for each in made:
        threading.Thread(target=each.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    for each in made:
        each.shutdown()
        each.server_close()


def test_the_requests_of_an_endpoint_share_a_connection() -> None:
    with hosts(1) as (host,):
        assert ask(target(host.url)).status == "listed"
        assert host.opened == 1


def test_the_connection_to_a_host_is_closed_before_the_run_ends(monkeypatch) -> None:
    monkeypatch.setattr(observing, "AT_ONCE", 1)
    with hosts(2) as (first, second):
        second.before = first.closed  # the second host answers when the connection to the first one is closed
        targets = {"first": target(first.url), "second": target(second.url)}
        seen = observe([(name, lambda it=each: it) for name, each in targets.items()])  # type: ignore[misc]
        assert [each.status for each in seen.values()] == ["listed", "listed"]


def test_a_connection_stays_for_the_other_endpoints_of_the_host(monkeypatch) -> None:
    monkeypatch.setattr(observing, "AT_ONCE_PER_ORIGIN", 1)
    with hosts(1) as (host,):
        seen = observe([(name, lambda: target(host.url)) for name in "abcd"])
        assert [each.status for each in seen.values()] == ["listed"] * 4
        assert host.opened == 1


def test_a_host_that_is_visited_while_it_is_closed_loses_no_connection() -> None:
    """The first visit ends, and while its connection is closed the second one opens another."""

    class Slow:
        closed = 0

        async def aclose(self) -> None:
            await asyncio.sleep(0)
            self.closed += 1

    first, second = Slow(), Slow()

    async def visits() -> None:
        async with HttpClient() as door, door.visiting("http://h"):
            transports: dict[Any, Any] = door._hosts["http://h"].transports
            transports["first"] = first
            asyncio.get_running_loop().call_soon(transports.setdefault, "second", second)

    asyncio.run(visits())
    assert (first.closed, second.closed) == (1, 1)


def test_a_visit_that_begins_while_the_host_is_closed_keeps_its_connections() -> None:
    """Closing three connections takes time, in which the second visit begins and opens its own."""
    with hosts(1) as (host,):

        async def visit(door: HttpClient) -> None:
            async with door.visiting(host.url):
                deadline = asyncio.get_running_loop().time() + 10
                await asyncio.gather(*(door.send("GET", host.url, {}, deadline) for _ in range(3)))
                kept = door._hosts[host.url].transports
                assert len(kept) == 1, "the end of another visit closed the transport of this one"

        async def visits() -> None:
            async with HttpClient() as door:
                first = door._hosts[host.url]
                begins = asyncio.Event()
                close = first.close

                async def closing() -> None:
                    begins.set()
                    await close()

                first.close = closing  # type: ignore[method-assign]

                async def second() -> None:
                    await begins.wait()
                    await visit(door)

                await asyncio.gather(visit(door), second())

        asyncio.run(visits())


@pytest.mark.parametrize("key", [KEY, None])
def test_each_entry_of_a_list_is_searched_for_the_key(key: str | None, monkeypatch) -> None:
    """Thirty entries, and a message of a server that has no list at its first address."""
    searched: list[str] = []
    are_in = KeyTraces.are_in
    monkeypatch.setattr(KeyTraces, "are_in", lambda self, text: searched.append(text) or are_in(self, text))
    ids = [f"m-{number}" for number in range(30)]
    with hosts(1) as (host,):
        host.body = json.dumps({"object": "list", "data": [{"id": each} for each in ids]}).encode()
        assert ask(target(host.url, key=key)).status == "listed"
    assert [each for each in searched if each in ids] == ids


@pytest.mark.parametrize("at_hand", [True, False])
def test_a_key_that_takes_no_time_needs_no_thread(at_hand: bool) -> None:
    threads: list[threading.Thread] = []

    def prepare() -> Target:
        threads.append(threading.current_thread())
        return target(host.url)

    with hosts(1) as (host,):
        assert observe([("it", prepare)], at_hand=["it"] if at_hand else []).keys() == {"it"}
    assert (threads == [threading.main_thread()]) == at_hand
