"""`gwctl init` and `gwctl join` end with an answer of the tool itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clients.bench import KEY, Bench
from tests.support.coding_tools import CodingTools
from tests.wizard.conftest import CLEAR, ENTER

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("coding tools")]


@pytest.fixture
def bench(tmp_path: Path, server, installed: Path, coding_tools: CodingTools) -> Bench:
    coding_tools.has("claude")
    bench = Bench(tmp_path / "machine", server, installed, coding_tools, "claude-code: {}")
    (bench.work / "gateway.yaml").unlink()
    (bench.home / ".claude").mkdir()
    return bench


def test_claude_code_answers_at_the_end_of_init(bench: Bench, terminal, server) -> None:
    environ = {"PATH": f"{bench.tools.bin}:/usr/bin:/bin", "HOME": str(bench.home), **bench.keychain}
    shown = terminal([str(bench._python), "-m", "reconciler", "init", "litellm"], bench.work, environ)
    steps = [
        ("Name of the gateway:", f"{CLEAR}acme{ENTER}"),
        ("Which tools will use the gateway?", ENTER),
        ("Name of the endpoint:", ENTER),
        ("Base URL:", f"{CLEAR}{server.url}{ENTER}"),
        ("Where is the key?", ENTER),
        ("it is not shown", f"{KEY}{ENTER}"),
        ("Which models?", ENTER),
        ("by default for:", ENTER),
        ("Default model for chat:", ENTER),
        ("Save and apply?", ENTER),
        ("Which tool shall answer a first message?", ENTER),
    ]
    for question, typed in steps:
        shown.until(question)
        shown.types(typed)
    assert shown.ends() == 0, shown.screen.text
    end = shown.screen.text.splitlines()
    assert end.index("pong") < end.index("Claude Code: start it with:")
    assert bench.asked("/v1/messages")[-1] == ("gpt-x", KEY, KEY)
    assert bench.files_with_the_key() == []
