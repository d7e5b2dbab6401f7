"""The recipe for a new field of an endpoint, carried out on a copy of the program: three modules, and the docs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import reconciler

PROGRAM = Path(reconciler.__file__).parent
GATEWAY = """\
version: 1
name: acme
endpoints:
  litellm:
    base_url: http://127.0.0.1:9/v1
    scope: shared
    discover: false
    models: [gpt]
    protect: true
"""
CONTACT = "    contact: ana@acme.example\n"

# (module, text, what is written in its place)
RECIPE = [
    (
        "resources/attributes.py",
        "    proxy: str | None\n",
        '    proxy: str | None\n    contact: str | None = _plain(None, "whom to ask before it is removed")\n',
    ),
    ("state/upgrades.py", "VERSION = 4", "VERSION = 5"),
    (
        "state/upgrades.py",
        "\n\ndef newest_endpoint(",
        '\n\ndef four_to_five(document: dict[str, Any]) -> dict[str, Any]:\n    """Endpoints have a contact."""\n'
        '    return _each_endpoint(document, newest_endpoint) | {"version": 5}\n\n\ndef newest_endpoint(',
    ),
    (
        "state/upgrades.py",
        "    made = dict(attributes)\n",
        '    made = {**attributes, "contact": attributes.get("contact")}\n',
    ),
    ("state/upgrades.py", "3: three_to_four}", "3: three_to_four, 4: four_to_five}"),
    (
        "plan/guard.py",
        'hint="put the entry back',
        'hint=f"ask {change.before.as_endpoint.contact}, and put the entry back',
    ),
]


class Program:
    """A copy of gwctl, in a folder with a gateway file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.modules = folder / "program" / "reconciler"
        shutil.copytree(PROGRAM, self.modules, ignore=shutil.ignore_patterns("__pycache__"))
        (folder / "gateway.yaml").write_text(GATEWAY, encoding="utf-8")

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "PYTHONPATH": str(self.modules.parent)}
        command = [sys.executable, "-m", "reconciler", *arguments]
        return subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True, check=False)

    def change(self) -> set[str]:
        """Carry the recipe out; the modules that it touches."""
        for name, old, new in RECIPE:
            text = (self.modules / name).read_text(encoding="utf-8")
            assert text.count(old) == 1, (name, old)
            (self.modules / name).write_text(text.replace(old, new), encoding="utf-8")
        return {name for name, _, _ in RECIPE}

    @property
    def state(self) -> dict[str, object]:
        return json.loads((self.folder / ".gwctl" / "state.json").read_text(encoding="utf-8"))


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path)


def test_a_field_of_an_endpoint_costs_three_modules_and_its_docs(program: Program) -> None:
    applied = program("apply", "--offline", "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    assert program("plan", "--offline", "--out", "saved.plan").returncode in (0, 2)
    assert len(program.change()) == 3

    plan = program("plan", "--offline", "--format", "json")
    assert plan.returncode == 0, "a state of before has no contact, and the file names none: nothing changes"
    too_old = program("apply", "saved.plan", "--format", "json")
    assert [diagnostic["code"] for diagnostic in json.loads(too_old.stdout)["diagnostics"]] == ["PLAN_TOO_OLD"]

    (program.folder / "gateway.yaml").write_text(GATEWAY + CONTACT, encoding="utf-8")
    assert program("validate").returncode == 0
    assert "whom to ask" in program("schema", "gateway").stdout
    changed = json.loads(program("plan", "--offline", "--format", "json").stdout)["changes"]
    assert [each["diff"] for each in changed] == [[{"path": "contact", "before": None, "after": "ana@acme.example"}]]
    applied = program("apply", "--offline", "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    assert program.state["version"] == 5
    assert program.state["resources"][0]["attributes"]["contact"] == "ana@acme.example"

    (program.folder / "gateway.yaml").write_text("version: 1\nname: acme\nendpoints: {}\n", encoding="utf-8")
    assert "ask ana@acme.example, and put the entry back" in program("plan", "--offline").stdout
