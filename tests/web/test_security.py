"""`gwctl ui` against requests that its own browser does not send."""

from __future__ import annotations

import os
import signal
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.web.app import LARGEST, MOST_FIELDS, SENT, SHOWN
from tests.support.local_page import Local, Script, contents, hidden
from tests.support.process import alive

GATEWAY = (
    "version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\nroles: {chat: own/m}\n"
)
POLICY = {
    "content-security-policy": (
        "default-src 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
    ),
    "referrer-policy": ("no-referrer",),
    "cache-control": ("no-store",),
    "x-content-type-options": ("nosniff",),
    "cross-origin-resource-policy": ("same-origin",),
}


@pytest.fixture
def alone(gwctl) -> None:
    """Let `gwctl ui` be a process that Python starts, and no fork."""
    gwctl.warm = None


@pytest.fixture
def script(gwctl, starts: Callable[..., Local]) -> Script:
    """Somebody who has entered, and sends what no browser would."""
    gwctl.write(GATEWAY)
    script = Script(starts("-v"))
    assert script.enter().status == 200
    return script


def every_address() -> list[tuple[str, str]]:
    """(method, path) of all that the page serves, and of an address that it does not."""
    served = [("GET", path) for path in SHOWN] + [("POST", path) for path in SENT]
    return [
        (method, path.replace("{name}", "1")) for method, path in [*served, ("GET", "/nothing"), ("POST", "/nothing")]
    ]


def test_without_the_cookie_nothing_is_served(script: Script, gwctl) -> None:
    before = contents(gwctl.folder)
    script.cookie = ""
    for method, path in every_address():
        reply = script.send(method, path, {"token": "x"})
        assert reply.status == 403, path
        assert "acme" not in reply.text
    assert contents(gwctl.folder) == before


def test_without_the_token_no_form_is_taken(script: Script, gwctl) -> None:
    before = contents(gwctl.folder)
    for path in (path.replace("{name}", "1") for path in SENT):
        for token in ("", "wrong", script.local.code, script.cookie.partition("=")[2]):
            reply = script.send("POST", path, {"token": token, "do": "apply", "endpoint": "own"})
            assert (reply.status, reply.text) == (403, "The form does not belong to this run of gwctl ui.\n"), path
    assert contents(gwctl.folder) == before


STRANGE: list[tuple[dict[str, str | None], int]] = [
    ({"Host": "evil.example"}, 421),
    ({"Origin": "https://evil.example"}, 403),
    ({"Sec_Fetch_Site": "cross-site"}, 403),
    ({"Sec_Fetch_Site": None}, 403),
    ({"Content_Type": "text/plain"}, 415),
    ({"Cookie": None}, 403),
]


def test_a_form_of_a_stranger_is_refused_and_changes_nothing(script: Script, gwctl) -> None:
    form = script.form("/plan")
    before = contents(gwctl.folder)
    for headers, status in STRANGE:
        for path in ("/confirm", "/apply"):
            assert script.send("POST", path, form, **headers).status == status
    assert contents(gwctl.folder) == before
    assert script.send("POST", "/apply", form).status == 200
    assert gwctl.models() == ["model.own/m"]


def test_the_code_is_taken_once_and_from_a_form_alone(gwctl, starts) -> None:
    gwctl.write(GATEWAY)
    script = Script(starts())
    for wrong in ({}, {"code": ""}, {"code": "wrong"}):
        assert script.send("POST", "/enter", wrong).status == 403
    assert script.send("GET", f"/enter?code={script.local.code}").status in (403, 405)
    assert script.enter().status == 200
    other = Script(script.local)
    assert other.enter().status == 403
    assert script.send("GET", "/").status == 200
    assert other.send("GET", "/").status == 403


