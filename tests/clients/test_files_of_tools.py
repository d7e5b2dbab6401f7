"""What gwctl does with the user's file of each tool: given back to the byte, and left alone where it is not gwctl's."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import yaml

from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer

APPLY = ("apply", "--auto-approve")
LIMITS = "context: 128000, output: 16000, capabilities: [tools]"
SHARED = {  # the file below the home of a client with `file: shared`, and what the user has in it
    "opencode": (
        ".config/opencode/opencode.json",
        '{\r\n\t// mine\r\n\t"theme": "dark", "big": 90071992547409931,\r\n}',
    ),
    "kilo": (".config/kilo/kilo.json", '\ufeff{"provider": {"mine": {"options": {}}}}\n'),
    "vscode": (
        ".config/Code/User/chatLanguageModels.json",
        '[\n  {"name": "mine", "vendor": "x", "n": 1.10}, // a comment\n]\n',
    ),
    "dotenv": (".env.llm", "# mine\nexport MINE='a b'"),
    "zed": (".config/zed/settings.json", '{\n  // mine\n  "agent": {"default_profile": "ask"}, "n": 1.10,\n}\n'),
    "pi": (".pi/agent/models.json", '{\n\t"providers": {"mine": {"baseUrl": "http://x"}}\n}'),
    "librechat": (
        "librechat.yaml",
        "# mine\nendpoints:\n  custom:\n    - name: mine  # a comment\n      apiKey: none\n\ncache: true\n",
    ),
}
NEEDS_PATH = ("dotenv", "librechat")
EACH = pytest.mark.parametrize("tool", SHARED)


class Machine:
    """A gateway file with one endpoint without a key, and one client."""

    def __init__(self, gwctl: Gwctl, server: ScriptedServer, tool: str, *fields: str) -> None:
        self.gwctl, self.server, self.tool = gwctl, server, tool
        self.home = Path(gwctl.environ["HOME"])
        self.fields = [*fields, *(["file: shared", "when_absent: write"] if tool in SHARED else [])]
        self.fields += [f"path: {self.home}/{SHARED[tool][0]}"] if tool in NEEDS_PATH else []
        self.want("a", "b")

    def want(self, *models: str, endpoint: str = "it", clients: bool = True) -> None:
        """Write the gateway file."""
        entries = ", ".join(f"{{id: {model}, {LIMITS}}}" for model in models)
        client = f"clients: {{{self.tool}: {{{', '.join(self.fields)}}}}}\n" if clients else ""
        (self.gwctl.folder / "gateway.yaml").write_text(
            f"version: 1\nname: acme\nendpoints:\n  {endpoint}: {{base_url: '{self.server.url}/v1', discover: false, "
            f"models: [{entries}]}}\n{client}"
        )

    def apply(self, code: int = 0) -> None:
        """Agree to the client, and apply; a path that is not below the gateway file is named each time."""
        if "clients:" in (self.gwctl.folder / "gateway.yaml").read_text() and self.tool not in NEEDS_PATH:
            self.gwctl("trust", f"client.{self.tool}")
        self.gwctl(*APPLY, *self.named, code=code)

    @property
    def named(self) -> tuple[str, ...]:
        """The option that names a path outside of the usual places."""
        return ("--allow-path", self.tool) if self.tool in NEEDS_PATH else ()

    @property
    def file(self) -> Path:
        path = self.home / SHARED[self.tool][0]
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def said(self, code: str) -> int:
        """Return how often a plan says that."""
        document = self.gwctl("plan", "--format", "json", *self.named, code=None).json
        return [each["code"] for each in document["diagnostics"]].count(code)

    def codes(self) -> set[str]:
        if not self.named:
            self.gwctl("trust", f"client.{self.tool}")
        document = self.gwctl("plan", "--format", "json", *self.named, code=None).json
        return {each["code"] for each in document["diagnostics"]}


@pytest.fixture
def machine(gwctl: Gwctl, server: ScriptedServer, tool: str) -> Machine:
    return Machine(gwctl, server, tool)


@EACH
def test_ten_cycles_of_add_change_and_remove_give_the_same_bytes(machine: Machine, tool: str) -> None:
    before = SHARED[tool][1].encode()
    machine.file.write_bytes(before)
    for cycle in range(10):
        machine.want("a", "b")
        machine.apply()
        assert b"acme-it" in machine.file.read_bytes() or b"/v1" in machine.file.read_bytes()
        machine.want(f"c{cycle}", "b")
        machine.apply()
        assert f"c{cycle}".encode() in machine.file.read_bytes()
        assert foreign(machine.file.read_bytes()) == foreign(before)
        machine.want("a", clients=False)
        machine.apply()
        assert machine.file.read_bytes() == before


def foreign(data: bytes) -> list[bytes]:
    """Return the user's own words in the file."""
    return [
        word
        for word in (b"// mine", b"90071992547409931", b'"mine"', b"1.10", b"a comment", b"a b", b"# mine")
        if word in data
    ]


