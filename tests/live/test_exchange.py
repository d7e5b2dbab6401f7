"""The exchange itself: URLs, time, retries, faults, and where the key may go."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from dataclasses import replace
from typing import Any

import pytest

from reconciler.live.http import client
from reconciler.live.http.retry import seconds_of, wait_before_next
from reconciler.live.observe import observe
from reconciler.live.target import Target
from reconciler.resources.observation import Listed
from reconciler.secrets.header import HeaderLiteral
from tests.live.one_endpoint import KEY, ask, target
from tests.support.libraries import library
from tests.support.scripted import Reply, ScriptedServer


def look(url: str, **more: Any) -> Any:
    return ask(target(url, **more))


@pytest.mark.parametrize("listed_at", ["/models", "/v1/models"])
@pytest.mark.parametrize("written", ["", "/v1"])
def test_v1_and_no_v1_end_at_the_same_list(server, listed_at: str, written: str) -> None:
    """wayland#1178, LibreChat#4671, MyBrain#335."""
    server.lists("a", path=listed_at)
    seen = look(server.url + written)
    assert isinstance(seen.catalog, Listed)
    assert seen.url == server.url + listed_at


def test_html_from_a_captive_page_is_no_answer(server) -> None:
    """freestyle#364."""
    server.routes["/models"] = Reply(
        status=200, body="<html><body>Sign in</body></html>", headers={"Content-Type": "text/html"}
    )
    seen = look(server.url)
    assert (seen.code, seen.status) == ("NONSTANDARD_LIST", "unlisted")
    assert len(server.asked("/v1/models")) == 1


def test_nothing_there_says_so_with_the_v1_hint(server) -> None:
    seen = look(server.url)
    assert (seen.code, seen.summary, seen.http_status) == ("ENDPOINT_NOT_FOUND", "Endpoint not found", 404)
    assert "/v1" in seen.hint


def test_without_a_key_no_auth_header_of_any_kind(server, monkeypatch, tmp_path) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.lists("a")
    look(server.url, key=None)
    sent = set(server.requests[0].headers)
    assert not sent & {"authorization", "x-api-key", "api-key", "cookie", "proxy-authorization"}


def test_headers_of_the_file_are_sent(server) -> None:
    server.lists("a")
    look(server.url, headers=(("X-Team", HeaderLiteral("platform")),))
    assert server.requests[0].headers["x-team"] == "platform"


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_passes_is_tried_again(server, status: int) -> None:
    server.lists("a")
    good = server.routes["/models"]
    server.answers(Reply(status=status, body="busy"), good)
    assert look(server.url).status == "listed"
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 409, 422, 500, 501])
def test_what_does_not_pass_is_asked_once(server, status: int) -> None:
    server.routes["/models"] = Reply(status=status, body="no")
    look(server.url)
    assert len(server.requests) == 1


def test_a_cut_connection_is_tried_again(server) -> None:
    server.lists("a")
    good = server.routes["/models"]
    server.answers(Reply(status=200, body="x" * 100, cut=10), good)
    assert look(server.url).status == "listed"


def test_429_is_alive_but_limiting(server) -> None:
    """429 taken for dead: LobsterAI PR#599."""
    server.routes["/models"] = Reply(status=429, body="slow down")
    seen = look(server.url)
    assert (seen.code, seen.http_status) == ("RATE_LIMITED", 429)
    assert len(server.requests) == client.USUAL.attempts


def test_a_retry_after_that_is_too_long_is_not_waited_for(server) -> None:
    server.routes["/models"] = Reply(status=429, body="slow down", headers={"Retry-After": "3600"})
    began = time.monotonic()
    assert look(server.url).code == "RATE_LIMITED"
    assert time.monotonic() - began < 5
    assert len(server.requests) == 1


def test_a_retry_after_is_honoured(server) -> None:
    server.lists("a")
    good = server.routes["/models"]
    server.answers(Reply(status=503, body="busy", headers={"Retry-After": "1"}), good)
    began = time.monotonic()
    assert look(server.url).status == "listed"
    assert time.monotonic() - began >= 1


