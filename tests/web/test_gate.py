"""The gate: which requests are served. Each rule has a test that fails without it."""

from __future__ import annotations

import pytest

from reconciler.web.gate import Asked, Gate, Refusal


def asked(gate: Gate, cookie: str = "", method: str = "GET", path: str = "/", **headers: str | None) -> Asked:
    """A request as the page's own browser sends it, with other headers; None leaves one out."""
    usual: dict[str, str | None] = {"host": gate.hosts[0], "cookie": cookie, "sec-fetch-site": "same-origin"}
    if method == "POST":
        usual |= {"content-type": "application/x-www-form-urlencoded", "origin": "null"}
    usual |= {name.replace("_", "-"): value for name, value in headers.items()}
    return Asked(
        method=method, path=path, headers={name: (value,) for name, value in usual.items() if value is not None}
    )


@pytest.fixture
def gate() -> Gate:
    """A gate that nobody has entered."""
    return Gate(4711)


@pytest.fixture
def cookie(gate: Gate) -> str:
    """The cookie of the browser that has entered."""
    header = gate.enter(asked(gate, method="POST", path="/enter"), gate.code)
    assert isinstance(header, str)
    return header.partition(";")[0]


def status(gate: Gate, request: Asked) -> int | None:
    refusal = gate.refusal(request)
    return refusal.status if refusal else None


def test_the_browser_that_has_entered_is_served(gate: Gate, cookie: str) -> None:
    for method in ("GET", "POST"):
        assert gate.refusal(asked(gate, cookie, method)) is None


def test_the_code_counts_once(gate: Gate, cookie: str) -> None:
    assert isinstance(gate.enter(asked(gate, method="POST", path="/enter"), gate.code), Refusal)
    assert gate.refusal(asked(gate, cookie)) is None


def test_a_wrong_code_does_not_use_up_the_right_one(gate: Gate) -> None:
    for wrong in ("", "x", gate.code[:-1], gate.code + "x", "é"):
        assert isinstance(gate.enter(asked(gate), wrong), Refusal)
    assert isinstance(gate.enter(asked(gate), gate.code), str)


def test_the_cookie_is_for_this_site_and_for_no_script(gate: Gate) -> None:
    header = gate.enter(asked(gate), gate.code)
    assert isinstance(header, str)
    assert header.split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Strict"]
    assert gate.code not in header and gate.token not in header


def test_no_secret_is_in_two_places_or_in_two_runs() -> None:
    first, second = Gate(1), Gate(1)
    secrets = [first.code, first.token, second.code, second.token, first.enter(asked(first), first.code)]
    assert len(set(secrets)) == len(secrets)
    assert first.hosts != second.hosts


@pytest.mark.parametrize("given", ["", "gwctl=", "gwctl=x", "other=x", "gwctl", "gwctl=é", "a=b; gwctl=x"])
def test_another_cookie_is_none(gate: Gate, cookie: str, given: str) -> None:
    assert status(gate, asked(gate, given)) == 403


def test_before_anybody_has_entered_nobody_is_served(gate: Gate) -> None:
    assert status(gate, asked(gate)) == 403
    assert status(gate, asked(gate, "gwctl=")) == 403


@pytest.mark.parametrize(
    "host", ["evil.example:4711", "localhost:4711", "127.0.0.1:4712", "127.0.0.1", "", None, "gwctl.localhost:4711"]
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/"), ("POST", "/apply"), ("GET", "/style.css"), ("POST", "/enter")]
)
def test_another_host_is_refused_whatever_is_asked(
    gate: Gate, cookie: str, host: str | None, method: str, path: str
) -> None:
    """A name that an attacker lets point to this machine (DNS rebinding) is one of them."""
    assert status(gate, asked(gate, cookie, method, path, host=host)) == 421


def test_two_hosts_are_none(gate: Gate, cookie: str) -> None:
    request = asked(gate, cookie)
    both = Asked(method="GET", path="/", headers={**request.headers, "host": (gate.hosts[0], gate.hosts[0])})
    assert status(gate, both) == 421


def test_the_host_of_the_entry_is_the_only_one_from_then_on() -> None:
    for number in (0, 1):
        gate = Gate(4711)
        hosts = gate.hosts
        gate.enter(asked(gate, host=hosts[number]), gate.code)
        assert gate.hosts == (hosts[number],)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", "", None])
def test_a_form_of_another_page_is_refused(gate: Gate, cookie: str, site: str | None) -> None:
    assert status(gate, asked(gate, cookie, "POST", sec_fetch_site=site)) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_link_of_another_page_is_refused(gate: Gate, cookie: str, site: str) -> None:
    assert status(gate, asked(gate, cookie, sec_fetch_site=site)) == 403
    assert status(gate, asked(gate, cookie, sec_fetch_site="none")) is None


@pytest.mark.parametrize("origin", ["https://evil.example", "http://127.0.0.1:4711", "http://localhost:4711"])
def test_a_foreign_origin_is_refused(gate: Gate, cookie: str, origin: str) -> None:
    assert status(gate, asked(gate, cookie, "POST", origin=origin)) == 403
    assert status(gate, asked(gate, cookie, "POST", origin=f"http://{gate.hosts[0]}")) is None


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", None])
def test_what_is_no_form_is_refused(gate: Gate, cookie: str, kind: str | None) -> None:
    assert status(gate, asked(gate, cookie, "POST", content_type=kind)) == 415


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "CONNECT"])
def test_another_method_is_refused(gate: Gate, cookie: str, method: str) -> None:
    assert status(gate, asked(gate, cookie, method)) == 405


def test_the_token_of_a_form_is_compared_whole(gate: Gate) -> None:
    assert gate.is_own(gate.token)
    assert not any(gate.is_own(wrong) for wrong in ("", gate.token[:-1], gate.token + "x", "é", gate.code))