@EACH
def test_a_file_that_gwctl_made_goes_with_its_last_value(machine: Machine, tool: str) -> None:
    machine.apply()
    assert machine.file.stat().st_mode & 0o777 == 0o600
    machine.gwctl("destroy", "--auto-approve")
    assert not machine.file.exists()


@EACH
def test_a_file_that_is_a_link_is_not_written(machine: Machine, tool: str, tmp_path: Path) -> None:
    mine = tmp_path / "dotfile"
    mine.write_bytes(SHARED[tool][1].encode())
    machine.file.symlink_to(mine)
    assert "LINKED_FILE" in machine.codes()
    machine.apply(code=1)
    assert mine.read_bytes() == SHARED[tool][1].encode()


@EACH
@pytest.mark.parametrize("obstacle", ["read-only", "a hard link", "a directory", "a named pipe", "larger than 16 MiB"])
def test_a_file_that_cannot_be_replaced_as_it_was_is_left_and_the_plan_says_so(
    machine: Machine, tool: str, obstacle: str
) -> None:
    text = SHARED[tool][1].encode()
    if obstacle == "a directory":
        machine.file.mkdir()
    elif obstacle == "a named pipe":
        os.mkfifo(machine.file)
    else:
        machine.file.write_bytes(text + b" " * (17 << 20) if "MiB" in obstacle else text)
    if obstacle == "a hard link":
        machine.file.with_name("second").hardlink_to(machine.file)
    if obstacle == "read-only":
        machine.file.chmod(0o444)
    before = machine.file.lstat()
    assert "CLIENT_UNREADABLE" in machine.codes()
    assert machine.said("CLIENT_UNREADABLE") == 1, "one obstacle is said once for the file, not for each part"
    refused = machine.gwctl(*APPLY, *machine.named, code=1)
    assert obstacle in refused.err + refused.out
    after = machine.file.lstat()
    assert (after.st_ino, after.st_mode, after.st_size) == (before.st_ino, before.st_mode, before.st_size)
    if obstacle == "read-only":
        assert "chmod u+w" in refused.err + refused.out
        machine.file.chmod(0o644)
        machine.apply()
        assert "is removed from this machine" in " ".join(machine.gwctl("destroy", "--auto-approve").out.split())
        assert machine.file.read_bytes() == text


@EACH
def test_an_update_of_a_read_only_file_is_refused_in_the_plan_already(machine: Machine, tool: str) -> None:
    machine.apply()
    before = machine.file.read_bytes()
    machine.file.chmod(0o444)
    assert machine.gwctl("plan", "--detailed-exitcode", *machine.named).code == 0, "nothing is to be written"
    machine.want("c")
    assert machine.said("CLIENT_UNREADABLE") >= 1
    refused = machine.gwctl(*APPLY, *machine.named, code=1)
    assert "chmod u+w" in refused.err + refused.out
    assert machine.file.read_bytes() == before


