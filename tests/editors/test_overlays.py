"""Overlays and local files before gwctl, check-jsonschema and the language server of editors: they agree."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from reconciler.schemas import schema_of

BASE = """\
version: 1
name: acme
endpoints:
  litellm: {preset: litellm, base_url: https://llm.dev.example, key: {env: A}, headers: {X-A: a}, models: [m]}
  old: {base_url: https://old.example}
roles: {chat: litellm/m, judge: {purpose: chat, models: [litellm/m]}}
clients: {codex: {}}
"""
GOOD = {  # {name: (schema, text)}
    "stage": ("overlay", "lock: gateway.lock.stage.yaml\nendpoints:\n  litellm: {base_url: https://llm.example}\n"),
    "nulls": (
        "overlay",
        "endpoints:\n  old: null\n  litellm: {preset: ~, headers: {X-A: null, X-B: b}, key: {env: null, file: k}}\n"
        "roles: {judge: null, chat: null}\nclients: null\n",
    ),
    "variables": (
        "overlay",
        "name: '${N:-acme-prod}'\nendpoints:\n  litellm: {timeout: '${T:-5s}', models: [m, {id: n}]}\n",
    ),
    "only": ("overlay", "x-owner: me\n"),
    "local": (
        "local",
        "clients:\n  codex: {set_default: always}\nendpoints:\n  mine: {base_url: https://x.example, scope: machine}\n",
    ),
    "loopback": ("local", "x-a: 1\nendpoints:\n  mine: {preset: ollama}\nclients:\n  codex: null\n"),
}
BAD = {  # {name: (schema, text, line, what the editor says)}
    "field": ("overlay", "endpoints:\n  litellm: {timout: 3s}\n", 2, "Property timout is not allowed."),
    "choice": ("overlay", "endpoints:\n  litellm: {scope: sharde}\n", 2, "Valid values: "),
    "entry": ("overlay", "endpoints:\n  litellm: {models: [{purpose: chat}]}\n", 2, "id"),
    "needed": ("overlay", "name: null\n", 1, "Incorrect type"),
    "team": ("local", "lock: gateway.lock.yaml\n", 1, "Property lock is not allowed."),
    "shared": ("local", "endpoints:\n  mine: {base_url: https://x.example, scope: shared}\n", 2, "machine"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with both schemas, as `gwctl schema NAME` writes them."""
    for name in ("overlay", "local"):
        (tmp_path / f"{name}.schema.json").write_text(json.dumps(schema_of(name)), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", [*GOOD, *BAD])
def test_gwctl_agrees_about_these_files(name: str, gwctl) -> None:
    gwctl.write(BASE)
    kind, text, *_ = GOOD.get(name) or BAD[name]
    gwctl.write(text, "gateway.local.yaml" if kind == "local" else "above.yaml")
    words = ("status",) if kind == "local" else ("validate", "-f", "gateway.yaml", "above.yaml")
    assert gwctl(*words, code=None).code == (0 if name in GOOD else 1)


def test_check_jsonschema_accepts_good_files_and_refuses_each_bad_one(lint, folder) -> None:
    """Also the overlays of the page on stages."""
    root = Path(__file__).parents[2]
    page = (root / "docs" / "using" / "stages.md").read_text(encoding="utf-8")
    shown = re.findall(r"<!-- file: ((?:stage|prod).yaml) -->\n```yaml\n(.*?)```", page, re.DOTALL)
    assert len(shown) == 2
    texts = {**GOOD, **{f"page-{name}": ("overlay", text) for name, text in shown}}
    for name, (_, text, *_) in [*texts.items(), *BAD.items()]:
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    for kind in ("overlay", "local"):
        check = ["check-jsonschema", "--schemafile", f"{kind}.schema.json"]
        done = lint(*check, *(f"{name}.yaml" for name, (of, *_) in texts.items() if of == kind), folder=folder)
        assert done.returncode == 0, done.stdout
        bad = {f"{name}.yaml" for name, (of, *_) in BAD.items() if of == kind}
        done = lint(*check, "-o", "json", *bad, folder=folder)
        assert {fault["filename"] for fault in json.loads(done.stdout)["errors"]} == bad


def test_an_editor_marks_the_faults_and_nothing_else(editor, folder) -> None:
    for kind, text in GOOD.values():
        assert editor.type(f"# yaml-language-server: $schema={kind}.schema.json\n{text}") == []
    for kind, text, line, words in BAD.values():
        faults = editor.type(f"# yaml-language-server: $schema={kind}.schema.json\n{text}")
        assert faults, text
        assert faults[0].startswith(f"{line + 1}: ")
        assert any(words in fault for fault in faults), faults


def test_an_editor_explains_an_overlay_as_it_explains_a_gateway_file(editor, folder) -> None:
    editor.type("# yaml-language-server: $schema=overlay.schema.json\nendpoints:\n  a:\n    preset: \n")
    assert editor.offered("preset: ")["litellm"].startswith("LiteLLM: ")
    editor.type("# yaml-language-server: $schema=overlay.schema.json\nendpoints:\n  a:\n    timeout: 3s\n")
    assert "the time limit of the whole exchange" in editor.hover("timeout")
