"""`gwctl apply --jitter`: runs that a scheduler starts in the same second are spread."""

from __future__ import annotations

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


def test_an_apply_that_asks_nobody_says_how_long_it_waits(acme) -> None:
    result = acme(*UNATTENDED, "1s")
    assert re.fullmatch(r"waiting [01] s before the apply \(--jitter\)", result.err.splitlines()[0])
    assert "Applied" in result.out
    assert "waiting" not in acme("apply", "--auto-approve").err


def test_a_saved_plan_waits_too(acme) -> None:
    acme("plan", "--out", "it.plan")
    assert "before the apply (--jitter)" in acme("apply", "it.plan", "--jitter", "1s").err


def test_a_document_stays_one_document(acme) -> None:
    assert acme(*UNATTENDED, "1s", "--format", "json").json["applied"]


def test_the_times_are_spread_over_the_whole_time(monkeypatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    for _ in range(500):
        wait(900.0, True, Output("never", False, True))
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


@pytest.mark.parametrize("text", ["15", "-5m", "0s", "25h", "86401s", "1d", "1.5h", "", "99999h", "soon"])
def test_an_absurd_time_is_refused(text: str, acme, server) -> None:
    result = acme("apply", "--auto-approve", f"--jitter={text}", code=None)
    assert result.code not in (0, None)
    assert "such as 15m" in result.err
    assert not server.requests


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_wait_at_once_and_nothing_is_open(number: signal.Signals, acme, server) -> None:
    words = acme.command(*UNATTENDED, "24h")
    process = subprocess.Popen(words, cwd=acme.folder, env=acme.environ, stderr=subprocess.PIPE)
    assert process.stderr
    line = process.stderr.readline()
    assert b"before the apply (--jitter)" in line
    if Path("/proc/self/fd").exists():
        opened = [str(entry.readlink()) for entry in Path(f"/proc/{process.pid}/fd").iterdir()]
        assert not [path for path in opened if path.startswith((str(acme.folder), acme.environ["HOME"], "socket:"))]
    process.send_signal(number)
    _, said = process.communicate(timeout=20)
    assert process.returncode == (130 if number == signal.SIGINT else -number)
    assert said.strip() == (b"interrupted" if number == signal.SIGINT else b"")
    assert not server.requests
    assert not (acme.folder / ".gwctl").exists()