def test_every_response_has_the_policy(script: Script) -> None:
    replies = [script.send(method, path, {"token": script.form("/")["token"]}) for method, path in every_address()]
    replies += [
        script.send("GET", "/style.css"),
        script.send("DELETE", "/"),
        script.send("GET", "/", Host="evil.example"),
    ]
    replies += [Script(script.local).send("GET", "/"), script.send("GET", "/enter"), script.send("POST", "/style.css")]
    assert {reply.status // 100 for reply in replies} == {2, 3, 4}
    for reply in replies:
        for name, parts in POLICY.items():
            assert all(part in reply.headers.get(name, "") for part in parts), (name, reply)
        assert "script-src" not in reply.headers["content-security-policy"]
        assert "server" not in reply.headers


def test_no_page_has_a_script_a_style_of_its_own_or_another_host(script: Script) -> None:
    for path in SHOWN:
        text = script.send("GET", path.replace("{name}", "1")).text
        assert not [
            word for word in ("<script", "style=", "javascript:", " onclick", "https://", "<iframe") if word in text
        ]


@pytest.mark.usefixtures("alone")
def test_no_address_has_a_secret(script: Script) -> None:
    """The command line of the process, what it prints, and where its pages lead."""
    secrets = [script.local.code, script.form("/")["token"], script.cookie.partition("=")[2]]
    texts = [script.local.said, str(script.local.entry)]
    texts.append(Path(f"/proc/{script.local.pid}/cmdline").read_text() if Path("/proc").is_dir() else "")
    for path in SHOWN:
        reply = script.send("GET", path.replace("{name}", "1"))
        texts += [part.partition('"')[0] for part in reply.text.replace("action=", "href=").split('href="')[1:]]
        texts.append(reply.headers.get("location", ""))
    assert not [secret for secret in secrets for text in texts if secret in text]


def test_requests_are_not_logged(script: Script) -> None:
    before = script.local.said
    for path in ("/", "/plan", "/nothing"):
        script.send("GET", path)
    assert script.local.said == before
    assert before.count("\n") == 2


def test_the_entry_page_is_of_this_user_alone_and_goes_once_it_was_used(gwctl, starts) -> None:
    gwctl.write(GATEWAY)
    local = starts()
    status = local.entry.stat()
    assert stat.S_IMODE(status.st_mode) == 0o600
    assert stat.S_IMODE(local.entry.parent.stat().st_mode) == 0o700
    assert status.st_uid == os.getuid()
    Script(local).enter()
    assert not local.entry.exists()


def test_it_listens_on_the_loopback_address_alone(script: Script) -> None:
    lines = Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()
    listening = {line.split()[1] for line in lines[1:] if line.split()[3:4] == ["0A"]}
    assert {place for place in listening if int(place.rpartition(":")[2], 16) == script.local.port} == {
        f"0100007F:{script.local.port:04X}"
    }


def test_no_option_binds_it_elsewhere(gwctl) -> None:
    text = gwctl("ui", "--help").out
    assert not [word for word in ("--host", "--bind", "--listen", "--port", "0.0.0.0") if word in text]


def test_a_form_has_a_size(script: Script) -> None:
    token = script.form("/")["token"]
    assert script.send("POST", "/plan", {"token": token, "x": "x" * (LARGEST + 1)}).status == 413
    many = {str(number): "" for number in range(MOST_FIELDS + 1)}
    assert script.send("POST", "/plan", {"token": token, **many}).status == 413
    assert script.send("GET", "/").status == 200


def test_half_a_request_holds_up_nobody(script: Script) -> None:
    with socket.create_connection(("127.0.0.1", script.local.port)) as half:
        half.sendall(f"POST /plan HTTP/1.1\r\nHost: {script.host}\r\nContent-Length: 100\r\n".encode())
        assert script.send("GET", "/").status == 200


def test_it_ends_after_the_quiet_time_that_it_names(gwctl, starts) -> None:
    gwctl.write(GATEWAY)
    local = starts("--quiet-time", "1s")
    assert "or after 1s without a request" in local.said
    local.ends()
    assert "Ended after the quiet time." in local.said
    assert not local.entry.exists()


@pytest.mark.usefixtures("alone")
def test_it_ends_with_ctrl_c(script: Script) -> None:
    os.killpg(script.local.pid, signal.SIGINT)
    script.local.ends()
    assert script.local.said.endswith("Ended.\n")
    assert not script.local.entry.exists()
    assert not alive(script.local.pid)


def test_a_gateway_file_with_errors_is_not_served(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoint: {}\n")
    assert "gateway.yaml:3:1" in gwctl("ui", "--no-browser", code=1).err


def test_a_step_that_the_page_does_not_offer_is_not_taken(script: Script, gwctl) -> None:
    """There is no way to write a `command:`, or to skip the name that sends a key."""
    before = contents(gwctl.folder)
    form = hidden(script.send("GET", "/connect").text)
    place = hidden(script.send("POST", "/connect", {**form, "preset": "litellm"}).text)
    fields = {**place, "name": "new", "base_url": "http://127.0.0.1:9"}
    key = hidden(script.send("POST", "/connect", fields).text)
    for source in ("command", "file", "keyring", ""):
        reply = script.send(
            "POST", "/connect", {**key, "source": source, "typed": "new", "variable": "HOME", "key": "k"}
        )
        assert reply.status == 422
    for step in ("", "review", "command", "../apply"):
        assert script.send("POST", "/connect", {**key, "step": step}).headers["location"] == "/connect"
    assert script.send("POST", "/connect", {**form, "preset": "no-such-preset"}).headers["location"] == "/connect"
    assert contents(gwctl.folder) == before
