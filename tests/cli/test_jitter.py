"""`gwctl apply --jitter`: runs that a scheduler starts in the same second are spread."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from reconciler.cli.console.output import Output
from reconciler.cli.jitter import wait

UNATTENDED = ("apply", "--auto-approve", "--jitter")


@pytest.fixture
def acme(gwctl, server):
    """A gateway whose server lists a model."""
    server.lists("m")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\n")
    return gwctl


@pytest.fixture
def said(monkeypatch, capsys):
    """Return what a wait of these seconds says. The wait itself takes no time."""

    def wait_for(seconds: float) -> str:
        monkeypatch.setattr(random, "uniform", lambda _least, _most: seconds)
        monkeypatch.setattr(time, "sleep", lambda waited: waited == seconds or pytest.fail(f"waited {waited}"))
        wait(900.0, Output("never", False, False))
        return str(capsys.readouterr().err)

    return wait_for


@pytest.mark.parametrize(("seconds", "shown"), [(1.0, "1"), (1.6, "2"), (812.4, "812")])
def test_an_apply_says_how_long_it_waits(seconds: float, shown: str, said) -> None:
    assert said(seconds) == f"waiting {shown} s before the apply (--jitter)\n"


@pytest.mark.parametrize("seconds", [0.0, 0.4, 0.999])
def test_less_than_a_second_is_no_wait_to_speak_of(seconds: float, said) -> None:
    assert said(seconds) == ""


def test_an_apply_that_asks_nobody_waits_and_applies(acme) -> None:
    assert "Applied" in acme(*UNATTENDED, "1s").out
    assert "waiting" not in acme("apply", "--auto-approve").err


BAD_FILE = ("apply", "--auto-approve")


@pytest.mark.parametrize(
    ("words", "text", "code"),
    [
        (BAD_FILE, "version: 1\nname: acme\nendpoints: {it: {base_url: 7}}\n", "WRONG_KIND"),
        (BAD_FILE, None, "NO_FILE"),
        ((*BAD_FILE, "--accept-catalog", "other"), "", "UNKNOWN_ENDPOINT"),
        ((*BAD_FILE, "--allow-host", "other"), "", "UNKNOWN_ENDPOINT"),
        ((*BAD_FILE, "--max-age", "2h"), "", "NOT_FOR_SCOPE"),
        ((*BAD_FILE, "--locked"), "", "LOCK_BROKEN"),
        (BAD_FILE, "state: 'ftp://state.example'\n", "UNKNOWN_STORE"),
        (BAD_FILE, "state: 'file:broken.json'\n", "STATE_BROKEN"),
        (("apply", "gateway.yaml"), "", "NOT_A_PLAN"),
        (("apply", "absent.plan"), "", "PLAN_UNREADABLE"),
    ],
)
def test_a_fault_that_needs_no_network_is_reported_before_the_wait(
    words: tuple[str, ...], text: str | None, code: str, acme, server
) -> None:
    path = acme.folder / "gateway.yaml"
    (acme.folder / "gateway.lock.yaml").write_text("version: [")
    (acme.folder / "broken.json").write_text("{")
    if text is None:
        path.unlink()
    else:
        path.write_text(text if text.startswith("version") else path.read_text() + text)
    server.requests.clear()
    result = acme(*words, "--jitter", "24h", "--format", "json", code=1)
    assert code in {each["code"] for each in result.json["diagnostics"]}
    assert "waiting" not in result.err
    assert not server.requests
    assert result.json == acme(*words, "--format", "json", code=1).json


def test_a_saved_plan_waits_too(acme, server) -> None:
    acme("plan", "--out", "it.plan")
    server.requests.clear()
    assert "Applied" in acme("apply", "it.plan", "--jitter", "1s").out


def test_a_document_stays_one_document(acme) -> None:
    assert acme(*UNATTENDED, "1s", "--format", "json").json["applied"]


def test_the_times_are_spread_over_the_whole_time(monkeypatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    for _ in range(500):
        wait(900.0, Output("never", False, True))
    assert all(0 <= seconds <= 900 for seconds in waited)
    assert {int(seconds // 300) for seconds in waited} >= {0, 1, 2}
    assert len(set(waited)) > 400


def test_a_person_is_not_made_to_wait(acme, server) -> None:
    result = acme("apply", "--jitter", "15m", code=None)
    assert result.code not in (0, None)
    assert "--jitter is only for an apply that asks nobody" in result.err
    assert "add --auto-approve" in result.err
    assert not server.requests
    assert not (acme.folder / ".gwctl").exists()


@pytest.mark.parametrize("text", ["15", "-5m", "0s", "25h", "86401s", "2d", "1.5h", "", "99999h", "soon"])
def test_an_absurd_time_is_refused(text: str, acme, server) -> None:
    result = acme("apply", "--auto-approve", f"--jitter={text}", code=None)
    assert result.code not in (0, None)
    assert "such as 15m" in result.err
    assert not server.requests


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("words", [("apply", "--auto-approve"), ("apply", "it.plan")])
def test_a_signal_ends_the_wait_at_once_and_nothing_is_open(
    words: tuple[str, ...], number: signal.Signals, acme, server
) -> None:
    acme("plan", "--out", "it.plan")
    server.requests.clear()
    words = acme.command(*words, "--jitter", "24h")
    process = subprocess.Popen(words, cwd=acme.folder, env=acme.environ, stderr=subprocess.PIPE)
    assert process.stderr
    line = process.stderr.readline()
    assert re.fullmatch(rb"waiting [0-9]+ s before the apply \(--jitter\)", line.strip())
    if Path("/proc/self/fd").exists():
        opened = [str(entry.readlink()) for entry in Path(f"/proc/{process.pid}/fd").iterdir()]
        assert not [path for path in opened if path.startswith((str(acme.folder), acme.environ["HOME"], "socket:"))]
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert said.strip() == (b"interrupted" if number == signal.SIGINT else b"")
    assert not server.requests
    assert not (acme.folder / ".gwctl").exists()
