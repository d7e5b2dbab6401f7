"""Tables in a window of 80 columns, and the output for a screen reader."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler.render.formats.text import to_plain
from reconciler.render.tree import Group, Quote, Span, Table, document, line, section
from tests.render.test_text import CONTROLS
from tests.support.command import Gwctl
from tests.support.terminal import Terminal

ENDPOINT = "gateway-of-the-whole-team-in-the-north"
FILE = f"""\
version: 1
name: acme
endpoints:
  {ENDPOINT}:
    base_url: 'http://127.0.0.1:9/v1'
    key: {{env: A_VARIABLE_THAT_IS_NOT_SET_ON_THIS_MACHINE}}
    models: [a-model-of-the-team, organisation/a-model-with-a-long-name-2026-11-27-preview-of-the-next]
  模型: {{base_url: 'http://127.0.0.1:9/v1', models: [m]}}
clients: {{codex: {{}}}}
""".replace("模型", "second")
TABLES = ("models", "test", "status", "clients", "presets", "presets -v", "explain", "trust list", "key list")


@pytest.mark.parametrize("command", TABLES)
def test_every_table_fits_80_columns(gwctl: Gwctl, terminal: Callable[..., Terminal], command: str) -> None:
    gwctl.write(FILE)
    at = terminal(gwctl.command(*command.split()), gwctl.folder, gwctl.environ, 80)
    at.ends()
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", at.text).replace("\r", "").split("\n")
    assert any(lines)
    too_long = [each for each in lines if cell_len(each) > 80 and len(each.split()) > 1]
    assert too_long == [], "only one word that is longer than the window may be: it stays whole, to be copied"


def test_plain_output_has_no_table_no_colour_no_mark_and_no_fold(
    gwctl: Gwctl, terminal: Callable[..., Terminal]
) -> None:
    gwctl.write(FILE)
    for words, environ in ((("models", "--plain"), {}), (("models",), {"GWCTL_PLAIN": "1", "FORCE_COLOR": "1"})):
        at = terminal(gwctl.command(*words), gwctl.folder, {**gwctl.environ, **environ}, 60)
        at.ends()
        assert "model: second/m; purpose: chat; read from: assumed; origin: declared\n" in at.text
        assert "\x1b" not in at.text
    plan = gwctl("plan", "--offline", "--plain")
    assert "  create endpoint  (config: in the gateway file)" in plan.out
    gwctl.write(FILE.replace("models: [m]", "modells: [m]"))
    said = gwctl("validate", "--plain", code=1).err
    assert "  line 8: second: {base_url: 'http://127.0.0.1:9/v1', modells: […]}\n  the fault is at: modells\n" in said
    assert "^" not in said


@given(st.text(), st.sampled_from(["create", "delete", "plain"]))
def test_plain_text_drives_no_terminal_and_loses_nothing(text: str, role: str) -> None:
    cells = Table(("ONE", ""), ((Span(text), Span("two")),))
    group = Group((Span(f"+ {text}", role),), (line(text, under=[line(text)], quote=Quote(1, text, 0, 3)),))
    shown = to_plain(document(section(cells, group, title=text)))
    assert not CONTROLS.search(shown)
    assert shown.count("two") >= 1
    assert ("create" in shown) >= (role == "create")


def test_models_are_searched_by_text_and_purpose(gwctl: Gwctl, server) -> None:
    server.lists("gpt-4o", "text-embedding-3-small", "claude-sonnet")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\n")
    gwctl("apply", "--auto-approve")

    def found(*words: str) -> list[str]:
        return [
            model["address"].partition("/")[2] for model in gwctl("models", "--format", "json", *words).json["models"]
        ]

    everything = found()
    assert found("--search", "CLAUDE") == ["claude-sonnet"]
    assert found("--purpose", "embedding") == ["text-embedding-3-small"]
    assert found("--search", "it/g", "--purpose", "chat") == ["gpt-4o"]
    assert found("--purpose", "embedding", "--purpose", "chat") == everything
    role = gwctl("state", "show", "default.chat", "--format", "json", code=None).out
    assert [name in role for name in found("--search", "chat")] in ([True], [])
    nothing = gwctl("models", "--search", "no-such-model")
    assert (nothing.out, nothing.err) == ("", "None of the 3 models matches.\n")
