"""At a terminal, no command leaves a line to be broken inside a word; in a pipe, no line is folded."""

from __future__ import annotations

import pytest

from tests.support.folded import broken_lines
from tests.support.used import used

WIDTHS = pytest.mark.parametrize("columns", [80, 60])
FILE = """\
version: 1
name: acme
endpoints:
  litellm-of-the-whole-team:
    base_url: 'http://127.0.0.1:9/v1'
    key: {env: A_VARIABLE_THAT_IS_NOT_SET_ON_THIS_MACHINE}
    store_key: if-available
    models: [gpt-4o-mini-of-the-team, text-embedding-3-small]
  second: {base_url: 'http://127.0.0.1:9/v1', models: [m]}
defaults: {chat: [litellm-of-the-whole-team/gpt-4o-mini-of-the-team, second/m]}
clients: {claude-code: {}, codex: {}, opencode: {}}
"""
WRONG = FILE.replace("key: {env:", "kye: {env:").replace("models: [m]", "models: [m], discover: {includes: [x]}")
COMMANDS = ("plan", "apply --auto-approve", "status", "doctor", "clients", "models", "test", "trust list", "presets")


@pytest.fixture
def team(gwctl):
    """A file with much to say about it: nothing answers, no key is there."""
    used(gwctl.folder.parent / "home" / ".claude")
    gwctl.write(FILE)
    return gwctl


@WIDTHS
@pytest.mark.parametrize("command", COMMANDS)
def test_no_word_is_broken(team, terminal, command: str, columns: int) -> None:
    at = terminal(team.command(*command.split()), team.folder, team.environ, columns)
    at.ends("y")
    assert broken_lines(at) == [], at.screen.text
    assert at.screen.text


@WIDTHS
@pytest.mark.parametrize("command", ["validate", "plan", "doctor", "plann", "apply --allow-delet x", "key set a b c"])
def test_no_word_of_an_error_is_broken(team, terminal, command: str, columns: int) -> None:
    team.write(WRONG)
    at = terminal(team.command(*command.split()), team.folder, team.environ, columns)
    assert at.ends("n")
    assert broken_lines(at) == [], at.screen.text


@WIDTHS
def test_status_and_leave_after_an_apply(team, terminal, keychain, columns: int) -> None:
    team("apply", "--auto-approve", "--allow-host", "client.opencode", code=None)
    for command in ("status", "plan", "leave"):
        at = terminal(team.command(command), team.folder, team.environ, columns)
        at.ends("y")
        assert broken_lines(at) == [], at.screen.text


def test_a_pipe_gets_whole_lines(team) -> None:
    piped = team("plan", code=None, COLUMNS="60")
    assert max(map(len, (piped.out + piped.err).splitlines())) > 100
    assert "    models" not in piped.out


def test_a_word_that_the_terminal_breaks_is_seen(team, terminal) -> None:
    at = terminal(["printf", "%s\\n", "word " * 15 + "broken here, it is"], team.folder, team.environ, 80)
    at.ends()
    assert len(broken_lines(at)) == 1
