"""Progress: who is awaited and for how long, on one line, seen by a person only, and gone without a trace."""

from __future__ import annotations

import re
import shlex
import sys
import threading
from collections.abc import Callable

import pytest

from reconciler.cli.console import progress
from reconciler.cli.console.progress import words
from tests.support.screen import Screen
from tests.support.scripted import Reply
from tests.support.terminal import Terminal

# A thousand turns, each line drawn as soon as it can be; then one that waits until somebody types.
CROWD = """
import sys, time
from reconciler.cli.console import progress
progress.PATIENCE, progress._TICK = 0, 0.001
print("before")
with progress.Progress() as awaited:
    for number in range(1000):
        awaited.turn(f"endpoint-{number}", None)
    while "and 9" not in awaited._text:
        time.sleep(0.001)
    for number in range(1000):
        awaited.turn(f"endpoint-{number}", object())
    awaited.turn("the-last-one", None)
    sys.stdin.readline()
print("after")
"""


@pytest.fixture
def acme(gwctl, server):
    """A gateway file with an endpoint that answers once `released` is set, and one that answers at once."""
    server.lists("m")
    server.lists("m", path="/quick/models")
    listing, released = server.routes["/models"], threading.Event()

    def reply(_request: object) -> Reply:
        released.wait(60)
        return listing

    server.routes["/models"] = reply
    gwctl.released = released
    slow, quick = f"{{base_url: '{server.url}', timeout: 60s}}", f"{{base_url: '{server.url}/quick'}}"
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{slow: {slow}, quick: {quick}}}\n")
    yield gwctl
    released.set()


@pytest.fixture
def at(terminal, acme) -> Callable[..., Terminal]:
    """gwctl at a terminal."""

    def start(*arguments: str, columns: int = 80, **environ: str) -> Terminal:
        return terminal(acme.command(*arguments), acme.folder, acme.environ | environ, columns)

    return start


@pytest.mark.parametrize("command", ["test", "plan", "models", "lock", "apply"])
def test_who_is_awaited_is_named_with_seconds_and_gone_at_the_end(at, acme, command: str) -> None:
    shown = at(command)
    shown.until(lambda: re.fullmatch(r"waiting for slow [2-9]\d* s", shown.screen.text))
    acme.released.set()
    assert shown.ends("n") == (1 if command == "apply" else 0)
    assert "waiting" not in shown.screen.text
    assert shown.screen.cursor_shown
    if command == "test":
        assert without_times(shown.screen.text) == without_times(acme("test").out)


