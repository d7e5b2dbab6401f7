"""Good and bad gateway files before gwctl, check-jsonschema and the language server of editors: they agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.config.schema import gateway_schema

ROOT = Path(__file__).parents[2]
MODELINE = "# yaml-language-server: $schema=gateway.schema.json\n"
HEAD = "version: 1\nname: acme\n"
GOOD = {
    "variables": HEAD + "endpoints:\n  a: {preset: litellm, timeout: '${T:-5s}', scope: '${S:-shared}'}\n",
    "own": HEAD + "endpoints:\n  a: {preset: corp}\npresets:\n  corp: {base_url: https://llm.example/v1}\n",
    "roles": HEAD + "endpoints:\n  a: {preset: litellm, models: [m]}\nroles:\n  chat: a/m\n"
    "  judge: {purpose: chat, models: [a/m]}\n"
    "clients:\n  codex: {}\n  mine: {tool: codex, path: own/codex.toml}\nx-a: 1\n",
}
BAD = {  # {name: (text, line, what the editor says)}
    "field": (HEAD + "endpoints:\n  a: {preset: litellm, timout: 3s}\n", 5, "Property timout is not allowed."),
    "choice": (HEAD + "endpoints:\n  a: {preset: litellm, scope: sharde}\n", 5, 'Valid values: "shared", "machine".'),
    "key": (HEAD + "endpoints:\n  a: {preset: litellm, key: sk-x}\n", 5, 'Expected "KeyFields"'),
    "tool": (HEAD + "endpoints: {}\nclients:\n  mine: {tool: codx}\n", 6, '"codex"'),
    "name": (HEAD + "endpoints:\n  Acme: {preset: litellm}\n", 5, "does not match the pattern"),
    "purpose": (HEAD + "endpoints: {}\ndefaults:\n  chats: a/b\n", 6, "Property chats is not allowed."),
    "missing": ("version: 1\nendpoints: {}\n", 2, 'Missing property "name"'),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the schema, as `gwctl schema > gateway.schema.json` writes it."""
    (tmp_path / "gateway.schema.json").write_text(json.dumps(gateway_schema()), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("name", [*GOOD, *BAD])
def test_gwctl_agrees_about_these_files(name: str, gwctl) -> None:
    gwctl.write(GOOD.get(name) or BAD[name][0])
    gwctl("validate", code=0 if name in GOOD else 1)


def test_check_jsonschema_accepts_good_files_and_refuses_each_bad_one(lint, folder) -> None:
    """Also every file of the examples and, with all its fields, that of the reference."""
    reference = (ROOT / "docs" / "reference" / "gateway-file.md").read_text(encoding="utf-8")
    shown = reference.partition("```yaml\n")[2].partition("```")[0]
    texts = {**GOOD, "reference": shown, "example": (ROOT / "examples" / "gateway.yaml").read_text(encoding="utf-8")}
    for name, text in [*texts.items(), *((name, text) for name, (text, _, _) in BAD.items())]:
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    schema = ["check-jsonschema", "--schemafile", "gateway.schema.json"]
    done = lint(*schema, *(f"{name}.yaml" for name in texts), folder=folder)
    assert done.returncode == 0, done.stdout
    done = lint(*schema, "-o", "json", *(f"{name}.yaml" for name in BAD), folder=folder)
    assert {fault["filename"] for fault in json.loads(done.stdout)["errors"]} == {f"{name}.yaml" for name in BAD}


def test_an_editor_marks_the_faults_and_nothing_else(editor, folder) -> None:
    for text in GOOD.values():
        assert editor.type(MODELINE + text) == []
    for text, line, words in BAD.values():
        (fault,) = editor.type(MODELINE + text)
        assert fault.startswith(f"{line}: ")
        assert words in fault


def test_an_editor_offers_fields_names_and_roles_and_explains_them(editor, folder) -> None:
    editor.type(MODELINE + HEAD + "endpoints:\n  a:\n    preset: \n")
    assert editor.offered("preset: ")["litellm"].startswith("LiteLLM: ")
    editor.type(MODELINE + HEAD + "endpoints:\n  a:\n    preset: litellm\n    \n")
    fields = editor.offered("preset: litellm\n    ")
    assert fields["when_no_key"].startswith("skip: ")
    assert "preset" not in fields
    editor.type(MODELINE + HEAD + "endpoints: {}\nroles:\n  \n")
    assert editor.offered("roles:\n  ")["small"] == "a cheaper chat model"
    editor.type(MODELINE + HEAD + "endpoints: {}\nclients:\n  mine:\n    tool: \n")
    assert editor.offered("tool: ")["claude-code"] == "Claude Code"
    editor.type(MODELINE + HEAD + "endpoints:\n  a:\n    preset: vllm\n    timeout: ${T}\n    scope: machine\n")
    assert "the time limit of the whole exchange" in editor.hover("timeout")
    assert "shared: for everyone who uses the state" in editor.hover("scope")
    assert "vLLM server" in editor.hover("preset")
