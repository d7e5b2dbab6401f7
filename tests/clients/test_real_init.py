"""`gwctl init` and `gwctl join` end with an answer of the tool itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.desk import KEY, Desk, asked_at
from tests.support.coding_tools import CodingTools, speak
from tests.support.installed import Installed
from tests.support.used import used
from tests.wizard.conftest import CLEAR, ENTER

UP = "\x1b[A"  # to the last choice: no other tool
pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]


@pytest.fixture
def desk(tmp_path: Path, server, installation: Installed, coding_tools: CodingTools) -> Desk:
    coding_tools.has("claude")
    desk = Desk(tmp_path / "machine", server, installation, coding_tools, keeps_key=True)
    desk.work.mkdir(parents=True)
    (desk.home / ".claude").mkdir(parents=True)
    speak(server, *desk.listed)
    return desk


def test_claude_code_answers_at_the_end_of_init(desk: Desk, terminal, server) -> None:
    for folder in (".claude", ".config/opencode"):  # these two are picked at first
        used(desk.home / folder)
    environ = {"PATH": f"{desk.tools.bin}:/usr/bin:/bin", "HOME": str(desk.home), **desk.keychain}
    shown = terminal([str(desk.python), "-m", "reconciler", "init", "litellm"], desk.work, environ)
    steps = [
        ("Name of the gateway:", f"{CLEAR}acme{ENTER}"),
        ("Name of the endpoint:", ENTER),
        ("Base URL:", f"{CLEAR}{server.url}{ENTER}"),
        ("Where is the key?", ENTER),
        ("it is not shown", f"{KEY}{ENTER}"),
        ("Which models?", ENTER),
        ("by default for:", ENTER),
        ("Default model for chat:", ENTER),
        ("Which tools will use the gateway?", ENTER),
        ("Save and apply?", ENTER),
        ("Which tool should answer a first message?", ENTER),
        ("Which tool should answer next?", f"{UP}{ENTER}"),
    ]
    for question, typed in steps:
        shown.until(question)
        shown.types(typed)
    assert shown.ends() == 0, shown.screen.text
    end = shown.screen.text.splitlines()
    assert end.index("pong") < end.index("Claude Code: start it with:")
    assert asked_at(desk.server, "/v1/messages")[-1] == ("gpt-x", KEY, KEY)
    assert [path.name for path in desk.files_with_the_key()] == ["keychain.json"]


def test_claude_code_and_codex_both_answer_at_the_end_of_join(desk: Desk, terminal, server) -> None:
    desk.tools.has("codex")
    used(desk.home / ".claude")
    used(desk.home / ".codex")
    environ = {"PATH": f"{desk.tools.bin}:/usr/bin:/bin", "HOME": str(desk.home), "TEAM_KEY": KEY, **desk.keychain}
    (desk.work / "gateway.yaml").write_text(
        "version: 1\nname: acme\nendpoints:\n"
        f"  it: {{preset: litellm, base_url: '{server.url}', key: {{env: TEAM_KEY}}, store_key: keyring}}\n"
        "clients: {claude-code: {}, codex: {}}\ndefaults: {chat: it/gpt-x}\n"
    )
    shown = terminal([str(desk.python), "-m", "reconciler", "join"], desk.work, environ)
    steps = [
        ("Which tools will use the gateway?", ENTER),
        ("Allow all of these, and remember the answer?", "y\n"),
        ("Apply this on this machine?", "y\n"),
        ("Which tool should answer a first message?", ENTER),
        ("Which tool should answer next?", ENTER),
    ]
    for question, typed in steps:
        shown.until(question)
        shown.types(typed)
    assert shown.ends() == 0, shown.screen.text
    assert shown.text.count("pong") >= 2
    assert asked_at(desk.server, "/v1/messages")[-1] == ("gpt-x", KEY, KEY)
    assert asked_at(desk.server, "/responses")[-1][:2] == ("gpt-x", KEY)
    assert [path.name for path in desk.files_with_the_key()] == ["keychain.json"]
