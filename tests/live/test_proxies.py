"""Which way a request goes is what the HTTP library does, whatever the settings."""

from __future__ import annotations

import ssl

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconciler.live.proxies import route, unusable

PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
HOSTS = ["llm.corp.example", "corp.example", "xcorp.example", "10.1.2.3", "[2001:db8::1]", "LLM.Corp.Example"]
PORTS = ["", ":443", ":80", ":8443"]
ENTRIES = ["corp.example", ".corp.example", "*.corp.example", "llm.corp.example", "corp.example:8443", "10.1.2.3", "*"]
ENTRIES += ["10.0.0.0/8", "10.1.2.3/32", "2001:db8::1", "localhost", "https://llm.corp.example", "example"]
ENTRIES += ["", " corp.example ", "Corp.Example", "corp.example:80", "http://"]
URLS = st.builds(
    "{}://{}{}/v1".format, st.sampled_from(["http", "https"]), st.sampled_from(HOSTS), st.sampled_from(PORTS)
)
PROXIES = st.fixed_dictionaries(
    {},
    optional={
        "http": st.just("http://proxy-a.example:3128"),
        "https": st.just("proxy-b.example:3128"),
        "all": st.just("http://proxy-c.example:3128"),
        "no": st.lists(st.sampled_from(ENTRIES), max_size=3).map(",".join),
    },
)


def goes_through_one(url: str, proxies: dict[str, str]) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._utils.getproxies", lambda: proxies)
        with httpx.Client(verify=PLAIN) as client:
            return client._transport_for_url(httpx.URL(url)) is not client._transport


@settings(max_examples=300, deadline=None)
@given(url=URLS, proxies=PROXIES)
def test_it_is_as_httpx_does(url: str, proxies: dict[str, str]) -> None:
    found = route(url, proxies)
    assert (found.proxy is not None) is goes_through_one(url, proxies), (url, proxies, found)


def test_loopback_goes_direct_whatever_is_set() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]", "api.localhost"):
        assert route(f"http://{host}:4000", {"http": "http://proxy:1", "all": "http://proxy:1"}).proxy is None


@pytest.mark.parametrize(
    ("entry", "misread"),
    [("10.0.0.0/8", True), ("*.3", False), ("10.1.2.0/24", True), ("11.0.0.0/8", False), ("10.1.2.x", False)],
)
def test_networks_in_no_proxy_are_told(entry: str, misread: bool) -> None:
    found = route("http://10.1.2.3:8000", {"http": "http://proxy:1", "no": entry})
    assert (found.proxy, found.misread) == ("http://proxy:1", entry if misread else "")


def test_a_proxy_s_password_is_not_shown() -> None:
    found = route("http://llm.example", {"http": "http://user:quokka7351@proxy.example:3128"})
    assert found.proxy == "http://proxy.example:3128"


@given(st.text(max_size=30))
def test_any_setting_at_all_is_judged(text: str) -> None:
    proxies = {"http": text, "no": text}
    list(unusable(proxies))
    route("http://llm.example/v1", proxies)