def test_retry_after_is_seconds_or_a_date() -> None:
    from datetime import UTC, datetime

    now = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
    assert seconds_of("7", now) == 7
    assert seconds_of("Mon, 23 Nov 2026 12:00:30 GMT", now) == 30
    assert seconds_of("Mon, 23 Nov 2026 11:00:00 GMT", now) == 0
    assert seconds_of("soon", now) is None
    assert wait_before_next("5", 1, remaining=4.0) is None


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=200, body="not json"), "not json"),
        (Reply(status=200, body=""), "an empty response"),
        (Reply(status=200, body={"data": {"a": 1}}), "no model list"),
        (Reply(status=200, body=b"[" * 200_000), "nested too deeply"),
        (
            Reply(status=200, body=b"\xff\xfe\x00", headers={"Content-Type": "application/octet-stream"}),
            "no model list",
        ),
        (Reply(status=200, body=b"not gzip", headers={"Content-Encoding": "gzip"}), "compression"),
        (
            Reply(status=200, body=gzip.compress(b'{"data": []}')[:-9], headers={"Content-Encoding": "gzip"}),
            "does not match its headers",
        ),
        (
            Reply(status=307, body="", headers={"Location": "https://elsewhere.example/models?token=x"}),
            "https://elsewhere.example. gwctl did not follow the redirect.",
        ),
        (Reply(status=200, body='"text"'), "no model list"),
        (Reply(status=200, body="1e999999"), "no model list"),
        (Reply(status=200, body=b'{"data": [{"id": "a", "created": ' + b"9" * 6000 + b"}]}"), "no model list"),
        (Reply(status=200, body={"data": [{"id": 1}, {"id": ""}, {}, 7, None, []]}), "None of the list's 6 entries"),
        (Reply(status=204, body=""), "an empty response"),
    ],
)
def test_what_is_no_list_is_said(server, reply: Reply, words: str) -> None:
    server.routes["/models"] = reply
    seen = look(server.url)
    assert (seen.code, seen.summary) == ("NONSTANDARD_LIST", "Could not fetch models")
    assert words in seen.detail


def test_a_redirect_is_not_followed_and_carries_no_key(server, servers) -> None:
    """LibreChat#4688."""
    other = servers()
    other.lists("a")
    server.routes["/models"] = Reply(status=307, body="", headers={"Location": f"{other.url}/models"})
    assert other.url in look(server.url).detail
    assert other.requests == []


def test_too_large_an_answer_is_given_up(server, monkeypatch) -> None:
    monkeypatch.setattr(client, "USUAL", replace(client.USUAL, largest=100_000))
    bomb = gzip.compress(b'{"data": [' + b" " * 50_000_000 + b"]}")
    server.routes["/models"] = Reply(status=200, body=bomb, headers={"Content-Encoding": "gzip"})
    seen = look(server.url)
    assert (seen.code, "larger than" in seen.detail) == ("NONSTANDARD_LIST", True)


def test_too_many_ids_are_given_up(server, monkeypatch) -> None:
    monkeypatch.setattr("reconciler.live.lists.pages.MOST", 100)
    server.lists(*(str(number) for number in range(101)))
    assert look(server.url).code == "NONSTANDARD_LIST"


def test_a_drip_costs_its_own_timeout_and_no_other_s(servers) -> None:
    """One dead endpoint delays or hides the rest: open-webui#1111, #1512."""
    good = [servers() for _ in range(5)]
    for each in good:
        each.lists("a")
    slow = servers()
    slow.routes["/models"] = Reply(status=200, body=b" " * 10_000, drip=1.0)
    done: list[tuple[str, float]] = []
    began = time.monotonic()
    targets = [target(each.url, timeout=2.0) for each in (slow, *good)]
    requests = [(str(number), lambda it=target: it) for number, target in enumerate(targets)]
    seen = observe(requests, lambda name, _: done.append((name, time.monotonic() - began)))
    assert time.monotonic() - began < 10
    assert (seen["0"].code, "within 2 s" in seen["0"].detail) == ("UNREACHABLE", True)
    assert [each.status for each in list(seen.values())[1:]] == ["listed"] * 5
    assert done[-1][0] == "0"


