"""The recipe for a new field of an endpoint, carried out on a copy of the program: three modules, and the docs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.recipes.program import Program

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
    ("state/upgrades.py", "VERSION = 5", "VERSION = 6"),
    (
        "state/upgrades.py",
        "def newest_endpoint(",
        "def five_to_six(document: dict[str, Any]) -> dict[str, Any]:\n"
        '    """Return the document with a contact for each endpoint."""\n'
        '    return _each_endpoint(document, newest_endpoint) | {"version": 6}\n\n\n'
        "def newest_endpoint(attributes: Attributes) -> Attributes:\n"
        '    """Return the attributes as version 6 has them, from those of an earlier one or of its own."""\n'
        '    return {"contact": None} | endpoint_of_five(attributes)\n\n\n'
        "def endpoint_of_five(",
    ),
    ("state/upgrades.py", "4: four_to_five,\n", "4: four_to_five,\n    5: five_to_six,\n"),
    ("plan/guard.py", "\n\n_PAST", "\nfrom dataclasses import replace\n\n_PAST"),
    (
        "plan/guard.py",
        "def _protected(change: Change) -> Diagnostic:\n",
        "def _protected(change: Change) -> Diagnostic:\n"
        '    return replace(_is_protected(change), hint=f"ask {change.before.as_endpoint.contact}")\n\n\n'
        "def _is_protected(change: Change) -> Diagnostic:\n",
    ),
]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path, GATEWAY)


def state(program: Program) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((program.folder / ".gwctl" / "state.json").read_text(encoding="utf-8"))
    return document


def test_a_field_of_an_endpoint_costs_three_modules_and_its_docs(program: Program) -> None:
    applied = program("apply", "--offline", "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    assert program("plan", "--offline", "--out", "saved.plan").returncode in (0, 2)
    for module, old, new in RECIPE:
        program.change(module, old, new)
    assert len(program.touched) == 3

    plan = program("plan", "--offline", "--format", "json")
    assert plan.returncode == 0, "a state of before has no contact, and the file names none: nothing changes"
    too_old = program("apply", "saved.plan", "--format", "json")
    assert [diagnostic["code"] for diagnostic in json.loads(too_old.stdout)["diagnostics"]] == ["PLAN_TOO_OLD"]

    program.write(GATEWAY + CONTACT)
    assert program("validate").returncode == 0
    assert "whom to ask" in program("schema", "gateway").stdout
    changed = json.loads(program("plan", "--offline", "--format", "json").stdout)["changes"]
    assert [each["diff"] for each in changed] == [[{"path": "contact", "before": None, "after": "ana@acme.example"}]]
    applied = program("apply", "--offline", "--auto-approve")
    assert applied.returncode == 0, applied.stderr
    assert state(program)["version"] == 6
    assert state(program)["resources"][0]["attributes"]["contact"] == "ana@acme.example"

    program.write("version: 1\nname: acme\nendpoints: {}\n")
    assert "ask ana@acme.example" in program("plan", "--offline").stdout
