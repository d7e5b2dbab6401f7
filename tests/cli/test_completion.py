"""Completion, typed in real shells, and what it must not do: write, ask, fail aloud, or propose a command."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.cli.completion.respond import SHELLS
from tests.support.command import Gwctl
from tests.support.terminal import Terminal

GATEWAY = (
    "version: 1\nname: acme\nendpoints:\n"
    '  production: {base_url: "http://127.0.0.1:9", models: ["llama3:8b", gpt-4o, "gpt;reboot"], timeout: 1s}\n'
    "clients: {my-codex: {tool: codex}}\n"
)
STARTS = {  # {shell: its command, and the line that loads the completion}
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(gwctl completion bash)"'),
    "zsh": (
        ["zsh", "-f", "-i"],
        'autoload -Uz compinit && compinit -u -D && zstyle ":completion:*" menu no; eval "$(gwctl completion zsh)"',
    ),
    "fish": (["fish", "--no-config", "-i"], "gwctl completion fish | source"),
}
# (what is typed before the tab, the line after it)
TYPED = [
    ("gwctl vali", "gwctl validate"),
    ("gwctl models prod", "gwctl models production"),
    ("gwctl chat production/llama3:", "gwctl chat production/llama3:8b"),
    ("gwctl plan --allow-path my", "gwctl plan --allow-path my-codex"),
    ("gwctl env --endpoint=prod", "gwctl env --endpoint=production"),
    ("gwctl state rm model.production/g", "gwctl state rm model.production/gpt-4o"),
    ("gwctl explain KEY_COMMAND_S", "gwctl explain KEY_COMMAND_SAID"),
    ("gwctl configure claude", "gwctl configure claude-code"),
    ("gwctl configure codex --endpoints prod", "gwctl configure codex --endpoints production"),
    ("gwctl configure codex --serves prod", "gwctl configure codex --serves production"),
    ("gwctl configure codex --models gpt-", "gwctl configure codex --models gpt-4o"),
]


def completed(gwctl: Gwctl, line: str) -> list[str]:
    """Return what bash would get for this line, in a fork."""
    gwctl.environ |= {
        "_GWCTL_COMPLETE": "bash_complete",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "COMP_BREAKS": " \t\n\"'@><=;|&(:",
    }
    result = gwctl(code=None)
    assert result.err == ""
    return [each.partition(",")[2] for each in result.out.splitlines() if each]


@pytest.mark.parametrize("shell", SHELLS)
def test_names_complete_in_a_real_shell(gwctl: Gwctl, terminal: Callable[..., Terminal], shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    gwctl.write(GATEWAY)
    command, loads = STARTS[shell]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    at = terminal(command, gwctl.folder, {**gwctl.environ, "PATH": path, "PS1": "> ", "LC_ALL": "C.UTF-8"}, 150)
    at.types(f"{loads}; echo lo''aded\n")
    at.until("loaded")
    for typed, line in TYPED:
        at.types(f"{typed}\t")
        at.until(line)
        at.types("\x15")  # ^U: an empty line


def test_names_come_from_the_last_apply_too_and_without_a_file_there_are_none(gwctl: Gwctl, server) -> None:
    server.lists("gpt-4o", "fetched")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\n")
    gwctl("apply", "--auto-approve")
    requests = len(server.requests)
    before = {path: path.stat().st_mtime_ns for path in gwctl.folder.parent.rglob("*") if path.is_file()}
    assert completed(gwctl, "gwctl chat it/f") == ["it/fetched"]
    assert completed(gwctl, "gwctl state show d") == ["default.chat"]
    after = {path: path.stat().st_mtime_ns for path in gwctl.folder.parent.rglob("*") if path.is_file()}
    assert (after, len(server.requests)) == (before, requests)
    (gwctl.folder / "gateway.yaml").write_text("endpoints: {it: [")
    assert completed(gwctl, "gwctl chat it/f") == ["it/fetched"], "the records are there even if the file is broken"
    assert completed(gwctl, "gwctl models -C /nowhere ") == []


@pytest.mark.parametrize(
    ("line", "proposed"),
    [
        ("gwctl chat production/gpt", ["production/gpt-4o"]),  # and not the ID that would run a command
        ("gwctl chat production/gpt-4o ", []),
        ("gwctl run --model=production/llama3:", ["8b"]),
        ("gwctl plan --allow-delete ", ["endpoint.production"]),
        ("gwctl trust ", ["list", "revoke", "production"]),
        ("gwctl export open", ["opencode", "open-webui", "open-webui-compose"]),
        ("gwctl plan --scope ", ["all", "shared", "machine"]),
        ("gwctl init litel", ["litellm"]),
        ("gwctl no-such-command ", []),
        ("gwctl plan -f 'un", ["un"]),  # a name of a file: the shell has them,
    ],
)
def test_what_is_proposed(gwctl: Gwctl, line: str, proposed: list[str]) -> None:
    gwctl.write(GATEWAY)
    assert completed(gwctl, line) == proposed


def test_an_instruction_that_is_none_is_refused_in_silence(gwctl: Gwctl) -> None:
    for instruction in ("", "bash", "bash_source", "tcsh_complete", "bash_complete"):
        gwctl.environ["_GWCTL_COMPLETE"] = instruction
        result = gwctl("plan", code=1)
        assert (result.out, result.err) == ("", "")
