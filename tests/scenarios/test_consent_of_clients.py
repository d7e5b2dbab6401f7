"""The consent for a tool's file: the question at a terminal, and a pulled file that changes what was agreed to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command import Gwctl
from tests.support.terminal import Terminal

QUESTION = "Allow all of these, and remember the answer?"
FILES = {
    "claude-code": ".claude/acme.settings.json",
    "codex": ".codex/acme.config.toml",
    "opencode": ".config/opencode/acme.gwctl/opencode.json",
    "kilo": ".config/kilo/acme.gwctl/kilo.json",
    "vscode": ".config/Code/User/chatLanguageModels.json",
}
MODEL = "{id: gpt-x, context: 128000, output: 16000, capabilities: [tools]}"
ENDPOINT = "it: {{preset: litellm, base_url: '{url}/v1', discover: false, timeout: 2s, models: [{model}]}}"


def want(gwctl: Gwctl, url: str, *tools: str, fields: str = "") -> None:
    """Write a gateway file with these clients."""
    clients = "".join(f"  {tool}: {{when_absent: write{fields}}}\n" for tool in tools)
    endpoint = ENDPOINT.format(url=url, model=MODEL)
    gwctl.write(f"version: 1\nname: acme\nendpoints:\n  {endpoint}\nclients:\n{clients}")


def file_of(gwctl: Gwctl, tool: str) -> Path:
    return Path(gwctl.environ["HOME"]) / FILES[tool]


def asked(gwctl: Gwctl, terminal) -> Terminal:
    """Start an apply at a terminal of 80 columns, up to the question."""
    shown: Terminal = terminal(gwctl.command("apply"), gwctl.folder, gwctl.environ)
    shown.until(QUESTION)
    return shown


def words_of(shown: Terminal) -> str:
    return " ".join(" ".join(shown.screen.lines).split())


@pytest.mark.parametrize("tool", FILES)
def test_a_yes_is_asked_for_once_and_names_file_and_host(gwctl: Gwctl, terminal, server, tool: str) -> None:
    want(gwctl, server.url, tool)
    shown = asked(gwctl, terminal)
    assert f"client.{tool}" in words_of(shown)
    assert "".join(FILES[tool].split()) in "".join("".join(shown.screen.lines).split())
    assert server.url in words_of(shown)
    assert not file_of(gwctl, tool).exists(), "it is asked before anything is written"
    shown.types("y\n")
    assert shown.ends("y") == 0, shown.screen.text
    assert shown.text.count(QUESTION) == 1
    assert file_of(gwctl, tool).exists()
    again = terminal(gwctl.command("apply"), gwctl.folder, gwctl.environ)
    assert again.ends("y") == 0
    assert QUESTION not in again.text


def test_one_question_has_all_clients_and_a_no_writes_and_remembers_nothing(gwctl: Gwctl, terminal, server) -> None:
    want(gwctl, server.url, *FILES)
    shown = asked(gwctl, terminal)
    for tool in FILES:
        assert f"client.{tool}" in words_of(shown)
    shown.types("n\n")
    shown.ends("y")
    assert shown.text.count(QUESTION) == 1
    assert not [tool for tool in FILES if file_of(gwctl, tool).exists()]
    assert "client." not in gwctl("trust", "list").out
    asked(gwctl, terminal).types("n\n")


def test_the_question_about_a_shared_file_says_what_a_repository_can_do(gwctl: Gwctl, terminal, server) -> None:
    want(gwctl, server.url, "claude-code", fields=", file: shared")
    shown = asked(gwctl, terminal)
    assert "redirect the base URL" in words_of(shown)
    shown.types("n\n")
    shown.ends("n")


@pytest.mark.parametrize("tool", FILES)
@pytest.mark.parametrize("what", ["host", "path"])
def test_a_pulled_change_leaves_the_tool_as_it_is_until_somebody_agrees(
    gwctl: Gwctl, servers, tool: str, what: str
) -> None:
    first, other = servers(), servers()
    want(gwctl, first.url, tool)
    gwctl("trust", f"client.{tool}")
    gwctl("apply", "--auto-approve")
    before = file_of(gwctl, tool).read_bytes()
    moved = file_of(gwctl, tool).with_name("pulled.config.toml" if tool == "codex" else "pulled.json")
    want(gwctl, *((other.url, tool) if what == "host" else (first.url, tool)),
         fields=f", path: '{moved}'" if what == "path" else "")  # fmt: skip
    gwctl("apply", "--auto-approve", code=None)
    assert file_of(gwctl, tool).read_bytes() == before
    assert not moved.exists()
    gwctl("trust", f"client.{tool}")
    gwctl("apply", "--auto-approve")
    written = (moved if what == "path" else file_of(gwctl, tool)).read_bytes()
    assert (other.url if what == "host" else first.url).encode() in written
