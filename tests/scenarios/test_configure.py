"""`gwctl configure` and the local file: what is edited, who agreed, and what only one machine has."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml

from reconciler.clients.registry import all_tools
from reconciler.config.schema import ClientFields
from reconciler.engine.connect.machine_findings import find
from tests.support.used import used

GATEWAY = """\
# The team's file.
version: 1
name: acme
endpoints:   # one
  it: {{preset: litellm, base_url: '{url}', timeout: 2s}}   # ours
"""


class Machine:
    """A machine with Claude Code and Codex, and a gateway file that names neither."""

    def __init__(self, gwctl, server) -> None:
        self.gwctl, self.server = gwctl, server
        self.home = gwctl.folder.parent / "home"
        for name in (".claude", ".codex"):
            used(self.home / name)
        server.lists("gpt-x", "gpt-y")
        self.gateway = gwctl.folder / "gateway.yaml"
        self.local = gwctl.folder / "gateway.local.yaml"
        self.before = GATEWAY.format(url=server.url)
        self.gateway.write_text(self.before)

    @property
    def claude(self) -> Path:
        return self.home / ".claude" / "acme.settings.json"


@pytest.fixture
def machine(gwctl, server) -> Machine:
    return Machine(gwctl, server)


def test_it_adds_the_tool_keeps_the_rest_and_applies(machine: Machine) -> None:
    result = machine.gwctl("configure", "claude-code", "--yes")
    assert machine.gateway.read_text() == f"{machine.before}clients:\n  claude-code: {{}}\n"
    assert "+ clients:" in result.out
    assert "env.ANTHROPIC_BASE_URL" in result.out
    assert json.loads(machine.claude.read_text())["env"]["ANTHROPIC_MODEL"] == "gpt-x"
    assert machine.gwctl("plan", "--format", "json", "--detailed-exitcode", code=0).json["changes"] == []


def test_without_a_terminal_and_without_yes_nothing_is_written(machine: Machine) -> None:
    result = machine.gwctl("configure", "claude-code", code=1)
    assert "--yes" in result.err
    assert machine.gateway.read_text() == machine.before
    assert not machine.claude.exists()
    assert machine.gwctl("trust", "list", "--format", "json").json["stacks"] == []


def test_a_tool_that_the_file_has_already_is_only_applied(machine: Machine) -> None:
    machine.gwctl("configure", "claude-code", "--yes")
    machine.gwctl("configure", "codex", "--name", "cx", "--key-from", "env", "--yes")
    text = machine.gateway.read_text()
    assert text.endswith("clients:\n  claude-code: {}\n  cx: {tool: codex, key_from: env}\n")
    machine.claude.unlink()
    machine.gwctl("configure", "claude-code", "--yes")
    assert machine.gateway.read_text() == text
    assert machine.claude.exists()
    assert "CLIENT_EXISTS" in machine.gwctl("configure", "claude-code", "--name", "cx", "--yes", "-v", code=1).err


def test_an_option_changes_the_field_of_a_client_that_the_file_has_already(machine: Machine) -> None:
    machine.gwctl("apply", "--auto-approve")
    shown = machine.gwctl("configure", "opencode", "--yes", PATH="")
    assert "hint: install the tool, or write the tool's file anyway: `when_absent: write`" in shown.out
    assert shown.out.endswith("Nothing else to do: .gwctl/state.json is up to date.\n")
    assert "Saved: gateway.yaml\n" in shown.err
    shown = machine.gwctl("configure", "opencode", "--when-absent", "write", "--yes", PATH="")
    assert machine.gateway.read_text() == f"{machine.before}clients:\n  opencode:\n    when_absent: write\n"
    assert "+     when_absent: write\n" in shown.out
    assert shown.out.endswith("Applied on this machine: 1 created. The state was not changed.\n")
    shown = machine.gwctl("configure", "opencode", "--yes", PATH="")
    assert "Saved" not in shown.err
    assert shown.out.endswith("Nothing to do: .gwctl/state.json is up to date.\n")


@pytest.mark.parametrize("first", [["--local"], []])
def test_the_field_of_a_client_in_another_file_is_not_changed(machine: Machine, first: list[str]) -> None:
    machine.gwctl("configure", "claude-code", *first, "--yes")
    second = [] if first else ["--local"]
    refused = machine.gwctl("configure", "claude-code", *second, "--when-absent", "write", "--yes", code=1).err
    assert "`clients.claude-code` exists, but not in gateway" in refused
    assert "--local" in refused


@pytest.mark.parametrize("field", sorted(ClientFields.model_fields.keys() - {"tool"}))
def test_each_field_of_a_client_has_an_option(machine: Machine, field: str) -> None:
    """The tool is the argument."""
    option = "--use" if field == "file" else f"--{field.replace('_', '-')}"
    assert f" {option} " in machine.gwctl("configure", "--help").out


def test_the_lists_of_a_client_are_given_as_options_and_changed_as_a_whole(machine: Machine) -> None:
    machine.gateway.write_text(machine.before + f"  b: {{preset: litellm, base_url: '{machine.server.url}'}}\n")
    before = machine.gateway.read_text()
    words = ("--endpoints", "it", "--endpoints", "b", "--models", "gpt-y", "--models", "*mini")
    machine.gwctl("configure", "claude-code", *words, "--yes")
    assert machine.gateway.read_text().startswith(before)
    entry = {"endpoints": ["it", "b"], "models": ["gpt-y", "*mini"]}
    assert yaml.safe_load(machine.gateway.read_text())["clients"] == {"claude-code": entry}
    assert json.loads(machine.claude.read_text())["env"]["ANTHROPIC_MODEL"] == "gpt-y"
    machine.gwctl("configure", "claude-code", "--models", "gpt-x", "--yes")
    entry = {"endpoints": ["it", "b"], "models": ["gpt-x"]}
    assert yaml.safe_load(machine.gateway.read_text())["clients"] == {"claude-code": entry}
    assert json.loads(machine.claude.read_text())["env"]["ANTHROPIC_MODEL"] == "gpt-x"


def test_the_endpoint_that_reads_the_file_is_given_as_an_option(machine: Machine) -> None:
    other = machine.server.url.replace("127.0.0.1", "localhost")
    machine.gateway.write_text(machine.before + f"  b: {{preset: litellm, base_url: '{other}'}}\n")
    machine.gwctl(
        "configure", "litellm", "--name", "proxy", "--path", "models.yaml", "--serves", "it", "--yes", code=None
    )
    entry = {"tool": "litellm", "path": "models.yaml", "serves": "it"}
    assert yaml.safe_load(machine.gateway.read_text())["clients"] == {"proxy": entry}
    written = (machine.gwctl.folder / "models.yaml").read_text()
    assert other in written
    assert machine.server.url not in written


@pytest.mark.parametrize("option", ["--endpoints", "--serves"])
def test_an_endpoint_that_the_file_does_not_have_is_refused(machine: Machine, option: str) -> None:
    refused = machine.gwctl("configure", "claude-code", option, "its", "--yes", code=1).err
    assert "`its` is not an endpoint of this file" in refused
    assert machine.gateway.read_text() == machine.before


def test_an_empty_directory_or_one_with_only_gwctls_own_entries_is_no_tool(gwctl) -> None:
    """gwctl or an installer may have left it: the tool itself writes something at its first start."""
    home = gwctl.folder.parent / "home"
    opencode, codex = home / ".config" / "opencode", home / ".codex"
    (opencode / "acme.gwctl").mkdir(parents=True)
    codex.mkdir()
    (codex / ".gwctl-0123456789abcdef-0123456789abcdef.tmp").touch()

    def found() -> list[str]:
        tools = gwctl("clients", "--format", "json", PATH="").json["tools"]
        return [tool["name"] for tool in tools if tool["found"]]

    assert found() == []
    used(opencode)
    assert found() == ["opencode"]
    used(codex)
    assert found() == ["codex", "opencode"]


@pytest.mark.parametrize("name", [tool.name for tool in all_tools() if not tool.needs_path and tool.uses[0] != "none"])
def test_gwctls_own_file_alone_does_not_make_a_tool_found(machine: Machine, name: str) -> None:
    """The tool itself writes something at its first start."""
    for folder in (".claude", ".codex"):
        shutil.rmtree(machine.home / folder)
    apis = "apis: [chat, responses, messages], models: [{id: gpt-x, context: 9000, output: 900}]"
    machine.gateway.write_text(machine.before.replace("timeout", f"{apis}, timeout"))
    machine.gwctl("configure", name, "--when-absent", "write", "--yes", PATH="")
    document = machine.gwctl("clients", "--format", "json", PATH="").json
    (tool,) = [tool for tool in document["tools"] if tool["name"] == name]
    assert Path(tool["files"][0]["path"]).exists()
    assert tool["found"] is False
    (ledger,) = Path(machine.gwctl.environ["HOME"]).rglob("ledger.sqlite3")
    found = find({**machine.gwctl.environ, "PATH": "", "GWCTL_LEDGER": str(ledger)})
    assert name not in [tool.name for tool in found.tools]
    assert "was not found on this machine" in machine.gwctl("doctor", name, code=None, PATH="").out
    (machine.gwctl.folder / "b").mkdir()
    other = machine.gwctl.write(
        f"{machine.before}clients: {{{name}: {{}}}}\n".replace("acme", "other"), "b/gateway.yaml"
    )
    plan = machine.gwctl("plan", "--format", "json", "-f", str(other), code=None, PATH="").json
    assert "CLIENT_NOT_FOUND" in [each["code"] for each in plan["diagnostics"]]
    used(Path(tool["folder"]))
    document = machine.gwctl("clients", "--format", "json", PATH="").json
    assert name in [tool["name"] for tool in document["tools"] if tool["found"]]


def test_without_a_name_it_says_which_tools_there_are(machine: Machine) -> None:
    hint = machine.gwctl("configure", "--yes", code=1, PATH="").err
    assert "claude-code|codex" in hint
    machine.gwctl("configure", "codex", "--yes", PATH="")
    machine.gwctl("configure", "--yes", PATH="")
    assert machine.claude.exists()
    assert "UNKNOWN_TOOL" in machine.gwctl("configure", "claude", "--yes", "-v", code=1).err


def test_a_format_without_a_usual_place_is_given_one(machine: Machine) -> None:
    assert "BAD_CLIENT_PATH" in machine.gwctl("configure", "dotenv", "--yes", "-v", code=1).err
    machine.gwctl("configure", "dotenv", "--path", ".env.llm", "--yes")
    assert machine.server.url in (machine.gwctl.folder / ".env.llm").read_text()


def test_the_local_file_is_for_this_machine_alone(machine: Machine) -> None:
    machine.gwctl("configure", "claude-code", "--local", "--yes")
    assert machine.gateway.read_text() == machine.before
    assert "claude-code" in machine.local.read_text()
    assert machine.claude.exists()
    machine.gwctl("configure", "codex", "--local", "--yes")
    assert [line for line in machine.local.read_text().splitlines() if not line.startswith("#")] == [
        "clients:",
        "  claude-code: {}",
        "  codex: {}",
    ]
    machine.local.unlink()
    machine.gwctl("apply", "--auto-approve")
    assert not machine.claude.exists()


def test_the_local_file_adds_machine_endpoints_that_no_shared_run_and_no_lock_sees(machine: Machine, servers) -> None:
    laptop = servers()
    laptop.lists("llama")
    machine.local.write_text(f"endpoints:\n  laptop: {{base_url: '{laptop.url}'}}\n")
    addresses = {change["address"] for change in machine.gwctl("plan", "--format", "json").json["changes"]}
    assert "endpoint.laptop" in addresses
    shared = machine.gwctl("plan", "--scope", "shared", "--format", "json").json["changes"]
    assert "endpoint.laptop" not in {change["address"] for change in shared}
    machine.gwctl("lock")
    assert "laptop" not in (machine.gwctl.folder / "gateway.lock.yaml").read_text()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("defaults: {chat: it/gpt-x}\n", "1:1"),
        ("state: postgresql://h/db\n", "1:1"),
        ("name: other\n", "1:1"),
        ("endpoints:\n  it: {timeout: 3s}\n", "2:3"),
        ("endpoints:\n  far: {base_url: https://llm.acme.example}\n", "2:3"),
        ("clients:\n  codex: {endpoints: [no]}\n", "2:23"),
    ],
)
def test_the_local_file_changes_nothing_of_the_teams(machine: Machine, text: str, place: str) -> None:
    machine.local.write_text(text)
    assert f"gateway.local.yaml:{place}: " in machine.gwctl("plan", code=1).out
