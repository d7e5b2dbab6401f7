"""`gwctl init` and `gwctl join` end with an answer of the tool itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.desk import KEY, Desk, asked_at
from tests.support.coding_tools import CodingTools, speak
from tests.support.installed import Installed
from tests.wizard.conftest import CLEAR, ENTER

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
    ]
    for question, typed in steps:
        shown.until(question)
        shown.types(typed)
    assert shown.ends() == 0, shown.screen.text
    end = shown.screen.text.splitlines()
    assert end.index("pong") < end.index("Claude Code: start it with:")
    assert asked_at(desk.server, "/v1/messages")[-1] == ("gpt-x", KEY, KEY)
    assert [path.name for path in desk.files_with_the_key()] == ["keychain.json"]
