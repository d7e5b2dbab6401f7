"""One connection for a phase of a run: nothing else changes, least of all what is noticed and what is locked."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.address import KEY
from reconciler.errors import Failed
from reconciler.files.kept_open import one_phase, phase_now
from reconciler.ledger.handle_rows import HandleRows
from reconciler.ledger.machine_rows import MachineRows
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.snapshot_rows import SnapshotRows
from reconciler.ledger.stack_rows import Stacks, new_stack
from reconciler.resources.presence import Owner, Slot
from tests.support.older_ledger import make_older

pytestmark = pytest.mark.skipif(os.name != "posix", reason="elsewhere no connection is kept")
SLOT = Slot(KEY, ("gwctl", "acme"))
OWNER = Owner(stack="s", lineage="l", address="key.it", name="acme", place="file")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite3"
    OwnedRows(path).begin_write(SLOT, OWNER, pending="p", facts={"origin": "env", "backend": "none"})
    return path


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[sqlite3.Connection]:
    """The connections that were opened."""
    connections: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def counted(*arguments, **named):
        connections.append(connect(*arguments, **named))
        return connections[-1]

    monkeypatch.setattr(sqlite3, "connect", counted)
    return connections


USES: dict[str, Callable[[Path], object]] = {
    "owned": lambda path: OwnedRows(path).read(),
    "digest": lambda path: OwnedRows(path).digest("x"),
    "stacks": lambda path: Stacks(path).read(),
    "a plan": lambda path: MachineRows(path).plan_used("0"),
    "handles": lambda path: HandleRows(path).read("s"),
    "snapshot": lambda path: SnapshotRows(path).read("s"),
    "records": lambda path: MachineRows(path).read(("s", "l")),
    "a write": lambda path: OwnedRows(path).end_write(SLOT),
    "a refused write": lambda path: OwnedRows(path).begin_write(
        SLOT, Owner(stack="t", lineage="l", address="key.it", name="b", place="file"), pending="q", facts={}
    ),
    "a stack": lambda path: Stacks(path).ensure(new_stack("/gateway.yaml", "file", "acme")),
}


def test_a_phase_opens_one_connection_and_closes_it(ledger: Path, opened: list[sqlite3.Connection]) -> None:
    with one_phase():
        for use in USES.values():
            use(ledger)
    assert len(opened) == 1
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        opened[0].execute("SELECT 1")


@pytest.mark.parametrize("name", USES)
def test_no_lock_is_held_between_two_transactions(ledger: Path, name: str) -> None:
    with one_phase():
        USES[name](ledger)
        with closing(sqlite3.connect(ledger, timeout=0, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            other.execute("UPDATE owned SET fingerprint='theirs'")
            other.execute("COMMIT")
        assert OwnedRows(ledger).read()[SLOT].fingerprint == "theirs", "what others write is seen"


def test_a_ledger_that_is_replaced_or_removed_is_noticed(ledger: Path, tmp_path: Path) -> None:
    rows = OwnedRows(ledger)
    shutil.copy(ledger, tmp_path / "copy")
    with one_phase():
        rows.end_write(SLOT)
        (tmp_path / "copy").replace(ledger)
        assert rows.read()[SLOT].status == "writing"
        rows.end_write(SLOT)
        assert rows.read()[SLOT].status == "present"
        ledger.unlink()
        assert rows.read() == {}
        assert rows.file.kept_secret() is None
        rows.begin_write(SLOT, OWNER, pending="p", facts={})
        assert rows.read()[SLOT].status == "writing"
    assert rows.read()[SLOT].status == "writing"


@pytest.mark.parametrize("ending", ["-journal", "-wal", "-shm", ""])
def test_each_transaction_checks_the_files_of_the_ledger(ledger: Path, tmp_path: Path, ending: str) -> None:
    victim = tmp_path / "victim"
    with one_phase():
        OwnedRows(ledger).read()
        shutil.move(ledger, victim) if not ending else victim.write_text("theirs")
        before = victim.read_bytes()
        Path(f"{ledger}{ending}").symlink_to(victim)
        for use in (USES["owned"], USES["a write"]):
            with pytest.raises(Failed, match="Cannot use the ledger"):
                use(ledger)
    assert victim.read_bytes() == before


def test_a_ledger_of_a_newer_gwctl_is_noticed(ledger: Path) -> None:
    with one_phase():
        OwnedRows(ledger).read()
        with closing(sqlite3.connect(ledger)) as newer:
            newer.execute("PRAGMA user_version=99")
        with pytest.raises(Failed, match="newer"):
            OwnedRows(ledger).read()


def test_a_transaction_that_fails_is_undone_and_the_next_one_works(ledger: Path) -> None:
    rows = OwnedRows(ledger)
    with one_phase():
        with pytest.raises(Failed), rows.file.open(writing=True) as connection:
            connection.execute("DELETE FROM owned")
            raise ValueError("in the middle")
        assert list(rows.read()) == [SLOT]
        rows.forget(SLOT)
    assert rows.read() == {}


def test_a_transaction_inside_of_another_has_a_connection_of_its_own(ledger: Path) -> None:
    rows = OwnedRows(ledger)
    with one_phase(), rows.file.open() as outer, rows.file.open() as inner:
        assert outer is not inner


def test_another_thread_and_another_ledger_have_connections_of_their_own(ledger: Path, tmp_path: Path) -> None:
    seen: list[object] = []
    with one_phase():
        OwnedRows(ledger).read()
        thread = threading.Thread(target=lambda: seen.extend([phase_now(), OwnedRows(ledger).read()]))
        thread.start()
        thread.join()
        OwnedRows(tmp_path / "other").begin_write(SLOT, OWNER, pending="p", facts={})
        assert OwnedRows(ledger).read() == OwnedRows(tmp_path / "other").read() | OwnedRows(ledger).read()
    assert seen == [None, OwnedRows(ledger).read()]
    assert phase_now() is None


def test_a_fork_does_not_use_the_connection(ledger: Path) -> None:
    with one_phase():
        OwnedRows(ledger).read()
        child = os.fork()
        if child == 0:
            os._exit(0 if phase_now() is None and SLOT in OwnedRows(ledger).read() else 1)
        assert os.waitpid(child, 0)[1] == 0


def test_reading_an_older_ledger_does_not_change_it(ledger: Path) -> None:
    make_older(ledger, 2)
    before = ledger.read_bytes()
    with one_phase():
        OwnedRows(ledger).read()
        OwnedRows(ledger).read()
        assert ledger.read_bytes() == before
        OwnedRows(ledger).forget(SLOT)
        assert ledger.read_bytes() != before
        OwnedRows(ledger).read()
