"""A ledger that gwctl did not leave so: LEDGER_BROKEN in every place that reads it, and nothing in it is changed."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from reconciler import address
from reconciler.address import KEY
from reconciler.errors import Failed
from reconciler.ledger.machine_rows import MachineRows
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.ledger.stack_rows import Stack, Stacks
from reconciler.resources.presence import Owner, Slot
from reconciler.resources.resource import Resource
from reconciler.secrets.binding import Exposure, Pair, Secret
from tests.state.test_codec import state

SLOT = Slot(KEY, ("gwctl:acme", "it"))
FACTS = {"origin": "env K", "backend": "Backend"}
OWNER = Owner(stack="stack-1", lineage="lineage-1", address="key.it", name="acme", place="state.json")
OWNED = ("stack-1", "lineage-1")
STACK = Stack(
    id="stack-1", path="/acme/gateway.yaml", store="/acme/.gwctl/state.json", name="acme", lineage="lineage-1"
)
PAIR = Pair(Secret("env", "K", "K"), Exposure(origin="https://llm.example"))
ENDPOINT, MODEL = state("m").resources.values()
DEEP = "[" * 100_000
ROWS: dict[str, str | tuple[str, tuple[object, ...]]] = {
    "attributes: no JSON": "UPDATE resource SET attributes='no'",
    "attributes: too deep": ("UPDATE resource SET attributes=?", (DEEP,)),
    "attributes: a list": "UPDATE resource SET attributes='[]'",
    "attributes: a number": "UPDATE resource SET attributes='5'",
    "attributes: bytes": "UPDATE resource SET attributes=x'ff'",
    "attributes: not UTF-8": "UPDATE resource SET attributes=CAST(x'ff22' AS TEXT)",
    "attributes: others than an endpoint's": "UPDATE resource SET attributes='{}' WHERE position=0",
    "attributes: a URL that is none": (
        "UPDATE resource SET attributes=replace(attributes, 'http://h:4000', 'http://[') WHERE position=0",
        (),
    ),
    "attributes: NaN": "UPDATE resource SET attributes=replace(attributes, '10.0', 'NaN')",
    "facts: null": "UPDATE resource SET facts='null'",
    "address: of no kind": "UPDATE resource SET address='nonsense'",
    "address: twice": "UPDATE resource SET address='endpoint.a'",
    "address: bytes": "UPDATE resource SET address=x'00'",
    "a table is missing": "DROP TABLE resource",
    "a column is missing": "ALTER TABLE resource DROP COLUMN facts",
    "an entry's status": "UPDATE owned SET status='perhaps'",
    "an entry's status: a number": "UPDATE owned SET status='1'",
    "an entry's fingerprint: bytes": "UPDATE owned SET fingerprint=x'ff'",
    "an entry's slot: no JSON": "UPDATE owned SET slot='no'",
    "an entry's slot: too short": "UPDATE owned SET slot='[\"gwctl:acme\"]'",
    "an entry's slot: a number": "UPDATE owned SET slot='[\"gwctl:acme\", 1]'",
    "an entry's facts: a list": "UPDATE owned SET facts='[]'",
    "an entry's facts: a number": "UPDATE owned SET facts='{\"origin\": 1}'",
    "an owner's slot: no JSON": "UPDATE owner SET slot='no'",
    "an owner's address: of another kind": "UPDATE owner SET address='endpoint.it'",
    "an owner's place: not UTF-8": "UPDATE owner SET place=CAST(x'ff' AS TEXT)",
    "an owner's place: bytes": "UPDATE owner SET place=x'00'",
    "a stack's path: bytes": "UPDATE stack SET path=x'00'",
    "a stack's lineage: not UTF-8": "UPDATE stack SET lineage=CAST(x'ff' AS TEXT)",
    "a binding's kind": "UPDATE binding SET kind='perhaps'",
    "a binding's origin: bytes": "UPDATE binding SET origin=x'00'",
    "a binding's proxy: a number": "UPDATE binding SET proxy=x'07'",
    "no secret": "DELETE FROM secret",
    "two secrets": "INSERT INTO secret SELECT value FROM secret",
    "a secret that is text": "UPDATE secret SET value='short'",
    "a secret that is short": "UPDATE secret SET value=x'00'",
    "the time of a used plan": "UPDATE used_plan SET used=x'07'",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger with something in each of its tables."""
    path = tmp_path / "ledger.sqlite3"
    OwnedRows(path).begin_write(SLOT, OWNER, pending="f1", facts=FACTS)
    MachineRows(path).write(OWNED, [ENDPOINT, MODEL], "")
    Stacks(path).remember(STACK, {PAIR: "asked"})
    MachineRows(path).use_plan("sha256:1")
    return path


