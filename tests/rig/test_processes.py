"""Servers end with the run of the tests, also if it is killed. The tests do not use the user's home directory."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.home import HOME, taken
from tests.support.shared import FOLDER

# A run of the tests, as far as it starts processes; it is killed once it is told to.
RUN = """
import os, signal, sys
from pathlib import Path
from tests.support.process import are_of, reaped, started, stop

folder = Path(sys.argv[1])
are_of(folder)
held = reaped(folder)
stopped, left = (started(["sleep", "1000"], folder / "log", {}) for _ in "12")
stop(stopped)
print(left, *sorted(path.name for path in (folder / "processes").iterdir()), flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="a process that is another's child: Linux only")
def test_a_server_ends_with_the_run_that_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    command = [sys.executable, "-c", RUN, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        server, *told = run.stdout.readline().split()
        assert told == [server], "what was stopped is not told of"
        seen = os.pidfd_open(int(server))
        run.stdin.write("\n")
    assert run.returncode < 0
    assert select.select([seen], [], [], 60)[0], "it still runs"
    os.close(seen)


def test_the_home_of_the_machines_user_is_not_the_home_of_the_tests(request: pytest.FixtureRequest) -> None:
    home = request.config.stash[HOME]
    assert Path.home() == home
    assert home.parent == request.config.stash[FOLDER]
    assert not {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"} & set(os.environ)
    assert taken(home) == []


def test_a_gwctl_that_is_given_no_home_is_found_by_its_ledger(gwctl, tmp_path: Path) -> None:
    del gwctl.environ["XDG_STATE_HOME"]
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {base_url: 'http://localhost:9', key: {env: ACME_KEY}}}\n")
    gwctl("trust", "it", HOME=str(tmp_path / "whose"))
    assert "ledger.sqlite3" in taken(tmp_path / "whose")
    assert taken(tmp_path / "whose") == []
