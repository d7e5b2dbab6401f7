"""The recipe for a kind of owned resource, carried out on a copy: one module, and its row in the table of kinds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.owned import note_kind
from tests.recipes.program import Program
from tests.support.scripted import ScriptedServer

GATEWAY = """\
version: 1
name: acme
endpoints:
  it: {{base_url: '{url}', discover: false, models: [note, v1]}}
"""
TABLE = "KINDS: dict[str, Kind] = {kind.name: kind for kind in (ENDPOINT, MODEL, DEFAULT, KEY, CLIENT, HOOK)}"


class Noted(Program):
    """A copy of gwctl with a folder of notes."""

    def __init__(self, folder: Path, gateway: str) -> None:
        super().__init__(folder, gateway)
        self.notes = folder / "notes"
        self.notes.mkdir()

    def out(self, *arguments: str, code: int = 0) -> str:
        """Return what a command line prints, which must exit with that code."""
        done = self(*arguments, TEST_NOTES=str(self.notes))
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def carry_out(self) -> None:
        """Add the module of the tests' own kind, and its row to the table."""
        source = Path(note_kind.__file__).read_text(encoding="utf-8")
        begin, end = source.index("NOTE = Kind("), source.index("MOST = ")
        row = source[begin:end].replace("tests.owned.note_kind", "reconciler.owned.note")
        module = source[:begin] + source[end : source.index("\n\ndef register")]
        self.add("owned/note.py", module.replace("import KINDS, Address, Kind", "import NOTE, Address, Kind"))
        self.change("address.py", TABLE, row + TABLE.replace("HOOK)", "HOOK, NOTE)"))

    @property
    def note(self) -> Path:
        """The note of the endpoint."""
        return self.notes / "it.txt"


@pytest.fixture
def program(tmp_path: Path, server: ScriptedServer) -> Noted:
    server.lists("note", "v1")
    return Noted(tmp_path, GATEWAY.format(url=server.url))


def test_a_kind_of_owned_resource_costs_one_module_and_its_row_in_the_table(program: Noted) -> None:
    program.out("apply", "--auto-approve")
    assert not program.note.exists()
    program.carry_out()
    assert program.touched == {"owned/note.py", "address.py"}

    assert "+ note  folder of notes" in program.out("plan", "--detailed-exitcode", code=2)
    changes = json.loads(program.out("plan", "--format", "json"))["changes"]
    changing = [(change["address"], change["action"]) for change in changes if change["action"] != "none"]
    assert changing == [("note.it", "create")]
    assert "note" in program.out("plan", "--format", "markdown")
    program.out("plan", "--out", "saved.plan")
    program.out("apply", "saved.plan", "--auto-approve")
    assert program.note.read_text(encoding="utf-8") == "note\nv1\n"
    program.out("plan", "--detailed-exitcode")

    program.note.write_text("mine\n", encoding="utf-8")
    shutil.rmtree(program.home)
    assert "NOT_OURS" in program.out("plan", "--format", "json", code=1)
    program.out("apply", "--auto-approve", "--adopt", "note.it")
    assert program.note.read_text(encoding="utf-8") == "note\nv1\n"
    program.out("destroy", "--auto-approve")
    assert program.note.read_text(encoding="utf-8") == "mine\n", "what was there is given back"
