"""The recipe for a new kind of owned resource, carried out on a copy: one module, and its row in the table of kinds."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import reconciler
from tests.owned import note_kind
from tests.support.scripted import ScriptedServer

PROGRAM = Path(reconciler.__file__).parent
GATEWAY = """\
version: 1
name: acme
endpoints:
  it: {{base_url: '{url}', discover: false, models: [note, v1]}}
"""


class Program:
    """A copy of gwctl, in a folder with a gateway file and a folder of notes."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.home = folder / "work", folder / "home"
        self.modules = folder / "program" / "reconciler"
        self.notes = folder / "notes"
        for each in (self.folder, self.home, self.notes):
            each.mkdir()
        shutil.copytree(PROGRAM, self.modules, ignore=shutil.ignore_patterns("__pycache__"))
        (self.folder / "gateway.yaml").write_text(GATEWAY.format(url=url), encoding="utf-8")

    def __call__(self, *arguments: str, code: int = 0) -> str:
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.home), "PYTHONPATH": str(self.modules.parent)}
        command = [sys.executable, "-m", "reconciler", *arguments]
        environ["TEST_NOTES"] = str(self.notes)
        done = subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def add_the_kind(self) -> None:
        """Write the module, and its row into the table."""
        source = Path(note_kind.__file__).read_text(encoding="utf-8")
        begin, end = source.index("NOTE = Kind("), source.index("MOST = ")
        row = source[begin:end].replace("tests.owned.note_kind", "reconciler.owned.note")
        module = source[:begin] + source[end : source.index("\n\ndef register")]
        module = module.replace("import KINDS, Address, Kind", "import NOTE, Address, Kind")
        (self.modules / "owned" / "note.py").write_text(module, encoding="utf-8")
        table = (self.modules / "address.py").read_text(encoding="utf-8")
        old = "KINDS: dict[str, Kind] = {kind.name: kind for kind in (ENDPOINT, MODEL, DEFAULT, KEY)}"
        assert table.count(old) == 1
        table = table.replace(old, row + old.replace("KEY)", "KEY, NOTE)"))
        (self.modules / "address.py").write_text(table, encoding="utf-8")


@pytest.fixture
def program(tmp_path: Path, server: ScriptedServer) -> Program:
    server.lists("note", "v1")
    return Program(tmp_path, server.url)


def test_a_kind_of_owned_resource_costs_one_module_and_its_row_in_the_table(program: Program) -> None:
    program("apply", "--auto-approve")
    assert list(program.notes.iterdir()) == []
    program.add_the_kind()

    plan = program("plan", "--detailed-exitcode", code=2)
    assert "+ note  folder of notes" in plan
    changes = json.loads(program("plan", "--format", "json"))["changes"]
    assert [(each["address"], each["action"]) for each in changes if each["action"] != "none"] == [
        ("note.it", "create")
    ]
    assert "note" in program("plan", "--format", "markdown")
    program("plan", "--out", "saved.plan")
    program("apply", "saved.plan", "--auto-approve")
    assert (program.notes / "it.txt").read_text(encoding="utf-8") == "note\nv1\n"
    program("plan", "--detailed-exitcode")

    (program.notes / "it.txt").write_text("mine\n", encoding="utf-8")
    shutil.rmtree(program.home / ".local")
    assert "NOT_OURS" in program("plan", "--format", "json", code=1)
    program("apply", "--auto-approve", "--adopt", "note.it")
    assert (program.notes / "it.txt").read_text(encoding="utf-8") == "note\nv1\n"
    program("destroy", "--auto-approve")
    assert (program.notes / "it.txt").read_text(encoding="utf-8") == "mine\n", "what was there is given back"
