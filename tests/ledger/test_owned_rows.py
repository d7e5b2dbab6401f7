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

from reconciler.address import KEY
from reconciler.errors import Failed
from reconciler.ledger.database import default_path
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.stack_rows import Stacks, new_stack
from reconciler.resources.presence import Owner, Slot
from reconciler.secrets.binding import Exposure, Pair, kept_secret

SLOT = Slot(KEY, ("gwctl:acme", "it"))
FACTS = {"origin": "env K", "backend": "Backend"}
OWNER = Owner(stack="stack-1", lineage="lineage-1", address="key.it", name="acme", place="state.json")
OTHER = Owner(stack="stack-2", lineage="lineage-2", address="key.it", name="acme", place="other.json")


@pytest.fixture
def ledger(tmp_path: Path) -> OwnedRows:
    return OwnedRows(tmp_path / "deep" / "ledger.sqlite3")


def test_looking_makes_nothing(ledger: OwnedRows) -> None:
    assert ledger.read() == {}
    assert ledger.digest("a")
    assert not ledger.path.parent.exists()


def test_a_row_before_and_after_each_effect(ledger: OwnedRows) -> None:
    ledger.begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    entry = ledger.read()[SLOT]
    assert (entry.status, entry.fingerprint, entry.pending, entry.owners) == ("writing", "", "f1", (OWNER,))
    ledger.end_write(SLOT)
    entry = ledger.read()[SLOT]
    assert (entry.status, entry.fingerprint, entry.pending) == ("present", "f1", "")
    ledger.begin_write(SLOT, OWNER, pending="f2", facts=FACTS)
    assert (ledger.read()[SLOT].fingerprint, ledger.read()[SLOT].pending) == ("f1", "f2")
    ledger.end_write(SLOT)
    ledger.begin_delete(SLOT)
    assert ledger.read()[SLOT].status == "deleting"
    ledger.forget(SLOT)
    assert ledger.read() == {}


def test_a_row_goes_with_its_last_owner(ledger: OwnedRows) -> None:
    ledger.begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    ledger.end_write(SLOT)
    ledger.own(SLOT, OTHER)
    assert ledger.read()[SLOT].owners == (OWNER, OTHER)
    ledger.disown(SLOT, "stack-1")
    assert ledger.read()[SLOT].owners == (OTHER,)
    ledger.disown(SLOT, "stack-2")
    assert ledger.read() == {}


def test_a_fingerprint_tells_keys_apart_and_holds_none_of_them(ledger: OwnedRows, tmp_path: Path) -> None:
    ledger.begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    again = OwnedRows(ledger.path)
    assert ledger.digest("a") == again.digest("a") != again.digest("b")
    elsewhere = OwnedRows(tmp_path / "elsewhere.sqlite3")
    elsewhere.begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    assert elsewhere.digest("a") != ledger.digest("a"), "the HMAC's key is the ledger's own"


@pytest.mark.skipif(os.name != "posix", reason="file modes: POSIX only")
def test_it_is_for_its_owner_only_whatever_the_umask(ledger: OwnedRows) -> None:
    before = os.umask(0)
    try:
        ledger.begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    finally:
        os.umask(before)
    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.path.parent.stat().st_mode) == 0o700


def test_what_is_no_ledger_is_said(ledger: OwnedRows, tmp_path: Path) -> None:
    ledger.path.parent.mkdir()
    ledger.path.write_bytes(b"no database" * 100)
    for work in (ledger.read, lambda: ledger.forget(SLOT), lambda: ledger.digest("a")):
        with pytest.raises(Failed) as caught:
            work()
        assert caught.value.diagnostics[0].code == "LEDGER_BROKEN"
    with pytest.raises(Failed):
        OwnedRows(tmp_path).read()
    with pytest.raises(Failed):
        OwnedRows(ledger.path / "below" / "a-file").read()


def test_a_file_of_somebody_s_where_sqlite_keeps_its_journal_stays(ledger: OwnedRows) -> None:
    """SQLite deletes what lies there and is no journal of its own."""
    ledger.begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    foreign = ledger.path.with_name(f"{ledger.path.name}-journal")
    foreign.write_bytes(b"the only copy of my thesis\n")
    for work in (ledger.read, lambda: ledger.forget(SLOT)):
        with pytest.raises(Failed) as caught:
            work()
        assert caught.value.diagnostics[0].code == "LEDGER_BROKEN"
    assert foreign.read_bytes() == b"the only copy of my thesis\n"


def test_a_newer_one_is_refused(ledger: OwnedRows) -> None:
    ledger.begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    with closing(sqlite3.connect(ledger.path)) as rows:
        rows.execute("PRAGMA user_version=99")
    with pytest.raises(Failed) as caught:
        ledger.read()
    assert caught.value.diagnostics[0].code == "LEDGER_NEWER"


def test_a_kept_key_that_is_renamed_may_go_where_it_might_before(ledger: OwnedRows) -> None:
    place = Exposure(origin="https://llm.example", ca_file="/ca.pem", ca_content="sha256:1")
    stacks = Stacks(ledger.path)
    stack = stacks.remember(new_stack("/acme/gateway.yaml", "", "acme"), {Pair(kept_secret("it"), place): "asked"})
    stacks.rename_kept(stack.id, "key.it", "key.that")
    assert Pair(kept_secret("that"), place) in stacks.read().pairs(stack.id)


def test_two_at_once_lose_no_row(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    script = (
        "import sys; from pathlib import Path; from reconciler.address import KEY\n"
        "from reconciler.ledger.owned_rows import OwnedRows\n"
        "from reconciler.resources.presence import Owner, Slot\n"
        "ledger = OwnedRows(Path(sys.argv[1]))\n"
        "owner = Owner(stack='s', lineage='l', address='key.x', name='acme', place='s')\n"
        "for number in range(20):\n"
        "    slot = Slot(KEY, ('gwctl:acme', f'{sys.argv[2]}-{number}'))\n"
        "    ledger.begin_write(slot, owner, pending='f', facts={})\n"
        "    ledger.end_write(slot)\n"
    )
    both = [subprocess.Popen([sys.executable, "-c", script, str(path), name]) for name in ("a", "b")]
    assert [each.wait(timeout=60) for each in both] == [0, 0]
    entries = OwnedRows(path).read()
    assert len(entries) == 40
    assert {entry.status for entry in entries.values()} == {"present"}


def test_where_it_is() -> None:
    assert default_path({}).name == "ledger.sqlite3"
    assert default_path({"GWCTL_LEDGER": "here.db"}) == Path("here.db")


def test_an_amended_backup_replaces_the_one_of_the_row_and_an_empty_one_keeps_it(ledger: OwnedRows) -> None:
    for backup, amended, expected in (("b1", "", "b1"), ("b2", "", "b1"), ("b2", "b3", "b3"), ("", "", "b3")):
        ledger.begin_write(SLOT, OWNER, pending="f1", facts=FACTS, backup=backup, amended=amended)
        assert ledger.read()[SLOT].backup == expected
        ledger.end_write(SLOT)