def without_times(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\d+ ms", "", text)).strip()


def test_a_message_and_a_diagnosis_are_awaited_by_name(at, server, acme) -> None:
    said = {"choices": [{"message": {"content": "pong"}, "finish_reason": "stop"}], "model": "m"}

    def reply(_request: object) -> Reply:
        acme.released.wait(60)
        return Reply(body=said)

    server.routes["/quick/chat/completions"] = reply
    shown = at("chat", "quick/m", "ping")
    shown.until("waiting for the answer")
    acme.released.set()
    assert shown.ends() == 0
    assert "waiting" not in shown.screen.text
    assert "pong" in shown.screen.text


def test_interrupted_while_awaiting_the_terminal_is_clean(at) -> None:
    shown = at("plan")
    shown.until("waiting for slow")
    shown.types("\x03")
    assert shown.ends() == 130
    assert shown.screen.text.strip() == "interrupted"
    assert shown.screen.cursor_shown
    assert shown.raw.count(b"\x1b[?25l") == 0


def drawn(shown: Terminal) -> list[str]:
    """Every line of progress that was drawn whole, one after the other."""
    whole = shown.raw.decode(errors="replace").rpartition("\r")[0]
    return [part for part in whole.replace("\x1b[J", "").split("\r") if part.strip()] or [""]


def test_a_narrower_window_keeps_it_on_one_line(at, acme) -> None:
    shown = at("test", columns=80)
    shown.until("waiting for slow")
    shown.resize(12)
    shown.until(lambda: 0 < len(drawn(shown)[-1]) < 12)
    acme.released.set()
    assert shown.ends() == 0
    assert "waiting" not in shown.screen.text


def test_a_thousand_endpoints_are_one_line(terminal, gwctl) -> None:
    shown = terminal([sys.executable, "-c", CROWD], gwctl.folder, gwctl.environ)
    shown.until("waiting for the-last-one")
    assert re.fullmatch(r"before\nwaiting for the-last-one \d+ s", shown.screen.text)
    assert b"more" in shown.raw
    shown.types("\n")
    assert shown.ends() == 0
    assert shown.raw.replace(b"\r\n", b"\n").count(b"\n") == 3  # before, what was typed, after


@pytest.mark.parametrize(
    ("line", "environ"),
    [
        ("plan -q", {}),
        ("plan --format json", {}),
        ("plan --format markdown", {}),
        ("plan | cat", {}),
        ("plan 2>err.txt", {}),
        ("plan", {"CI": "true"}),
        ("plan", {"GITHUB_ACTIONS": "true"}),
        ("plan", {"JENKINS_URL": "http://ci.acme.example"}),
        ("plan", {"TERM": "dumb"}),
        ("plan", {"TERM": ""}),
    ],
)
def test_nothing_is_shown_where_no_person_looks(
    terminal, acme, server, monkeypatch, line: str, environ: dict[str, str]
) -> None:
    program = shlex.join([sys.executable, "-c", IMPATIENT])
    shown = terminal(["bash", "-c", f"{program} {line}"], acme.folder, acme.environ | environ)
    shown.until(lambda: any(request.path == "/models" for request in server.requests))
    acme.released.set()
    assert shown.ends() == 0
    err = acme.folder / "err.txt"
    assert b"waiting" not in shown.raw + (err.read_bytes() if err.exists() else b"")
    assert b"\x1b[J" not in shown.raw


IMPATIENT = """
import sys
from reconciler.cli import main
from reconciler.cli.console import progress
progress.PATIENCE, progress._TICK = 0, 0.001
sys.exit(main.run(sys.argv[1:]))
"""


def test_an_impatient_one_is_shown_at_once(terminal, acme) -> None:
    """The counterpart of the test above: the wait that it would see."""
    shown = terminal([sys.executable, "-c", IMPATIENT, "plan"], acme.folder, acme.environ)
    shown.until("waiting for slow")
    acme.released.set()
    assert shown.ends() == 0


def test_as_many_are_named_as_fit() -> None:
    waits = [(f"endpoint-{number}", 3.2) for number in range(20)]
    assert words(waits, 1000, 80) == "waiting for endpoint-0 3 s, endpoint-1 3 s, endpoint-2 3 s, … and 997 more"
    assert words(waits[:2], 2, 80) == "waiting for endpoint-0 3 s, endpoint-1 3 s"
    assert words(waits, 1000, 30) == "waiting for 1000 endpoints"
    assert words(waits[:1], 1, 24) == "waiting for 1 endpoint"
    assert words(waits[:1], 1, 9) == "waiting…"
    assert words([], 0, 80) == ""
    for width in range(-1, 200):
        assert len(words(waits, 1000, width)) <= max(width, 0)


@pytest.mark.parametrize("name", ["\x1b[2Jx", "a\nb", "\u202eevil", "x" * 5000, "\r\x1b]0;title\x07", "日本語" * 30])
def test_a_hostile_name_drives_no_terminal(name: str) -> None:
    for width in (10, 40, 80):
        screen, text = Screen(width + 1), words([(name, 1.0)], 1, width)
        screen.feed(f"{text}\r".encode())
        assert text.isprintable()
        assert progress.cells(text) <= width
        assert len(screen.lines) == 1