def readers(path: Path) -> list[Callable[[], object]]:
    """Everything that reads it."""
    ledger, machine = OwnedRows(path), MachineRows(path)
    return [
        ledger.read,
        lambda: ledger.digest("a-key"),
        lambda: machine.read(OWNED),
        lambda: machine.plan_used("sha256:1"),
        Stacks(path).read,
        lambda: machine.write(OWNED, [MODEL], "another version"),
    ]


def said(doing: Callable[[], object]) -> str:
    """The code of what it says, "" when it is content."""
    try:
        doing()
    except Failed as fault:
        return fault.diagnostics[0].code
    return ""


@pytest.mark.parametrize("name", ROWS)
def test_whatever_is_wrong_in_it_is_said(path: Path, name: str) -> None:
    change = ROWS[name]
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute(change) if isinstance(change, str) else rows.execute(*change)
    before = path.read_bytes()
    codes = {said(each) for each in readers(path)}
    assert "LEDGER_BROKEN" in codes
    assert codes <= {"LEDGER_BROKEN", "MACHINE_CHANGED", ""}
    assert path.read_bytes() == before


@pytest.mark.parametrize("version", [0, 1, 2])
def test_another_program_s_database_is_left_alone(tmp_path: Path, version: int) -> None:
    path = tmp_path / "cookies.sqlite"
    with closing(sqlite3.connect(path)) as rows, rows:
        rows.execute("CREATE TABLE moz_cookies (name TEXT)")
        rows.execute(f"PRAGMA user_version={version}")
    before = path.read_bytes()
    writers = [
        lambda: OwnedRows(path).begin_write(SLOT, OWNER, pending="f", facts=FACTS),
        lambda: MachineRows(path).use_plan("d"),
    ]
    assert {said(each) for each in [*readers(path), *writers]} == {"LEDGER_BROKEN"}
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", ["\ud800", "x\ud800y"])
def test_what_could_not_be_read_back_is_not_written(path: Path, name: str) -> None:
    before = path.read_bytes()
    strange = Resource(address.model("a", name), MODEL.attributes, MODEL.facts)
    machine = MachineRows(path)
    version = machine.read(OWNED).version
    assert said(lambda: machine.write("lineage-1", [ENDPOINT, strange], version)) == "NOT_RECORDABLE"
    endless = Resource(ENDPOINT.address, replace(ENDPOINT.as_endpoint, timeout=float("nan")), ENDPOINT.facts)
    assert said(lambda: machine.write("lineage-1", [endless], version)) == "NOT_RECORDABLE"
    assert path.read_bytes() == before


def test_a_fingerprint_is_under_the_secret_that_is_there_when_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    slow, fast = OwnedRows(path), OwnedRows(path)
    built = slow.digest("a-key")
    fast.begin_write(Slot(KEY, ("gwctl:acme", "other")), OWNER, pending=fast.digest("b-key"), facts=FACTS)
    slow.begin_write(SLOT, OWNER, pending=built, facts=FACTS)
    slow.end_write(SLOT)
    assert OwnedRows(path).read()[SLOT].fingerprint == OwnedRows(path).digest("a-key")


def test_a_fingerprint_of_before_there_was_a_ledger_is_known_again(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    slow, fast = OwnedRows(path), OwnedRows(path)
    built = slow.digest("a-key")
    assert slow.current(built) == built
    fast.begin_write(SLOT, OWNER, pending=fast.digest("b-key"), facts=FACTS)
    assert slow.current(built) == slow.digest("a-key") != built


_RACER = """
import sys
from pathlib import Path
from reconciler.address import KEY
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.resources.presence import Owner, Slot
ledger, slot = OwnedRows(Path(sys.argv[1])), Slot(KEY, ("gwctl:acme", sys.argv[2]))
owner = Owner(stack="s", lineage="l", address="key.x", name="acme", place="s")
sys.stdout.write("ready\\n")
sys.stdout.flush()
sys.stdin.readline()
ledger.begin_write(slot, owner, pending=ledger.digest("key-" + sys.argv[2]), facts={})
ledger.end_write(slot)
"""


def test_of_many_first_writers_every_fingerprint_is_good(tmp_path: Path) -> None:
    path, names = tmp_path / "ledger.sqlite3", [f"n{number}" for number in range(12)]
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", _RACER, str(path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for name in names
    ]
    for racer in racers:
        assert racer.stdout
        racer.stdout.readline()
    for racer in racers:  # all of them wait for this line
        assert racer.stdin
        racer.stdin.write("go\n")
        racer.stdin.flush()
    for racer in racers:
        racer.communicate(timeout=120)
    assert [racer.returncode for racer in racers] == [0] * len(names)
    ledger = OwnedRows(path)
    entries = ledger.read()
    assert {slot.path[1] for slot in entries} == set(names)
    for slot, entry in entries.items():
        assert entry.fingerprint == ledger.digest(f"key-{slot.path[1]}"), slot
