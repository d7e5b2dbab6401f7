"""Clients: who agrees to what, what is left alone, what follows the endpoint, what is given back."""

from __future__ import annotations

import json
import shutil
import stat
import tomllib
from pathlib import Path

import pytest

from reconciler.plan.file.codec import digest_of
from tests.support.used import used

CLIENT = "{file: own}"


class Machine:
    """A machine that has Claude Code, and a gateway file that names it."""

    def __init__(self, gwctl, server) -> None:
        self.gwctl, self.server = gwctl, server
        self.folder = used(gwctl.folder.parent / "home" / ".claude")
        server.lists("gpt-x", "gpt-y")
        self.write()

    def write(self, client: str = CLIENT, *, url: str = "", more: str = "", clients: bool = True) -> None:
        """Write the gateway file."""
        endpoint = f"{{preset: litellm, base_url: '{url or self.server.url}', timeout: 2s}}"
        named = f"clients:\n  claude-code: {client}\n" if clients else ""
        self.gwctl.write(f"version: 1\nname: acme\nendpoints:\n  it: {endpoint}\n{more}{named}")

    def trust(self) -> None:
        """Agree to the client."""
        self.gwctl("trust", "client.claude-code")

    def apply(self, *arguments: str, code: int = 0, **environ: str):
        """Apply without a question."""
        return self.gwctl("apply", "--auto-approve", *arguments, code=code, **environ)

    def plan(self, *arguments: str, code: int | None = None, **environ: str) -> dict:
        """Return the plan as a document."""
        return self.gwctl("plan", "--format", "json", *arguments, code=code, **environ).json

    def changes(self, *arguments: str, **environ: str) -> dict[str, str]:
        """Return {address: action} of the changes of clients in a plan."""
        changes = self.plan(*arguments, **environ)["changes"]
        return {change["address"]: change["action"] for change in changes if change["address"].startswith("client.")}

    def codes(self, *arguments: str, **environ: str) -> set[str]:
        """Return the codes of what a plan says about clients."""
        diagnostics = self.plan(*arguments, **environ)["diagnostics"]
        about = [each for each in diagnostics if (each["address"] or "client.").startswith("client.")]
        return {each["code"] for each in about} - {"TO_BE_RECORDED"}

    @property
    def own(self) -> Path:
        """The file of gwctl's own."""
        return self.folder / "acme.settings.json"

    @property
    def settings(self) -> Path:
        """The user's file."""
        return self.folder / "settings.json"

    @property
    def env(self) -> dict[str, str]:
        """The variables in the file of gwctl's own."""
        return json.loads(self.own.read_text())["env"]


@pytest.fixture
def machine(gwctl, server) -> Machine:
    return Machine(gwctl, server)


def test_nothing_is_written_before_somebody_on_this_machine_agreed(machine: Machine) -> None:
    assert machine.codes() == {"CLIENT_NOT_ALLOWED"}
    machine.apply()
    assert not machine.own.exists()
    machine.trust()
    assert machine.changes() == {"client.claude-code": "create"}
    machine.apply()
    assert machine.env["ANTHROPIC_MODEL"] == "gpt-x"
    assert stat.S_IMODE(machine.own.stat().st_mode) == 0o600
    assert machine.plan("--detailed-exitcode", code=0)["changes"] == []


def test_a_pulled_change_of_the_host_changes_no_tool_until_somebody_agrees(machine: Machine, servers) -> None:
    machine.trust()
    machine.apply()
    other = servers()
    other.lists("gpt-x")
    machine.write(url=other.url)
    assert machine.codes() == {"CLIENT_NOT_ALLOWED"}
    machine.apply()
    assert machine.env["ANTHROPIC_BASE_URL"] == machine.server.url
    machine.trust()
    machine.apply()
    assert machine.env["ANTHROPIC_BASE_URL"] == other.url


def test_a_pulled_client_cannot_name_any_file(machine: Machine) -> None:
    target = machine.folder.parent / "elsewhere" / "file.json"
    machine.write(f"{{path: '{target}'}}")
    machine.gwctl("trust", "client.claude-code")
    assert machine.codes() == {"CLIENT_PATH_NOT_ALLOWED"}
    machine.apply()
    assert not target.exists()
    machine.apply("--allow-path", "claude-code")
    assert target.exists()
    assert machine.codes() == set(), "the answer is remembered"


