"""The commands of README and the output that pages quote, typed against a server that lists models."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reconciler.live.outcome import words
from tests.support.command import Gwctl
from tests.support.process import free_port
from tests.support.scripted import Reply, ScriptedServer

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
KEY = {"LITELLM_API_KEY": "wombat-4c1d9e0b"}
LISTED = ("gpt-4o-mini", "gpt-4o", "gpt-5", "whisper-1")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.fixture
def own(gwctl: Gwctl, server: ScriptedServer) -> Gwctl:
    """The gateway file of README, with a server of this machine in the place of the team's."""
    (text,) = (block for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL) if "version: 1" in block)
    gwctl.write(text.replace("https://llm.acme.example", server.url))
    server.lists(*LISTED)
    return gwctl


def test_the_output_of_the_first_command_is_as_shown(gwctl: Gwctl) -> None:
    (shown,) = re.findall(r"```text\n(.*?)```", README, re.DOTALL)
    text = (ROOT / "examples" / "gateway.yaml").read_text(encoding="utf-8")
    ports = {"litellm": free_port(), "ollama": free_port()}  # of which surely nobody listens, unlike the usual ones
    for preset, port in ports.items():
        text = re.sub(
            rf"^( +)preset: {preset}\b", rf"\g<0>\n\1base_url: http://localhost:{port}\n\1#", text, flags=re.M
        )
    gwctl.write(text)
    printed = gwctl("apply", "--auto-approve").out
    for line in shown.replace("examples/", "").replace("localhost:4000", f"localhost:{ports['litellm']}").splitlines():
        assert line == "…" or line in printed, line
    assert "No changes" in gwctl("plan").out
    assert "7 deleted" in gwctl("destroy", "--auto-approve").out


def test_a_newcomer_types_the_commands_of_readme(own: Gwctl, server: ScriptedServer) -> None:
    own("validate")
    assert f"connected, {len(LISTED)} models" in own("test", "litellm", **KEY).out
    assert "No key was sent" in own("plan").out
    own("plan", "--detailed-exitcode", code=2, **KEY)
    own("apply", code=1, **KEY)  # there is no terminal to ask
    own("apply", "--auto-approve", **KEY)
    assert (own.state_file.parent / ".gitignore").exists()
    assert own("run", "--", "env", **KEY).out.count(KEY["LITELLM_API_KEY"]) >= 2
    assert KEY["LITELLM_API_KEY"] not in own("env", **KEY).out
    assert KEY["LITELLM_API_KEY"] in own("env", "--with-keys", **KEY).out
    server.lists("gpt-4o-mini", "whisper-1")
    assert "--accept-catalog litellm" in own("apply", "--auto-approve", **KEY).out
    assert (own.state_file.parent / "state.json.backup").exists()
    own("plan", "--accept-catalog", "litellm", "--detailed-exitcode", code=2, **KEY)
    own("plan", "--accept-catalog", "litellm", "--out", "plan.gwctl", **KEY)
    assert "2 deleted" in own("apply", "plan.gwctl", **KEY).out
    own("apply", "plan.gwctl", code=1, **KEY)  # once


def test_a_key_that_the_server_rejects_is_told_as_readme_says(own: Gwctl, server: ScriptedServer) -> None:
    server.answers(Reply(status=401, body={"error": {"message": "no"}}))
    (shown,) = re.findall(r"If the server rejects the key, you see `(.*?)`", README)
    assert shown in own("test", code=1, **KEY).out


def test_a_placeholder_is_not_sent(own: Gwctl, server: ScriptedServer) -> None:
    server.answers(Reply(status=401))
    for value in re.findall(r"placeholders such as `(.*?)` or `(.*?)`", README)[0]:
        own("test", code=1, LITELLM_API_KEY=value)
        assert not any("authorization" in request.headers for request in server.requests), value


def test_the_words_of_every_outcome_are_those_of_the_page() -> None:
    rows = re.findall(r"^\| .* \| `([A-Z_]+)` \| (.+) \|$", page("concepts/outcomes.md"), re.MULTILINE)
    sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "reconciler").rglob("*.py"))
    assert len(rows) >= 14
    for code, message in rows:
        assert words(code) == message or message.partition(" from …")[0].partition(": --")[0] in sources, code


def test_a_lock_file_and_its_use_are_as_the_page_says(own: Gwctl, server: ScriptedServer) -> None:
    own("lock", **KEY)
    own("apply", "--auto-approve", **KEY)
    server.lists("gpt-4o-mini", "gpt-4o", "gpt-6", "whisper-1")
    changed = own("lock", **KEY).out
    (shown,) = re.findall(r"```text\n(litellm.*?)```", page("using/lock-file.md"), re.DOTALL)
    assert re.sub(r"\d+", "N", shown.splitlines()[0]) == re.sub(r"\d+", "N", changed.splitlines()[0])
    assert shown.splitlines()[-1] == changed.splitlines()[-1] == "gateway.lock.yaml: written"
    own("lock", "--check", **KEY)
    server.lists("gpt-4o-mini")
    own("lock", code=1, **KEY)  # short
    own("lock", "--accept-catalog", "litellm", **KEY)
    own("lock", "--check", "--offline")
    assert "LOCK_DIFFERS" not in own("plan", "--locked", "-v", **KEY).out
    server.lists(*LISTED)
    assert "LOCK_DIFFERS" in own("plan", "--locked", "-v", **KEY).out
