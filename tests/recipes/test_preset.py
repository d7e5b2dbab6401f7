"""The recipe for a preset, carried out on a copy of the program: one data file."""

from __future__ import annotations

from pathlib import Path

from tests.recipes.program import Program

PRESET = """\
name: Acme AI
description: An example vendor
base_url: "https://api.acme-ai.example/v1"
key: required
key_hint: Create one at acme-ai.example/keys
variable: ACME_AI_API_KEY
key_prefixes: ["acme_"]
docs_url: "https://acme-ai.example/docs"
verified: false
"""
GATEWAY = "version: 1\nname: acme\nendpoints:\n  a: {preset: acme-ai, models: [m]}\n"


def test_a_preset_costs_one_file(tmp_path: Path) -> None:
    program = Program(tmp_path, GATEWAY)
    assert program("validate").returncode == 1
    program.add("presets/data/acme-ai.yaml", PRESET)
    assert "acme-ai " in program("presets").stdout
    assert program("validate").returncode == 0
    assert "api.acme-ai.example" in program("plan", "--offline", "--format", "json").stdout
    missing = program("plan", "--format", "json").stdout
    assert "MISSING_API_KEY" in missing, missing
    assert "ACME_AI_API_KEY" in missing