@pytest.mark.parametrize("path", ["~/.bashrc", ".git/config", "~/.zshenv", "x/", "/"])
def test_no_client_has_a_file_that_a_shell_or_git_runs(machine: Machine, path: str) -> None:
    machine.write(f"{{path: '{path}'}}")
    assert "BAD_CLIENT_PATH" in machine.gwctl("validate", "--format", "json", code=1).out


@pytest.mark.parametrize(("arguments", "environ"), [((), {"CI": "true"}), (("--no-clients",), {})])
def test_a_pipeline_reads_and_writes_no_file_of_a_tool(machine: Machine, arguments, environ) -> None:
    machine.trust()
    machine.apply()
    machine.own.write_text("{")
    machine.write(clients=False)
    assert machine.changes(*arguments, **environ) == {}
    machine.write()
    assert machine.changes(*arguments, **environ) == {}
    assert machine.codes(*arguments, **environ) == {"CLIENTS_OFF"}
    machine.apply(*arguments, **environ)
    assert machine.own.read_text() == "{"


def test_a_link_is_neither_followed_nor_replaced(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    dotfiles = machine.folder.parent / "dotfiles.json"
    dotfiles.write_text("{}")
    machine.settings.symlink_to(dotfiles)
    assert machine.codes() == {"LINKED_FILE"}
    machine.apply(code=1)
    assert (dotfiles.read_text(), machine.settings.is_symlink()) == ("{}", True)


def test_a_folder_that_leads_into_a_checkout_is_left_alone(machine: Machine) -> None:
    dotfiles = machine.folder.parent / "dotfiles"
    (dotfiles / ".git").mkdir(parents=True)
    shutil.rmtree(machine.folder)
    used(dotfiles / "claude")
    machine.folder.symlink_to(dotfiles / "claude")
    machine.trust()
    assert machine.codes() == {"LINKED_FILE"}
    machine.apply(code=1)
    assert [path.name for path in (dotfiles / "claude").iterdir()] == ["history.jsonl"]


@pytest.mark.parametrize(
    "own",
    [
        {"apiKeyHelper": "pass show work"},
        {"env": {"ANTHROPIC_API_KEY": "quokka-7351-zebra-fjord"}},
        {"env": {"ANTHROPIC_AUTH_TOKEN": "quokka-7351-zebra-fjord", "A": "b"}},
    ],
)
@pytest.mark.parametrize("adopt", [(), ("--adopt", "client.claude-code")])
def test_a_credential_of_the_users_own_stops_the_client_and_is_copied_nowhere(machine: Machine, own, adopt) -> None:
    """This machine has no keychain, to which `--adopt` would move it."""
    machine.gwctl.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    machine.write("{file: shared}")
    machine.trust()
    machine.settings.write_text(json.dumps(own))
    assert machine.codes(*adopt) == {"OWN_CREDENTIAL"}
    machine.apply(*adopt, code=1)
    assert machine.settings.read_text() == json.dumps(own)
    files = [path for path in machine.folder.parent.parent.rglob("*") if path.is_file() and path != machine.settings]
    texts = [path.read_bytes() for path in files]
    assert not any(b"quokka-7351" in text or b"pass show work" in text for text in texts)


USERS = """\
{
\t"theme": "dark",   "big": 12345678901234567890,
\t"env": { "OTHER": "1" },
\t"permissions": {"allow": ["Bash(ls:*)"]}
}"""


def test_a_shared_file_keeps_its_other_bytes_and_mode_and_is_given_back(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    machine.settings.write_text(USERS)
    machine.settings.chmod(0o640)
    machine.apply()
    text = machine.settings.read_text()
    assert '"theme": "dark",   "big": 12345678901234567890,' in text
    assert json.loads(text)["env"]["ANTHROPIC_BASE_URL"] == machine.server.url
    assert stat.S_IMODE(machine.settings.stat().st_mode) == 0o640
    machine.write(clients=False)
    machine.apply()
    assert machine.settings.read_text() == USERS
    assert stat.S_IMODE(machine.settings.stat().st_mode) == 0o640


def test_a_tool_that_writes_its_file_anew_makes_no_drift_and_loses_nothing(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    machine.settings.write_text(USERS)
    machine.apply()
    document = json.loads(machine.settings.read_text())
    document["env"] = dict(sorted(document["env"].items(), reverse=True))
    machine.settings.write_text(json.dumps({"added": True, **dict(reversed(document.items()))}, indent=1))
    assert machine.changes() == {}
    machine.gwctl("destroy", "--auto-approve")
    left = json.loads(machine.settings.read_text())
    assert left == {"added": True, **json.loads(USERS)}


# what Codex 0.169.0 adds to its profile when a person trusts a directory
SAVED_BY_CODEX = """
[tui.model_availability_nux]
"gpt-x" = 1

[projects."/srv/acme"]
trust_level = "trusted"
"""


def test_what_a_tool_saves_in_gwctls_own_file_is_no_drift_and_stays_in_it(gwctl, server) -> None:
    profile = used(gwctl.folder.parent / "home" / ".codex") / "acme.config.toml"
    gateway = "version: 1\nname: acme\nclients: {{codex: {{}}}}\nendpoints: {{it: {{preset: litellm, {}}}}}\n"

    def apply(model: str) -> dict:
        gwctl.write(gateway.format(f"base_url: '{server.url}', discover: false, models: [{model}]"))
        gwctl("trust", "client.codex")
        gwctl("apply", "--auto-approve")
        return tomllib.loads(profile.read_text())

    apply("gpt-x")
    profile.write_text(profile.read_text() + SAVED_BY_CODEX)
    saved = tomllib.loads(SAVED_BY_CODEX)
    assert gwctl("plan", "--detailed-exitcode", "--format", "json").json["changes"] == []
    assert "not up to date" not in gwctl("doctor", "codex", code=None).out
    assert apply("gpt-z")["model"] == "gpt-z"
    assert {name: tomllib.loads(profile.read_text())[name] for name in saved} == saved
    for _ in range(2):
        gwctl("destroy", "--auto-approve")
        assert profile.read_text().strip() == SAVED_BY_CODEX.strip()
        assert {**apply("gpt-x"), **saved} == tomllib.loads(profile.read_text())


ADDED = {  # {tool: (its file, what gwctl writes there only with the fields or the model, the user's value of it)}
    "codex": (".codex/acme.config.toml", "model_context_window", 7654321),
    "claude-code": (".claude/settings.json", "CLAUDE_CODE_MAX_CONTEXT_TOKENS", "7654321"),
    "dotenv": ("x.env", "ANTHROPIC_MODEL", "mine"),
}


def added_to(path: Path, name: str, own: object) -> None:
    """Write the user's value where gwctl has written none yet."""
    text = path.read_text()
    if path.suffix == ".toml":
        path.write_text(f"{name} = {own}\n{text}")
    elif path.suffix == ".json":
        path.write_text(text.replace('"env": {', f'"env": {{"{name}": "{own}", ', 1))
    else:
        path.write_text(f"{text}{name}={own}\n")


@pytest.mark.parametrize("again", [False, True], ids=["once", "changed twice"])
@pytest.mark.parametrize("name", ADDED)
def test_a_value_that_the_user_added_where_gwctl_writes_only_later_is_given_back(
    gwctl, server, tmp_path: Path, name: str, again: bool
) -> None:
    below, place, own = ADDED[name]
    home = gwctl.folder.parent / "home"
    path = home / below if name != "dotenv" else gwctl.folder / below
    used(path.parent)
    server.lists("gpt-x")
    use = {"codex": "{}", "claude-code": "{file: shared}", "dotenv": "{path: x.env}"}[name]

    def apply(*, is_written: bool) -> None:
        apis = "[responses, messages, chat]" if is_written or name != "dotenv" else "[chat]"
        context = ", context: 9000" if is_written and name != "dotenv" else ""
        fields = f"preset: litellm, base_url: '{server.url}', discover: false, apis: {apis}"
        endpoint = f"it: {{{fields}, models: [{{id: gpt-x{context}}}]}}"
        gwctl.write(f"version: 1\nname: acme\nendpoints: {{{endpoint}}}\nclients: {{{name}: {use}}}\n")
        gwctl("trust", f"client.{name}")
        gwctl("apply", "--auto-approve", PATH="")

    apply(is_written=False)
    assert place not in path.read_text()
    added_to(path, place, own)
    apply(is_written=True)
    assert place in path.read_text()
    assert str(own) not in path.read_text()
    if again:
        apply(is_written=False)
        added_to(path, place, f"{own}8" if isinstance(own, str) else 76543218)
        apply(is_written=True)
    gwctl("destroy", "--auto-approve", PATH="")
    given_back = path.read_text()
    assert place in given_back
    assert f"{own}8" in given_back if again else str(own) in given_back
    assert "gpt-x" not in given_back
    assert server.url not in given_back


def test_a_profile_of_the_users_own_is_left_alone(gwctl, server) -> None:
    profile = used(gwctl.folder.parent / "home" / ".codex") / "acme.config.toml"
    profile.write_text('model = "mine"\n')
    server.lists("gpt-x")
    endpoint = f"{{preset: litellm, base_url: '{server.url}'}}"
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{it: {endpoint}}}\nclients: {{codex: {{}}}}\n")
    gwctl("trust", "client.codex")
    assert "NOT_OURS" in gwctl("plan", "--format", "json", code=None).out
    gwctl("apply", "--auto-approve", code=None)
    assert profile.read_text() == 'model = "mine"\n'
    gwctl("apply", "--auto-approve", "--adopt", "client.codex")
    assert tomllib.loads(profile.read_text())["model"] == "gpt-x"
    gwctl("destroy", "--auto-approve")
    assert profile.read_text() == 'model = "mine"\n'


def test_what_gwctl_replaced_is_put_back(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    before = {"model": "opus", "env": {"ANTHROPIC_BASE_URL": "https://before.example"}}
    machine.settings.write_text(json.dumps(before))
    assert machine.codes() == {"NOT_OURS"}
    assert machine.changes() == {}, "a model without its endpoint would be worse than nothing"
    machine.apply("--adopt", "client.claude-code")
    assert json.loads(machine.settings.read_text())["model"] == "gpt-x"
    machine.gwctl("destroy", "--auto-approve")
    assert json.loads(machine.settings.read_text()) == before


def test_the_users_choice_of_a_model_stays(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    machine.settings.write_text('{"model": "sonnet"}')
    assert machine.changes() == {"client.claude-code/login": "create"}
    machine.apply()
    assert json.loads(machine.settings.read_text())["model"] == "sonnet"
    machine.settings.write_text(machine.settings.read_text().replace('"sonnet"', '"gpt-y"'))
    assert machine.changes() == {}
    machine.write("{file: shared, set_default: always}")
    assert machine.codes() == {"NOT_OURS"}


def test_a_model_that_gwctl_chose_follows_until_the_user_chooses_another(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    machine.apply()
    machine.write("{file: shared}", more="defaults: {chat: it/gpt-y}\n")
    machine.apply()
    assert json.loads(machine.settings.read_text())["model"] == "gpt-y"
    machine.settings.write_text(machine.settings.read_text().replace('"model": "gpt-y"', '"model": "mine"'))
    assert machine.changes() == {}
    machine.write(clients=False)
    machine.apply()
    assert json.loads(machine.settings.read_text()) == {"model": "mine"}


def test_a_role_that_the_gateway_file_changes_is_a_change_of_the_file(machine: Machine) -> None:
    machine.server.lists("gpt-x", "gpt-y")
    machine.write(more="roles: {chat: it/gpt-x}\n")
    machine.trust()
    machine.apply()
    machine.write(more="roles: {chat: it/gpt-y}\n")
    (change,) = (each for each in machine.plan()["changes"] if each["address"] == "client.claude-code")
    assert (change["action"], change["cause"]) == ("update", "config")


def test_a_model_that_leaves_the_endpoint_leaves_the_tool_and_a_failing_list_changes_nothing(machine: Machine) -> None:
    from tests.support.scripted import Reply

    machine.server.lists("gpt-a", "gpt-x", "gpt-y")
    machine.trust()
    machine.apply()
    assert machine.env["ANTHROPIC_MODEL"] == "gpt-a"
    listed = machine.server.routes["/models"]
    machine.server.routes["/models"] = Reply(status=503)
    assert machine.changes() == {}
    machine.server.routes["/models"] = listed
    machine.server.lists("gpt-x", "gpt-y")
    (change,) = (each for each in machine.plan()["changes"] if each["address"] == "client.claude-code")
    assert (change["cause"], "restart running sessions" in change["reason"]) == ("catalog", True)
    machine.apply()
    assert machine.env["ANTHROPIC_MODEL"] == "gpt-x"


def test_a_plan_shows_gwctls_own_values_and_nothing_else(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    machine.settings.write_text('{"secret-of-mine": "quokka", "env": {"OTHER": "quokka"}}')
    for form in ("text", "json", "markdown", "html"):
        text = machine.gwctl("plan", "--format", form, "-v").out
        assert "quokka" not in text
        assert "env.ANTHROPIC_BASE_URL" in text
    (change,) = (each for each in machine.plan()["changes"] if each["address"] == "client.claude-code/model")
    assert change["diff"] == [{"path": "model", "before": None, "after": "gpt-x"}]


def test_a_saved_plan_writes_only_what_this_machine_would_plan(machine: Machine) -> None:
    """A plan that came with a repository must not bring a command for a tool along."""
    machine.trust()
    machine.gwctl("plan", "--out", "saved.plan")
    path = machine.gwctl.folder / "saved.plan"
    document = json.loads(path.read_text())
    (change,) = (each for each in document["changes"] if each["address"] == "client.claude-code")
    assert "echo none" in change["after"]["facts"]["value"]
    change["after"]["facts"]["value"] = change["after"]["facts"]["value"].replace("echo none", "touch owned")
    path.write_text(json.dumps({**document, "digest": digest_of(document)}))
    assert "PLAN_STALE" in machine.gwctl("apply", "saved.plan", "--format", "json", code=1).out
    assert not machine.own.exists()


def test_a_tool_that_is_not_there_is_a_note(machine: Machine) -> None:
    shutil.rmtree(machine.folder)
    assert machine.codes() == {"CLIENT_NOT_FOUND"}
    assert machine.changes() == {}
    machine.write("{file: none}")
    assert machine.codes() == {"CLIENT_BY_HAND"}


def test_an_unknown_tool_is_an_error_with_its_place(machine: Machine) -> None:
    machine.gwctl.write(
        "version: 1\nname: acme\nendpoints:\n  it: {base_url: http://localhost:1}\nclients:\n  claude-cod: {}\n"
    )
    (fault,) = machine.gwctl("validate", "--format", "json", code=1).json["diagnostics"]
    assert (fault["code"], fault["source"]["line"], fault["source"]["column"]) == ("UNKNOWN_TOOL", 6, 3)
    assert "claude-code" in fault["hint"]


def test_the_survey_says_what_is_here_and_in_use_and_runs_nothing(machine: Machine, tmp_path: Path) -> None:
    package = tmp_path / "npm" / "@anthropic-ai" / "claude-code"
    (package / "bin").mkdir(parents=True)
    (package / "package.json").write_text('{"name": "@anthropic-ai/claude-code", "version": "9.8.7"}')
    program = package / "bin" / "claude"
    program.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    program.chmod(0o755)
    machine.trust()
    machine.apply()
    tools = machine.gwctl("clients", "--format", "json", PATH=str(program.parent)).json["tools"]
    (tool,) = (tool for tool in tools if tool["name"] == "claude-code")
    assert (tool["found"], tool["program"], tool["version"]) == (True, str(program), "9.8.7")
    assert tool["files"] == [{"client": "claude-code", "path": str(machine.own), "gateway": "acme"}]
    assert "client.claude-code" in machine.gwctl("clients").out
    assert not (tmp_path / "ran").exists()
    machine.gwctl("destroy", "--auto-approve")
    shutil.rmtree(machine.folder)
    tools = machine.gwctl("clients", "--format", "json", PATH="").json["tools"]
    assert [(tool["found"], tool["files"]) for tool in tools if tool["name"] == "claude-code"] == [(False, [])]


def test_trust_agrees_to_the_machines_clients_by_name_alone(machine: Machine) -> None:
    assert "UNKNOWN_CLIENT" in machine.gwctl("trust", "client.codex", "-v", code=1).err
    machine.trust()
    machine.gwctl("trust", "revoke", "client.claude-code")
    assert machine.codes() == {"CLIENT_NOT_ALLOWED"}


def test_the_plan_says_which_settings_of_an_endpoint_a_tool_does_not_get(machine: Machine) -> None:
    machine.trust()
    assert machine.codes() == set()
    text = (machine.gwctl.folder / "gateway.yaml").read_text()
    machine.gwctl.write(text.replace("timeout: 2s", "timeout: 2s, headers: {X-Team: blue}"))
    diagnostics = machine.plan()["diagnostics"]
    (told,) = [each["summary"] for each in diagnostics if each["code"] == "NOT_PASSED"]
    assert told == "client.claude-code: not passed to Claude Code: `headers` of it"
    machine.apply()
    assert "X-Team" not in machine.own.read_text()


@pytest.mark.parametrize(
    ("use", "entry", "does"),
    [
        ("shared", "dot_claude/settings.json", "may write"),
        ("shared", "private_dot_claude/private_readonly_settings.json.tmpl", "may write"),
        ("shared", "exact_dot_claude/encrypted_private_settings.json.age", "may write"),
        ("own", "exact_dot_claude/settings.json", "may remove"),
    ],
)
def test_a_file_that_chezmoi_writes_too_is_a_warning_with_a_way_out(machine: Machine, use, entry, does) -> None:
    machine.write(f"{{file: {use}}}")
    machine.trust()
    assert machine.codes() == set()
    there = chezmoi(machine) / entry
    there.parent.mkdir(parents=True)
    there.write_text("{}")
    (told,) = [each for each in machine.plan()["diagnostics"] if each["code"] == "FILE_OF_CHEZMOI"]
    assert does in told["summary"]
    assert ("file: own" in told["hint"]) == (use == "shared")
    machine.apply()


@pytest.mark.parametrize(
    "entry",
    ["dot_claude/create_settings.json", "exact_dot_claude/modify_settings.json", "dot_claude/other", "dot_claudes/x"],
)
def test_a_file_that_chezmoi_leaves_alone_is_no_finding(machine: Machine, entry: str) -> None:
    machine.write("{file: shared}")
    machine.trust()
    there = chezmoi(machine) / entry
    there.parent.mkdir(parents=True)
    there.write_text("{}")
    assert machine.codes() == set()


def test_the_source_directory_of_chezmoi_may_name_another(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    (chezmoi(machine) / "home" / "dot_claude").mkdir(parents=True)
    (chezmoi(machine) / "home" / "dot_claude" / "settings.json").write_text("{}")
    assert machine.codes() == set()
    (chezmoi(machine) / ".chezmoiroot").write_text("home\n")
    assert machine.codes() == {"FILE_OF_CHEZMOI"}


def test_a_link_into_the_nix_store_has_its_own_hint(machine: Machine) -> None:
    machine.write("{file: shared}")
    machine.trust()
    machine.settings.symlink_to("/nix/store/0000-home-manager-files/.claude/settings.json")
    (told,) = [each for each in machine.plan()["diagnostics"] if each["code"] == "LINKED_FILE"]
    assert "home-manager" in told["hint"]


def chezmoi(machine: Machine) -> Path:
    """Return the source directory of chezmoi."""
    return machine.folder.parent / ".local" / "share" / "chezmoi"


@pytest.mark.parametrize("why", ["the variable is not set", "--no-keys", "the key is withheld"])
@pytest.mark.parametrize("tool", ["codex", "opencode"])
def test_a_key_that_is_missing_or_withheld_changes_nothing_in_a_tools_file(
    machine: Machine, why: str, tool: str
) -> None:
    """A shell without the variable must not turn a tool that sends a key into one that sends none."""

    def gateway(url: str) -> None:
        endpoint = f"{{preset: litellm, base_url: '{url}', key: {{env: CANARY}}, models: [gpt-x], timeout: 1s}}"
        client = f"{tool}: {{when_absent: write, key_from: env}}"
        machine.gwctl.write(f"version: 1\nname: acme\nendpoints:\n  it: {endpoint}\nclients:\n  {client}\n")

    gateway(machine.server.url)
    key = {"CANARY": "quokka-7351-zebra-fjord"}
    machine.gwctl("trust", "it", **key)
    machine.gwctl("trust", f"client.{tool}", **key)
    machine.apply(**key)
    home = machine.folder.parent
    file = home / (".codex/acme.config.toml" if tool == "codex" else ".config/opencode/acme.gwctl/opencode.json")
    before = file.read_bytes()
    assert b"CANARY" in before
    if why == "the key is withheld":
        gateway("https://gateway.invalid:9")
        machine.gwctl("trust", f"client.{tool}", code=None)
    environ = {} if why == "the variable is not set" else key
    arguments = ("--no-keys",) if why == "--no-keys" else ()
    plan = machine.plan(*arguments, **environ)
    changed = [each["address"] for each in plan["changes"] if each["address"].startswith("client.")]
    assert changed == []
    said = {each["code"] for each in plan["diagnostics"] if "is not changed" in each["summary"]}
    assert said == (set() if why == "--no-keys" else {"CLIENT_ENDPOINT_LEFT_OUT"}), plan["diagnostics"]
    machine.apply(*arguments, code=None, **environ)
    assert file.read_bytes() == before