@pytest.mark.parametrize("tool", ["opencode", "kilo"])
@pytest.mark.parametrize("there", ["nothing", "the folder before", "a file of the user later"])
def test_the_folder_that_gwctl_made_for_its_file_goes_with_the_file_unless_something_else_is_in_it(
    machine: Machine, tool: str, there: str
) -> None:
    machine.fields = ["file: own", "when_absent: write"]
    folder = machine.home / ".config" / tool / "acme.gwctl"
    if there == "the folder before":
        folder.mkdir(parents=True)
    for model in ("a", "b"):  # the second one is an update
        machine.want(model)
        machine.apply()
    if there == "a file of the user later":
        (folder / "AGENTS.md").write_text("mine")
    machine.want("a", clients=False)
    machine.apply()
    assert not (folder / f"{tool}.json").exists()
    assert folder.is_dir() == (there != "nothing")
    assert folder.parent.is_dir() == (there != "nothing"), "gwctl made it, too"


@pytest.mark.parametrize("tool", ["opencode", "kilo"])
def test_two_gateway_files_that_want_the_same_default_are_told_to_set_none(machine: Machine, tool: str) -> None:
    machine.apply()
    text = (machine.gwctl.folder / "gateway.yaml").read_text().replace("name: acme", "name: other")
    machine.gwctl.folder = machine.gwctl.folder.with_name("second")
    machine.gwctl.folder.mkdir()
    path = machine.gwctl.folder / "gateway.yaml"
    path.write_text(text)
    machine.gwctl("trust", f"client.{tool}")
    document = machine.gwctl("plan", "--format", "json", code=None).json
    hints = [each["hint"] for each in document["diagnostics"] if each["code"] == "NOT_OURS"]
    assert len(hints) == 2
    assert all("set_default: never" in hint for hint in hints)
    path.write_text(path.read_text().replace("file: shared", "file: shared, set_default: never"))
    machine.apply()
    assert "other-it" in machine.file.read_text()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounts a small file system, as root")
@pytest.mark.parametrize("tool", ["opencode", "kilo"])
def test_on_a_full_disk_the_file_stays_and_later_all_that_was_there_comes_back(machine: Machine, tool: str) -> None:
    """The write that fails leaves a row: the next one must remember what was there all the same."""
    mine = b'{"model": "mine/x",\n "theme": "dark"}'
    folder = machine.file.parent
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(folder)], check=False)
    if mounted.returncode:
        pytest.skip("this machine mounts no tmpfs")
    try:
        machine.file.write_bytes(mine)
        machine.fields = [*machine.fields, "set_default: always"]
        machine.want("a", "b")
        machine.gwctl("trust", f"client.{tool}")
        adopt = ("--adopt", f"client.{tool}")
        with full(folder):
            failed = machine.gwctl(*APPLY, *adopt, code=1)
            assert "free some space" in failed.out
            assert machine.file.read_bytes() == mine
        machine.gwctl(*APPLY, *adopt)
        assert b'"mine/x"' not in machine.file.read_bytes()
        with full(folder):
            written = machine.file.read_bytes()
            machine.gwctl("destroy", "--auto-approve", code=1)
            assert machine.file.read_bytes() == written
        machine.gwctl("destroy", "--auto-approve")
        assert machine.file.read_bytes() == mine
        assert [path.name for path in folder.iterdir()] == [machine.file.name]
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@contextmanager
def full(folder: Path) -> Iterator[None]:
    """The file system has no page left meanwhile."""
    filler = folder / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    yield
    filler.unlink()


@pytest.mark.parametrize("tool", ["opencode", "vscode"])
def test_the_tool_rewrites_its_file_in_between_and_nothing_is_lost(machine: Machine, tool: str) -> None:
    machine.file.write_text('{"theme": "dark"}' if tool == "opencode" else '[{"name": "mine", "vendor": "x"}]')
    machine.apply()
    written = json.loads(machine.file.read_text())
    turned = dict(reversed(written.items())) if tool == "opencode" else list(reversed(written))
    machine.file.write_text(json.dumps(turned, indent="\t", sort_keys=True))
    assert machine.gwctl("plan", "--detailed-exitcode").code == 0
    machine.gwctl("destroy", "--auto-approve")
    assert json.loads(machine.file.read_text()) == (
        {"theme": "dark"} if tool == "opencode" else [{"name": "mine", "vendor": "x"}]
    )


@pytest.mark.parametrize("tool", ["opencode"])
def test_an_entry_of_the_same_name_is_not_taken_over(machine: Machine, tool: str) -> None:
    theirs = '{"provider": {"acme-it": {"npm": "mine"}}}'
    machine.file.write_text(theirs)
    assert "NOT_OURS" in machine.codes()
    machine.apply(code=1)
    assert machine.file.read_text() == theirs


