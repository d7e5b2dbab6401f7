"""The user's own credential in a tool's file: moved into the keychain with a consent, and put back from there."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.command import Gwctl, Result
from tests.support.keychain import FakeKeychain
from tests.support.scripted import ScriptedServer

MINE = "quokka-7351-zebra-fjord"
PARTS = [MINE[at : at + 6] for at in range(len(MINE) - 5)]


@dataclass(frozen=True)
class Case:
    """A tool, its file below the home, and what the user has in it."""

    tool: str
    file: str
    text: str
    fields: str = "file: shared"

    @property
    def adopt(self) -> tuple[str, str]:
        """The consent."""
        return ("--adopt", f"client.{self.tool}")


SETTINGS = ".claude/settings.json"
CASES = {
    "a key helper": Case(
        "claude-code", SETTINGS, '{\n\t"theme": "dark", "apiKeyHelper": "pass quokka-7351-zebra-fjord"\n}'
    ),
    "a key": Case("claude-code", SETTINGS, f'{{"env": {{"ANTHROPIC_API_KEY": "{MINE}", "A": "b"}}}}'),
    "a token with its host": Case(
        "claude-code",
        SETTINGS,
        f'{{"env": {{"ANTHROPIC_BASE_URL": "https://mine.example", "ANTHROPIC_AUTH_TOKEN": "{MINE}"}}}}\r\n',
    ),
    "an entry of opencode": Case(
        "opencode",
        ".config/opencode/opencode.json",
        f'{{"provider": {{"acme-it": {{"npm": "mine", "options": {{"apiKey": "{MINE}"}}}}}}}} // mine\n',
    ),
    "an entry of Kilo": Case(
        "kilo",
        ".config/kilo/kilo.json",
        f'{{"provider": {{"acme-it": {{"options": {{"apiKey": "{MINE}"}}}}, "b": {{}}}}}}\n',
    ),
    "a dotenv file": Case("dotenv", "work.env", f"# mine\nOPENAI_API_KEY={MINE}\nOTHER=1\n", "path: ~/work.env"),
    "a file of direnv": Case("direnv", "mine.envrc", f"# mine\nexport OPENAI_API_KEY={MINE}\n", "path: ~/mine.envrc"),
}
EACH = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


class Machine:
    """A machine whose user has a credential in the file of a tool."""

    def __init__(self, gwctl: Gwctl, url: str, case: Case) -> None:
        self.gwctl, self.url, self.case = gwctl, url, case
        self.home = Path(gwctl.environ["HOME"])
        self.file = self.home / case.file
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(self.before)
        self.want()
        gwctl("trust", f"client.{case.tool}", code=None)
        if "path" in case.fields:
            gwctl("apply", "--auto-approve", "--allow-path", case.tool, code=None)
            assert self.file.read_bytes() == self.before

    @property
    def before(self) -> bytes:
        """The file as the user has it."""
        return self.case.text.encode()

    def want(self, clients: bool = True) -> None:
        """Write the gateway file."""
        client = f"clients: {{{self.case.tool}: {{{self.case.fields}, when_absent: write}}}}\n" if clients else ""
        endpoint = f"{{preset: litellm, base_url: '{self.url}', discover: false, models: [gpt-x]}}"
        self.gwctl.write(f"version: 1\nname: acme\nendpoints:\n  it: {endpoint}\n{client}")

    def apply(self, *arguments: str, code: int = 0, **environ: str) -> Result:
        """Apply without a question; nothing that is said has the credential."""
        said = self.gwctl("apply", "--auto-approve", "-v", *arguments, code=code, **environ)
        assert not any(part in said.out + said.err for part in PARTS)
        return said

    def codes(self, *arguments: str, **environ: str) -> dict[str, str]:
        """Return {code: detail} of what a plan says."""
        said = self.gwctl("plan", "--format", "json", *arguments, code=None, **environ)
        assert not any(part in said.out + said.err for part in PARTS)
        return {each["code"]: str(each["detail"]) for each in said.json["diagnostics"]}

    def files_with_it(self) -> set[str]:
        """Return the names of the files of the machine that have the credential."""
        files = (path for path in self.home.parent.rglob("*") if path.is_file())
        return {path.name for path in files if any(part.encode() in path.read_bytes() for part in PARTS)}


@pytest.fixture
def machine(gwctl: Gwctl, server: ScriptedServer, keychain: FakeKeychain, case: Case) -> Machine:
    return Machine(gwctl, server.url, case)


@EACH
@pytest.mark.parametrize("way", ["taken out", "destroy", "leave"])
def test_it_moves_into_the_keychain_with_a_consent_and_comes_back(
    machine: Machine, keychain: FakeKeychain, case: Case, way: str
) -> None:
    machine.apply(code=1)
    assert machine.file.read_bytes() == machine.before
    assert keychain.whole == {}
    machine.apply(*case.adopt)
    assert MINE.encode() not in machine.file.read_bytes()
    assert machine.files_with_it() == {"keychain.json"}
    assert len(keychain.whole) == 1
    assert machine.gwctl("plan", "--detailed-exitcode").code == 0
    machine.apply()
    if way == "taken out":
        machine.want(clients=False)
        machine.apply()
    else:
        machine.gwctl(way, "--auto-approve")
    assert machine.file.read_bytes() == machine.before
    assert keychain.whole == {}
    assert machine.files_with_it() == {machine.file.name}


@pytest.mark.parametrize("case", [CASES["a key"], CASES["an entry of opencode"]], ids=["claude-code", "opencode"])
def test_the_plan_says_that_it_moves_and_the_list_says_where_it_is(machine: Machine, case: Case) -> None:
    assert "OWN_CREDENTIAL" in machine.codes()
    assert {"OWN_CREDENTIAL", "CREDENTIAL_MOVES"} & machine.codes(*case.adopt).keys() == {"CREDENTIAL_MOVES"}
    machine.apply(*case.adopt)
    for command in ("list", "audit"):
        listed = machine.gwctl("key", command).out
        assert str(machine.file) in listed
        (entry,) = machine.gwctl("key", command, "--format", "json").json["entries"]
        assert (entry["condition"], entry["origin"]) == ("kept", str(machine.file))
        assert entry["address"].startswith(f"client.{case.tool}/")
    machine.want(clients=False)
    machine.apply()
    assert machine.gwctl("key", "list", "--format", "json").json["entries"] == []


NO_KEYCHAIN = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.mark.parametrize("case", [each for each in CASES.values() if each.tool != "direnv"], ids=lambda case: case.tool)
def test_without_a_keychain_it_stays_and_the_plan_says_why(machine: Machine, case: Case) -> None:
    said = machine.codes(*case.adopt, **NO_KEYCHAIN)
    assert "there is no usable keychain on this machine" in said["OWN_CREDENTIAL"]
    machine.apply(*case.adopt, code=1, **NO_KEYCHAIN)
    assert machine.file.read_bytes() == machine.before


@EACH
@pytest.mark.parametrize("mood", ["locked", "failing to set"])
def test_a_keychain_that_fails_leaves_the_file_as_it_is(
    machine: Machine, keychain: FakeKeychain, case: Case, mood: str
) -> None:
    machine.apply(*case.adopt, code=1, TEST_KEYCHAIN_IS=mood)
    assert (machine.file.read_bytes(), keychain.whole) == (machine.before, {})
    machine.apply(*case.adopt)
    machine.want(clients=False)
    machine.apply(code=1, TEST_KEYCHAIN_IS="locked")
    assert len(keychain.whole) == 1
    assert machine.files_with_it() == {"keychain.json"}
    machine.apply()
    assert (machine.file.read_bytes(), keychain.whole) == (machine.before, {})


@EACH
def test_a_file_that_somebody_deleted_gets_it_back(machine: Machine, keychain: FakeKeychain, case: Case) -> None:
    machine.apply(*case.adopt)
    machine.file.unlink()
    machine.want(clients=False)
    machine.apply()
    assert MINE in machine.file.read_text()
    assert keychain.whole == {}


@pytest.mark.parametrize("case", [CASES["a token with its host"]], ids=["claude-code"])
def test_it_is_not_put_beside_values_that_gwctl_does_not_know(
    machine: Machine, keychain: FakeKeychain, case: Case
) -> None:
    """Another program has changed the base URL: the credential would go to that host."""
    machine.apply(*case.adopt)
    document = json.loads(machine.file.read_text())
    document["env"]["ANTHROPIC_BASE_URL"] = "https://other.example"
    machine.file.write_text(json.dumps(document))
    machine.want(clients=False)
    assert "CREDENTIAL_NOT_RETURNED" in machine.codes()
    machine.apply(code=1)
    assert json.loads(machine.file.read_text())["env"] == document["env"]
    assert len(keychain.whole) == 1
    machine.want()
    machine.apply()
    assert json.loads(machine.file.read_text())["env"]["ANTHROPIC_BASE_URL"] == machine.url
    machine.want(clients=False)
    machine.apply()
    assert json.loads(machine.file.read_text()) == json.loads(machine.before)
    assert keychain.whole == {}


@pytest.mark.parametrize("case", [CASES["a key"]], ids=["claude-code"])
def test_an_entry_that_somebody_deleted_is_said_and_the_rest_comes_back(
    machine: Machine, keychain: FakeKeychain, case: Case
) -> None:
    machine.apply(*case.adopt)
    for name in keychain.whole:
        keychain.drop(name)
    Path(machine.gwctl.environ["TEST_KEYCHAIN"]).write_text("{}")
    machine.want(clients=False)
    assert "no longer has your credential" in machine.apply(code=1).out
    assert json.loads(machine.file.read_text())["env"] == {"A": "b"}
    machine.apply()
    assert rows_of(machine.home) == []


@pytest.mark.parametrize("case", [CASES["a key"]], ids=["claude-code"])
def test_an_entry_of_that_name_that_somebody_else_made_is_not_overwritten(
    machine: Machine, keychain: FakeKeychain, case: Case
) -> None:
    machine.apply(*case.adopt)
    (name,) = keychain.whole
    machine.want(clients=False)
    machine.apply()
    keychain.put(name, "somebody else's")
    machine.want()
    machine.apply(*case.adopt, code=1)
    assert machine.file.read_bytes() == machine.before
    assert keychain.whole == {name: "somebody else's"}


@pytest.mark.parametrize("case", [CASES["a key"], CASES["an entry of opencode"]], ids=["claude-code", "opencode"])
def test_one_that_came_after_gwctls_part_stops_the_client(machine: Machine, keychain: FakeKeychain, case: Case) -> None:
    machine.file.write_text("{}")
    machine.apply()
    place = ("env", "ANTHROPIC_API_KEY") if case.tool == "claude-code" else ("provider", "acme-it", "options", "apiKey")
    document = json.loads(machine.file.read_text())
    inner = document
    for name in place[:-1]:
        inner = inner[name]
    inner[place[-1]] = MINE
    machine.file.write_text(json.dumps(document))
    for adopt in ((), case.adopt):
        assert "after gwctl wrote its part" in machine.codes(*adopt)["OWN_CREDENTIAL"]
        machine.apply(*adopt, code=1)
        assert json.loads(machine.file.read_text()) == document


@pytest.mark.parametrize(
    "case", [CASES["a key helper"], CASES["an entry of opencode"]], ids=["claude-code", "opencode"]
)
def test_in_a_real_secret_service(gwctl: Gwctl, secret_service, server: ScriptedServer, case: Case) -> None:
    machine = Machine(gwctl, server.url, case)
    machine.apply(*case.adopt)
    assert machine.files_with_it() == set()
    (entry,) = gwctl("key", "list", "--format", "json").json["entries"]
    assert entry["condition"] == "kept"
    gwctl("destroy", "--auto-approve")
    assert machine.file.read_bytes() == machine.before
    assert gwctl("key", "list", "--format", "json").json["entries"] == []


def rows_of(home: Path) -> Iterator[tuple[str, str]]:
    """Return (kind, status) of the rows of the ledger."""
    with closing(sqlite3.connect(home / "state" / "gwctl" / "ledger.sqlite3")) as rows:
        return rows.execute("SELECT kind, status FROM owned").fetchall()
