"""The consent for a tool's file: the question at a terminal, and a pulled file that changes what was agreed to."""

from __future__ import annotations

import os
import subprocess
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
ENDPOINT = "it: {{preset: litellm, base_url: '{url}/v1', discover: false, timeout: 2s, models: [{model}]{more}}}"
KEY, OTHER_KEY = "quokka-7351-zebra-fjord", "walrus-2048-gannet-scree"


def want(gwctl: Gwctl, url: str, *tools: str, fields: str = "", key: str = "") -> None:
    """Write a gateway file with these clients."""
    clients = "".join(f"  {tool}: {{when_absent: write{fields}}}\n" for tool in tools)
    endpoint = ENDPOINT.format(url=url, model=MODEL, more=f", key: {key}" if key else "")
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


@pytest.mark.skipif(os.name != "posix", reason="the key command is a shell script")
@pytest.mark.parametrize("tool", ["claude-code", "codex", "opencode", "kilo"])
@pytest.mark.parametrize("what", ["host", "path", "command"])
def test_a_pulled_change_runs_no_command_and_the_old_key_is_printed_until_somebody_agrees(
    gwctl: Gwctl, installation, servers, tool: str, what: str
) -> None:
    gwctl.warm = installation.warm  # in no working tree: the files of two tools have a key command
    first, other = servers(), servers()
    for name, key in (("good", KEY), ("pulled", OTHER_KEY)):
        (gwctl.folder / f"{name}.sh").write_text(f"echo {name} >> ran; echo {key}\n")
    ran = gwctl.folder / "ran"
    command = "{command: [sh, ./good.sh]}"
    want(gwctl, first.url, tool, key=command)
    gwctl("trust", "it", f"client.{tool}")
    gwctl("apply", "--auto-approve")
    before = file_of(gwctl, tool).read_bytes()
    assert gwctl("key", "print", "acme/it").out == f"{KEY}\n"
    moved = file_of(gwctl, tool).with_name("pulled.config.toml" if tool == "codex" else "pulled.json")
    want(
        gwctl,
        other.url if what == "host" else first.url,
        tool,
        fields=f", path: '{moved}'" if what == "path" else "",
        key=command.replace("good", "pulled") if what == "command" else command,
    )
    assert gwctl("key", "print", "acme/it").out == f"{KEY}\n"
    gwctl("apply", "--auto-approve", code=None)
    assert gwctl("key", "print", "acme/it").out == f"{KEY}\n"
    assert file_of(gwctl, tool).read_bytes() == before
    assert not moved.exists()
    assert not other.requests
    assert set(ran.read_text().split()) == {"good"}
    gwctl("trust", "it", f"client.{tool}")
    gwctl("apply", "--auto-approve")
    assert gwctl("key", "print", "acme/it").out == f"{OTHER_KEY if what == 'command' else KEY}\n"


def test_two_real_processes_that_race_for_one_place_have_one_winner(gwctl: Gwctl, server) -> None:
    """Two gateway files of one name want the same entry of one file, with other models."""
    gwctl.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
    folders = [gwctl.folder.parent / name for name in ("first", "second")]
    for number, folder in enumerate(folders):
        folder.mkdir()
        model = MODEL.replace("gpt-x", f"model-{number}")
        endpoint = ENDPOINT.format(url=server.url, model=model, more="")
        (folder / "gateway.yaml").write_text(
            f"version: 1\nname: acme\nendpoints:\n  {endpoint}\nclients:\n"
            "  opencode: {file: shared, when_absent: write, set_default: never}\n"
        )
        run(gwctl, folder, "trust", "client.opencode").communicate(timeout=120)
    racing = [run(gwctl, folder, "apply", "--auto-approve") for folder in folders]
    said = [process.communicate(timeout=120)[0] for process in racing]
    codes = [process.returncode for process in racing]
    assert sorted(codes) == [0, 1], said
    winner = codes.index(0)
    text = (Path(gwctl.environ["HOME"]) / ".config/opencode/opencode.json").read_text()
    assert f"model-{winner}" in text
    assert f"model-{1 - winner}" not in text
    planned, _ = run(gwctl, folders[1 - winner], "plan", "--format", "json").communicate(timeout=120)
    assert str(folders[winner]) in planned, "the loser names the winner"
    for number, folder in enumerate(folders):
        run(gwctl, folder, "destroy", "--auto-approve").communicate(timeout=120)
        assert (Path(gwctl.environ["HOME"]) / ".config/opencode/opencode.json").exists() == (number < winner)


def run(gwctl: Gwctl, folder: Path, *words: str) -> subprocess.Popen[str]:
    """Start a process of its own there."""
    return subprocess.Popen(
        gwctl.command(*words),
        cwd=folder,
        env=gwctl.environ,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