@pytest.mark.parametrize("tool", ["dotenv"])
def test_a_key_of_the_users_is_not_replaced_by_the_placeholder(machine: Machine, tool: str) -> None:
    machine.file.write_text("OPENAI_API_KEY=quokka-7351-zebra-fjord\n")
    assert "OWN_CREDENTIAL" in machine.codes()
    machine.apply(code=1)
    assert machine.file.read_text() == "OPENAI_API_KEY=quokka-7351-zebra-fjord\n"


@pytest.mark.parametrize("tool", ["vscode"])
def test_the_key_that_vs_code_refers_to_stays_when_the_models_change(machine: Machine, tool: str) -> None:
    machine.apply()
    (group,) = json.loads(machine.file.read_text())
    machine.file.write_text(json.dumps([{**group, "apiKey": "${input:chat.lm.secret.1}"}]))
    assert machine.gwctl("plan", "--detailed-exitcode").code == 0
    machine.want("c")
    machine.apply()
    (group,) = json.loads(machine.file.read_text())
    assert group["apiKey"] == "${input:chat.lm.secret.1}"
    assert [model["id"] for model in group["models"]] == ["c"]


@pytest.mark.parametrize("tool", ["vscode"])
def test_a_model_whose_limits_are_unknown_is_left_out(machine: Machine, tool: str) -> None:
    path = machine.gwctl.folder / "gateway.yaml"
    path.write_text(path.read_text().replace(f"{{id: b, {LIMITS}}}", "b"))
    assert "LIMITS_UNKNOWN" in machine.codes()
    machine.apply()
    (group,) = json.loads(machine.file.read_text())
    assert group["models"] == [
        {
            "id": "a",
            "name": "a",
            "url": f"{machine.server.url}/v1/chat/completions",
            "toolCalling": True,
            "vision": False,
            "contextWindow": 128000,
            "maxOutputTokens": 16000,
        }
    ]


@pytest.mark.parametrize("tool", ["opencode", "kilo"])
def test_the_file_that_the_tool_prefers_is_the_one_that_is_written(machine: Machine, tool: str) -> None:
    other = machine.file.with_name(f"{tool}.jsonc")
    other.write_text("{}")
    machine.apply()
    assert "acme-it" in other.read_text()
    assert [path.name for path in machine.file.parent.iterdir()] == [other.name]


@pytest.mark.parametrize("served", [("a", "b"), ("a",)])
def test_a_model_that_the_server_of_the_file_does_not_serve_is_a_note(
    gwctl: Gwctl, server: ScriptedServer, servers, served: tuple[str, ...]
) -> None:
    machine, proxy = Machine(gwctl, server, "litellm", "path: models.yaml", "serves: proxy"), servers()
    proxy.lists(*served, path="/v1/models")
    path = gwctl.folder / "gateway.yaml"
    path.write_text(path.read_text().replace("endpoints:\n", f"endpoints:\n  proxy: {{base_url: '{proxy.url}/v1'}}\n"))
    assert ("NOT_SERVED" in machine.codes()) == (served == ("a",))
    machine.apply()
    written = yaml.safe_load((gwctl.folder / "models.yaml").read_text())
    assert sorted(model["model_name"] for model in written["model_list"]) == ["a", "b"]


@pytest.mark.parametrize("tool", ["litellm", "direnv", "dotenv", "librechat"])
def test_a_client_without_a_usual_place_needs_a_path(gwctl: Gwctl, server: ScriptedServer, tool: str) -> None:
    machine = Machine(gwctl, server, tool)
    machine.fields = []
    machine.want("a")
    assert f"clients.{tool} needs `path`" in gwctl("validate", code=1).err


def test_a_format_is_not_a_tool_that_was_found(gwctl: Gwctl) -> None:
    tools = gwctl("clients", "--format", "json", PATH="/nowhere").json["tools"]
    found = {tool["name"] for tool in tools if tool["found"]}
    assert not {"litellm", "dotenv", "direnv", "librechat"} & found
