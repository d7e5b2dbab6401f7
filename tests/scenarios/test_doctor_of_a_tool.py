"""`gwctl doctor TOOL`: why a tool does not use the team's endpoint, without sending a key."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.used import used


@pytest.fixture
def machine(gwctl, server):
    """A machine with Codex and Claude Code, and a gateway file with clients for both."""
    server.lists("gpt-x")
    home = gwctl.folder.parent / "home"
    for name in (".claude", ".codex"):
        used(home / name)
    gwctl.write(
        f"version: 1\nname: acme\nendpoints:\n  it: {{preset: litellm, base_url: '{server.url}'}}\n"
        "clients: {codex: {}, claude-code: {file: shared}}\n"
    )
    return gwctl


def home(machine) -> Path:
    return machine.folder.parent / "home"


def findings(machine, tool: str, code: int | None = None, **environ: str) -> dict[str, str]:
    """Return {code: summary} of what is not in order."""
    document = machine("doctor", tool, "--format", "json", code=code, **environ).json
    assert {each["group"] for each in document["findings"]} == {tool}
    return {each["code"]: each["summary"] for each in document["findings"] if each["severity"] != "ok"}


def test_it_follows_the_tool_from_the_consent_to_the_file(machine, server) -> None:
    machine("apply", "--auto-approve")
    assert findings(machine, "codex", 0).keys() == {"CLIENT_NOT_ALLOWED"}
    machine("trust", "client.codex")
    assert findings(machine, "codex", 0).keys() == {"CLIENT_NOT_APPLIED"}
    machine("apply", "--auto-approve")
    server.requests.clear()
    assert findings(machine, "codex", 0) == {}
    assert "codex --profile acme" in machine("doctor", "codex").out
    assert server.requests == []
    (home(machine) / ".codex" / "acme.config.toml").write_text("model = 'mine'\n")
    assert "changed" in machine("doctor", "codex").out


def test_it_names_what_keeps_a_tool_from_starting(machine) -> None:
    machine("trust", "client.codex")
    machine("apply", "--auto-approve")
    users = home(machine) / ".codex" / "config.toml"
    users.write_text("profile = 'old'\n[profiles.old]\nmodel = 'x'\n")
    found = findings(machine, "codex", 1)
    assert found.keys() == {"TOOL_CONFLICT"}
    users.write_text("not [ toml")
    assert findings(machine, "codex", 0).keys() == {"CLIENT_UNREADABLE"}


@pytest.mark.parametrize("use", ["own", "shared"])
def test_plan_and_doctor_start_the_tool_through_gwctl_where_only_the_keychain_has_the_key(
    machine, server, keychain, use: str
) -> None:
    used(home(machine) / ".config" / "opencode")
    keyed = f"it: {{preset: litellm, base_url: '{server.url}', key: {{env: ACME_KEY}}, store_key: keyring}}"
    machine.write(f"version: 1\nname: acme\nendpoints:\n  {keyed}\nclients: {{opencode: {{file: {use}}}}}\n")
    with_key = {"ACME_KEY": "quokka-7351-zebra-fjord"}
    machine("trust", "it", **with_key)
    machine("trust", "client.opencode")
    started = "gwctl run -- opencode"
    folder = home(machine) / ".config" / "opencode" / "acme.gwctl"
    own = f"OPENCODE_CONFIG_DIR={folder} " if use == "own" else ""

    def reasons(**environ: str) -> str:
        plan = machine("plan", "--format", "json", **environ).json
        return " ".join(change["reason"] for change in plan["changes"] if change["address"].startswith("client."))

    assert started not in reasons(**with_key)
    machine("apply", "--auto-approve", "--no-clients", **with_key)
    assert f"start it with: {own}{started}" in reasons()
    machine("apply", "--auto-approve")
    shown = machine("doctor", "opencode", "--format", "json").json
    assert any(each["summary"].endswith(f"{own}{started}") for each in shown["findings"])
    assert started not in machine("doctor", "opencode", "--format", "json", **with_key).out


def test_it_names_a_second_credential_and_a_link(machine) -> None:
    machine("trust", "client.claude-code")
    settings = home(machine) / ".claude" / "settings.json"
    settings.write_text('{"apiKeyHelper": "mine"}')
    machine("apply", "--auto-approve", code=1)
    assert findings(machine, "claude-code", 1).keys() == {"OWN_CREDENTIAL"}
    target = home(machine) / "dotfiles.json"
    settings.rename(target)
    settings.symlink_to(target)
    assert findings(machine, "claude-code", 1).keys() == {"LINKED_FILE"}


def test_it_names_the_variables_that_win_and_never_their_values(machine) -> None:
    machine("trust", "client.codex")
    machine.write((machine.folder / "gateway.yaml").read_text() + "\n")
    text = (machine.folder / "gateway.yaml").read_text().replace("codex: {}", "opencode: {}")
    machine.write(text)
    found = machine("doctor", "opencode", "--format", "json", code=None, OPENCODE_CONFIG_CONTENT="quokka-7351")
    assert "OPENCODE_CONFIG_CONTENT" in found.out
    assert "quokka-7351" not in found.out + found.err


def test_a_tool_without_a_client_is_told_how_to_get_one(machine) -> None:
    machine("apply", "--auto-approve")
    (summary,) = (text for text in findings(machine, "kilo", 0).values() if "no client" in text)
    assert summary
    assert "gwctl configure kilo" in machine("doctor", "kilo").out


@pytest.mark.parametrize(
    ("version", "is_told"), [("0.169.0", False), ("0.9.12", False), ("0.169.1", True), ("1.0", True)]
)
def test_it_says_that_the_tool_is_newer_than_what_was_tried(
    machine, tmp_path: Path, version: str, is_told: bool
) -> None:
    package = tmp_path / "npm" / "@openai" / "codex"
    (package / "bin").mkdir(parents=True)
    (package / "package.json").write_text(f'{{"name": "@openai/codex", "version": "{version}"}}')
    program = package / "bin" / "codex"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    found = findings(machine, "codex", PATH=str(program.parent))
    assert ("NEWER_THAN_TRIED" in found) == is_told
    assert version in machine("clients", PATH=str(program.parent)).out
