"""The calls with which an apply makes its writes last, counted from outside and in their order."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from reconciler.apply import write_state
from reconciler.cli.main import run
from reconciler.files.atomic_file import OwnFile
from reconciler.state import codec
from reconciler.state.stores.file import store as file_store
from tests.support.command import Gwctl

EXAMPLE = Path(__file__).parents[2] / "examples" / "gateway.yaml"
CALL = re.compile(r"(?P<name>fsync|fdatasync|rename(?:at2?)?|flock)\((?P<given>[^\n]*)")


def calls(gwctl: Gwctl, *words: str) -> list[tuple[str, str]]:
    """Return (name, arguments and result) of each call of one run."""
    strace = shutil.which("strace")
    if strace is None or subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode:
        pytest.skip("strace: not installed, or not allowed to trace")
    gwctl.write(EXAMPLE.read_text(encoding="utf-8"))
    log = gwctl.folder.parent / "strace"
    kinds = "trace=fsync,fdatasync,rename,renameat,renameat2,flock"
    command = [strace, "-f", "-y", "-o", str(log), "-e", kinds, *gwctl.command(*words)]
    environ = gwctl.environ | {"PYTHONDONTWRITEBYTECODE": "1"}  # Python renames the files that it compiles
    done = subprocess.run(command, cwd=gwctl.folder, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = log.read_text(encoding="utf-8", errors="replace")
    return [(match["name"], match["given"]) for match in CALL.finditer(text)]


@pytest.mark.skipif(sys.platform != "linux", reason="strace: Linux only")
def test_each_file_is_synced_before_its_name_and_its_folder_after_it(gwctl: Gwctl) -> None:
    """State, holder and .gitignore: docs/performance.md has the numbers."""
    made = [(name, given) for name, given in calls(gwctl, "apply", "--auto-approve") if "sqlite" not in given]
    names = [name for name, _ in made]
    for place, (name, given) in enumerate(made):
        if name.startswith("rename"):
            assert ".gwctl-" in given, "only a file of gwctl's own becomes another"
            assert (names[place - 1], names[place + 1]) == ("fsync", "fsync"), made
            assert made[place - 1][1] != made[place + 1][1], "first the file, then its folder"
    counted = Counter("rename" if name.startswith("rename") else name for name in names)
    assert (counted["rename"], counted["fsync"]) == (3, 6)
    assert counted["flock"] >= 5


@pytest.mark.skipif(sys.platform != "linux", reason="strace: Linux only")
def test_the_ledger_syncs_each_transaction_twice_and_its_folder(gwctl: Gwctl) -> None:
    """The journal before the database, the database before the journal goes, and the folder that has both."""
    made = [(name, given) for name, given in calls(gwctl, "apply", "--auto-approve") if name == "fdatasync"]
    written = [given for _, given in made if "ledger.sqlite3>" in given or "ledger.sqlite3-journal>" in given]
    databases = [given for given in written if "ledger.sqlite3>" in given]
    journals = [given for given in written if "ledger.sqlite3-journal>" in given]
    assert databases and len(journals) >= len(databases)
    for place, given in enumerate(written):
        if "ledger.sqlite3>" in given:
            assert "ledger.sqlite3-journal>" in written[place - 1], "a database is synced after its journal"


def test_what_is_written_is_read_back(gwctl: Gwctl, monkeypatch) -> None:
    """Once for the state, and the file is read again under its lock before it is replaced."""
    seen: Counter[str] = Counter()

    def counting(holder: object, name: str) -> None:
        whole = getattr(holder, name)

        def counted(*given: object, **named: object) -> object:
            seen[name] += 1
            return whole(*given, **named)

        monkeypatch.setattr(holder, name, counted)

    counting(write_state, "encode_checked")
    counting(codec, "decode")
    counting(file_store.FileStore, "read")
    counting(OwnFile, "replace")
    gwctl.write(EXAMPLE.read_text(encoding="utf-8"))
    monkeypatch.chdir(gwctl.folder)
    for name, value in gwctl.environ.items():
        monkeypatch.setenv(name, value)
    assert run(["apply", "--offline", "--auto-approve", "-q"]) == 0
    assert seen["encode_checked"] == 1
    assert seen["decode"] >= 1, "the text that is about to be written"
    assert seen["read"] >= 3, "before the plan, before the lock, and under it"
    assert seen["replace"] == 3
