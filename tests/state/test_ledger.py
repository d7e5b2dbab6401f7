"""The ledger: rows before and after each effect, for its owner's eyes only, and whole whatever happens."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.errors import Failed
from reconciler.ledger.database import default_path
from reconciler.ledger.entry_rows import Ledger
from reconciler.ledger.stack_rows import Stacks, new_stack
from reconciler.resources.presence import Owner
from reconciler.secrets.binding import Exposure, Pair, kept_secret
from reconciler.secrets.key import Key

SLOT = ("gwctl:acme", "it")
OWNER = Owner(stack="stack-1", lineage="lineage-1", address="key.it", name="acme", place="state.json")
OTHER = Owner(stack="stack-2", lineage="lineage-2", address="key.it", name="acme", place="other.json")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "deep" / "ledger.sqlite3")


def test_looking_makes_nothing(ledger: Ledger) -> None:
    assert ledger.entries() == {}
    assert ledger.fingerprint(Key("a"))
    assert not ledger.path.parent.exists()


def test_a_row_before_and_after_each_effect(ledger: Ledger) -> None:
    ledger.begin_write(SLOT, "f1", origin="env K", backend="Backend", owner=OWNER)
    entry = ledger.entries()[SLOT]
    assert (entry.status, entry.fingerprint, entry.pending, entry.owners) == ("writing", "", "f1", (OWNER,))
    ledger.end_write(SLOT)
    entry = ledger.entries()[SLOT]
    assert (entry.status, entry.fingerprint, entry.pending) == ("present", "f1", "")
    ledger.begin_write(SLOT, "f2", origin="env K", backend="Backend", owner=OWNER)
    assert (ledger.entries()[SLOT].fingerprint, ledger.entries()[SLOT].pending) == ("f1", "f2")
    ledger.end_write(SLOT)
    ledger.begin_delete(SLOT)
    assert ledger.entries()[SLOT].status == "deleting"
    ledger.forget(SLOT)
    assert ledger.entries() == {}


def test_a_row_goes_with_its_last_owner(ledger: Ledger) -> None:
    ledger.begin_write(SLOT, "f1", origin="env K", backend="Backend", owner=OWNER)
    ledger.end_write(SLOT)
    ledger.own(SLOT, OTHER)
    assert ledger.entries()[SLOT].owners == (OWNER, OTHER)
    ledger.disown(SLOT, "stack-1")
    assert ledger.entries()[SLOT].owners == (OTHER,)
    ledger.disown(SLOT, "stack-2")
    assert ledger.entries() == {}


def test_a_fingerprint_tells_keys_apart_and_holds_none_of_them(ledger: Ledger, tmp_path: Path) -> None:
    ledger.begin_write(SLOT, "f1", origin="env K", backend="Backend", owner=OWNER)
    again = Ledger(ledger.path)
    assert ledger.fingerprint(Key("a")) == again.fingerprint(Key("a")) != again.fingerprint(Key("b"))
    elsewhere = Ledger(tmp_path / "elsewhere.sqlite3")
    elsewhere.begin_write(SLOT, "f1", origin="env K", backend="Backend", owner=OWNER)
    assert elsewhere.fingerprint(Key("a")) != ledger.fingerprint(Key("a")), "the HMAC's key is the ledger's own"


@pytest.mark.skipif(os.name != "posix", reason="file modes: POSIX only")
def test_it_is_for_its_owner_only_whatever_the_umask(ledger: Ledger) -> None:
    before = os.umask(0)
    try:
        ledger.begin_write(SLOT, "f1", origin="env K", backend="Backend", owner=OWNER)
    finally:
        os.umask(before)
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700


def test_what_is_no_ledger_is_said(ledger: Ledger, tmp_path: Path) -> None:
    ledger.path.parent.mkdir()
    ledger.path.write_bytes(b"no database" * 100)
    for work in (ledger.entries, lambda: ledger.forget(SLOT), lambda: ledger.fingerprint(Key("a"))):
        with pytest.raises(Failed) as found:
            work()
        assert found.value.diagnostics[0].code == "LEDGER_BROKEN"
    with pytest.raises(Failed):
        Ledger(tmp_path).entries()
    with pytest.raises(Failed):
        Ledger(ledger.path / "below" / "a-file").entries()


def test_a_file_of_somebody_s_where_sqlite_keeps_its_journal_stays(ledger: Ledger) -> None:
    """SQLite deletes what lies there and is no journal of its own."""
    ledger.begin_write(SLOT, "f1", origin="env K", backend="Backend", owner=OWNER)
    foreign = ledger.path.with_name(f"{ledger.path.name}-journal")
    foreign.write_bytes(b"the only copy of my thesis\n")
    for work in (ledger.entries, lambda: ledger.forget(SLOT)):
        with pytest.raises(Failed) as found:
            work()
        assert found.value.diagnostics[0].code == "LEDGER_BROKEN"
    assert foreign.read_bytes() == b"the only copy of my thesis\n"


def test_a_newer_one_is_refused(ledger: Ledger) -> None:
    ledger.begin_write(SLOT, "f1", origin="env K", backend="Backend", owner=OWNER)
    with closing(sqlite3.connect(ledger.path)) as rows:
        rows.execute("PRAGMA user_version=99")
    with pytest.raises(Failed) as found:
        ledger.entries()
    assert found.value.diagnostics[0].code == "LEDGER_NEWER"


def test_a_kept_key_that_is_renamed_may_go_where_it_might_before(ledger: Ledger) -> None:
    place = Exposure(origin="https://llm.example", ca_file="/ca.pem", ca_content="sha256:1")
    stacks = Stacks(ledger.path)
    stack = stacks.remember(new_stack("/acme/gateway.yaml", "", "acme"), {Pair(kept_secret("it"), place): "asked"})
    ledger.rename_kept(stack.id, "key.it", "key.that")
    assert Pair(kept_secret("that"), place) in stacks.read().pairs(stack.id)


def test_two_at_once_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    script = (
        "import sys; from pathlib import Path; from reconciler.ledger.entry_rows import Ledger\n"
        "from reconciler.resources.presence import Owner\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "for number in range(20):\n"
        "    slot = ('gwctl:acme', f'{sys.argv[2]}-{number}')\n"
        "    owner = Owner(stack='s', lineage='l', address='key.x', name='acme', place='s')\n"
        "    ledger.begin_write(slot, 'f', origin='o', backend='b', owner=owner)\n"
        "    ledger.end_write(slot)\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b")]
    assert [each.wait(timeout=60) for each in both] == [0, 0]
    entries = Ledger(path).entries()
    assert len(entries) == 40
    assert {each.status for each in entries.values()} == {"present"}


def test_where_it_is() -> None:
    assert default_path({}).name == "ledger.sqlite3"
    assert default_path({"GWCTL_LEDGER": "here.db"}) == Path("here.db")
