"""The proxy of a request, tested with a real one; names under `.test` lead back to this machine."""

from __future__ import annotations

import time

import pytest

from reconciler.live.http.proxy import Route, environment_proxy, is_exempt
from tests.live.one_endpoint import KEY, look, tls
from tests.support.process import free_port

HOST = "llm.corp.test"


@pytest.fixture(autouse=True)
def no_proxy_by_accident(monkeypatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def told(proxy, words: str) -> str:
    """The proxy's log, once it has these words: it writes them when a connection ends."""
    until = time.monotonic() + 20
    while words not in proxy.log and time.monotonic() < until:
        time.sleep(0.05)
    assert words in proxy.log
    return proxy.log


def test_the_endpoint_s_own_proxy_by_http(server, forward) -> None:
    server.lists("a")
    proxy = forward()
    assert look(f"http://{HOST}:{server.port}", proxy=proxy.url).status == "listed"
    assert server.requests[0].headers["host"] == f"{HOST}:{server.port}"
    told(proxy, f"GET {HOST}:{server.port}/models")


def test_the_endpoint_s_own_proxy_by_connect_sees_no_key(servers, forward, authority) -> None:
    server = servers(context=authority.server())
    server.lists("a")
    proxy = forward("--log-level", "DEBUG")
    assert look(f"https://{HOST}:{server.port}", tls(authority.ca_file), proxy.url).status == "listed"
    assert KEY in server.requests[0].headers["authorization"]
    log = told(proxy, f"CONNECT {HOST}:{server.port}")
    assert KEY not in log
    assert "/models" not in log


def test_a_client_certificate_goes_through_a_proxy(servers, forward, authority) -> None:
    server = servers(context=authority.server(wants_client=True))
    server.lists("a")
    given = tls(authority.ca_file, authority.client())
    assert look(f"https://{HOST}:{server.port}", given, forward().url).status == "listed"


def test_a_proxy_cannot_vouch_for_the_server(servers, forward, authority, tmp_path) -> None:
    server = servers(context=authority.server())
    seen = look(f"https://{HOST}:{server.port}", proxy=forward().url)
    assert (seen.code, "unable to get local issuer" in seen.detail) == ("UNREACHABLE", True)
    assert server.requests == []


def test_a_proxy_that_speaks_tls_is_trusted_as_the_endpoint_is(server, servers, forward, authority) -> None:
    secure = servers(context=authority.server())
    for each in (server, secure):
        each.lists("a")
    key, certificate = authority.key_and_certificate()
    proxy = forward("--key-file", str(key), "--cert-file", str(certificate))
    seen = look(f"http://{HOST}:{server.port}", proxy=proxy.url)
    assert (seen.code, f"(or the proxy {proxy.url})" in seen.detail) == ("UNREACHABLE", True)
    for url in (f"http://{HOST}:{server.port}", f"https://{HOST}:{secure.port}"):
        assert look(url, tls(authority.ca_file), proxy.url).status == "listed"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_environment_s_proxy(servers, forward, authority, monkeypatch, scheme: str) -> None:
    server = servers(context=authority.server() if scheme == "https" else None)
    server.lists("a")
    given, url = tls(authority.ca_file), f"{scheme}://{HOST}:{server.port}"
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", forward().url)
    assert look(url, given).status == "listed"
    monkeypatch.setenv("NO_PROXY", "corp.test")
    assert "cannot be found (DNS)" in look(url, given).detail


def test_the_endpoint_s_own_wins_over_the_environment_and_over_no_proxy(server, forward, monkeypatch) -> None:
    server.lists("a")
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("NO_PROXY", "*")
    assert look(f"http://{HOST}:{server.port}", proxy=forward().url).status == "listed"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_goes_through_none_not_even_the_endpoint_s_own(server, host: str) -> None:
    server.lists("a")
    assert look(f"http://{host}:{server.port}", proxy=f"http://127.0.0.1:{free_port()}").status == "listed"


def test_a_proxy_that_is_not_there_is_named(server) -> None:
    proxy = f"http://127.0.0.1:{free_port()}"
    seen = look(f"http://{HOST}:{server.port}", proxy=proxy)
    assert (seen.code, seen.detail) == ("UNREACHABLE", f"Connection refused by the proxy {proxy}.")
    assert "`proxy:`" in seen.hint
    seen = look(f"http://{HOST}:{server.port}", proxy="http://no-such-proxy.invalid:3128")
    assert seen.detail == "The name no-such-proxy.invalid cannot be found (DNS)."
    assert "`proxy:`" in seen.hint


def test_a_proxy_that_does_not_reach_the_host_is_named(forward, authority) -> None:
    proxy = forward()
    seen = look(f"https://{HOST}:{free_port()}", tls(authority.ca_file), proxy.url)
    assert (seen.code, proxy.url in seen.detail) == ("UNREACHABLE", True), seen


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_s_password_comes_from_the_environment(servers, forward, authority, monkeypatch, scheme: str) -> None:
    server = servers(context=authority.server() if scheme == "https" else None)
    server.lists("a")
    proxy = forward("--basic-auth", "someone:hush-hush")
    given, url = tls(authority.ca_file), f"{scheme}://{HOST}:{server.port}"
    seen = look(url, given, proxy.url)
    assert (seen.code, "requires a password (HTTP 407)" in seen.detail) == ("UNREACHABLE", True), seen
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", proxy.url.replace("//", "//someone:hush-hush@"))
    assert look(url, given).status == "listed"
    assert "proxy-authorization" not in server.requests[0].headers
    monkeypatch.setenv(f"{scheme.upper()}_PROXY", "http://someone:hush-hush@no-such-proxy.invalid:3128")
    assert "hush" not in repr(look(url, given))


@pytest.mark.parametrize(
    "proxy", ["socks5://u:hush-hush@127.0.0.1:1080", "ftp://127.0.0.1", "http://127.0.0.1:notaport"]
)
def test_a_proxy_of_the_environment_that_cannot_be_used_is_said(monkeypatch, proxy: str) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    seen = look(f"http://{HOST}:1")
    assert (seen.code, "proxy" in seen.detail) == ("UNREACHABLE", True)
    assert "hush" not in repr(seen)


def test_which_variable_is_for_which_url(monkeypatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.corp.test:3128")
    assert environment_proxy("https://h") == "http://proxy.corp.test:3128"
    assert environment_proxy("http://h") is None
    monkeypatch.setenv("ALL_PROXY", "http://all.corp.test")
    assert environment_proxy("http://h") == "http://all.corp.test"
    assert Route(None, "http://own").proxy_to("https://h") == "http://own"
    assert Route().proxy_to("https://[::1]:8443") is None
    monkeypatch.setenv("NO_PROXY", "h")
    assert environment_proxy("https://h") is None


@pytest.mark.parametrize(
    ("no_proxy", "exempt"),
    [
        ("*", True),
        ("a.example, *", True),
        ("llm.corp.test", True),
        ("LLM.Corp.Test", True),
        ("corp.test", True),
        (".corp.test", True),
        ("*.corp.test", True),
        ("llm.corp.test:8443", True),
        ("llm.corp.test:443", False),
        ("m.corp.test", False),
        ("rp.test", False),
        ("", False),
        (" , ,", False),
        ("10.0.0.0/8", False),
        ("a.example llm.corp.test", True),
        ("a.example\tcorp.test\n", True),
        ("a.example; corp.test", True),
        ("https://llm.corp.test", True),
        ("https://llm.corp.test:8443/v1/", True),
        ("http://llm.corp.test:443", False),
        ("llm.corp.test/", True),
        ("https://", False),
        ("/", False),
    ],
)
def test_no_proxy_names_hosts_and_domains(no_proxy: str, exempt: bool) -> None:
    assert is_exempt(HOST, 8443, no_proxy) == exempt


@pytest.mark.parametrize(
    ("host", "no_proxy", "exempt"),
    [
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.3:8443", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("110.1.2.3", "10.1.2.3", False),
        ("fd00::7", "fd00::/8", True),
        ("fd00::7", "[fd00::7]", True),
        ("10.1.2.3", "fd00::/8", False),
        ("10.1.2.3", "http://10.1.2.3:8443/", True),
        ("10.1.2.3", "192.168.0.0/16 10.0.0.0/8", True),
        ("fd00::7", "http://[fd00::7]/v1", True),
    ],
)
def test_no_proxy_names_addresses_and_networks(host: str, no_proxy: str, exempt: bool) -> None:
    assert is_exempt(host, 8443, no_proxy) == exempt