def test_a_key_command_that_hangs_holds_up_nobody_else(server) -> None:
    server.lists("a")
    waiting = threading.Event()

    def hang() -> Target:
        waiting.wait(1.5)
        return target(server.url)

    done: list[str] = []
    requests = [("slow", hang), ("fast", lambda: target(server.url))]
    observe(requests, lambda name, seen: done.append(name) if seen else None)
    assert done == ["fast", "slow"]


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:9", "Connection refused"),
        ("http://no-such-host.invalid", "cannot be found (DNS)"),
        ("https://127.0.0.1:{plain}", "TLS"),
    ],
)
def test_what_cannot_be_reached_says_which(server, url: str, words: str) -> None:
    seen = look(url.format(plain=server.url.rpartition(":")[2]))
    assert (seen.code, seen.summary) == ("UNREACHABLE", "Could not fetch models")
    assert words in seen.detail
    assert seen.http_status is None


def test_what_is_not_http_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
                connection.recv(1000)

        thread = threading.Thread(target=greet)
        thread.start()
        seen = look(f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=5)
        thread.join()
    assert seen.code == "NONSTANDARD_LIST"
    assert "not HTTP" in seen.detail


def test_a_certificate_that_nobody_vouches_for(monkeypatch, tmp_path) -> None:
    server = ScriptedServer()
    authority = library("trustme").CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    server._server.socket = context.wrap_socket(server._server.socket, server_side=True)
    server.lists("a")
    url = server.url.replace("http:", "https:").replace("127.0.0.1", "localhost")
    try:
        seen = look(url, timeout=5)
        assert (seen.code, "TLS" in seen.detail) == ("UNREACHABLE", True)
        assert "certificate" in seen.detail
    finally:
        server.close()


def test_loopback_never_goes_through_a_proxy(server, servers, monkeypatch) -> None:
    proxy = servers()
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    server.lists("a")
    assert look(server.url).status == "listed"
    assert look(server.url.replace("127.0.0.1", "localhost")).status == "listed"
    assert proxy.requests == []


def test_other_hosts_go_through_the_proxy_of_the_environment(servers, monkeypatch) -> None:
    proxy = servers()
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    proxy.routes = {"/models": Reply(status=200, body={"data": [{"id": "a"}]})}
    seen = look("http://llm.example.invalid", key=None)
    assert seen.status == "listed", seen
    monkeypatch.setenv("NO_PROXY", "llm.example.invalid")
    assert "DNS" in look("http://llm.example.invalid", key=None).detail


@pytest.mark.parametrize("status", [200, 400, 401, 404, 418, 500, 503])
def test_a_server_that_echoes_the_key_tells_nobody(server, status: int) -> None:
    """Old LiteLLM versions repeat the Authorization value in the error's body."""
    server.routes["/models"] = lambda request: Reply(
        status=status, body=f"you sent {request.headers['authorization']}!"
    )
    seen = look(server.url, timeout=3)
    for part in (KEY[at : at + 6] for at in range(len(KEY) - 5)):
        assert part not in repr(seen)


def test_a_server_that_spaces_out_the_key_tells_nobody(server) -> None:
    server.routes["/models"] = lambda request: Reply(status=500, body=" ".join(request.headers["authorization"]))
    assert "q u o k k a" not in repr(look(server.url))


def test_a_server_s_text_is_short_and_clean(server) -> None:
    server.routes["/models"] = Reply(status=500, body="\x1b[31mred\nline\u202e" + "x" * 5000)
    detail = look(server.url).detail
    assert "\x1b" not in detail
    assert "\u202e" not in detail
    assert len(detail) < 300


def test_a_key_that_no_header_may_hold_never_reaches_the_library(server) -> None:
    """hopsworks-api#184."""
    server.lists("a")
    seen = look(server.url, key="quokka\n7351")
    assert "quokka" not in repr(seen)
    assert server.requests == []


def test_a_missing_key_and_a_500_say_that_one_may_be_wanted(server) -> None:
    server.routes["/models"] = Reply(status=500, body="Internal Server Error", headers={"Content-Type": "text/plain"})
    assert "check whether this server needs a key" in look(server.url, key=None).hint
    assert "may need one" not in look(server.url).hint


def test_an_id_that_is_the_key_is_no_list(server) -> None:
    server.routes["/models"] = lambda request: Reply(body={"data": [{"id": request.headers["authorization"]}]})
    seen = look(server.url)
    assert (seen.code, "quokka" in repr(seen)) == ("NONSTANDARD_LIST", False)


def test_a_short_key_spoils_no_list(server) -> None:
    """Masking by replacing text wrecks the output when the secret is short: deck#2140."""
    server.lists("gpt-4o")
    assert look(server.url, key="g").status == "listed"
