"""The files of earlier versions still work, and the next apply removes header values from them."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer

FOLDER = Path(__file__).parents[1] / "released"
WRITTEN_FOR = "http://127.0.0.1:41765"
VALUES = ("rhine-bank", '"platform"')  # of headers, in what earlier versions recorded
STATES = ["state-1", "state-2", "state-3"]
KEYS = {"ACME_KEY": "one-of-the-keys", "TEAM_TOKEN": "the-token-of-a-team"}
LEFT = ("gateway.yaml", "keychain.json", "saved.plan")  # what no apply writes


@pytest.fixture
def released(gwctl: Gwctl, keychain, server: ScriptedServer) -> Callable[..., None]:
    """Puts the files of that folder where they were written, for a server that lists what was listed then."""
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small", "o9-preview")
    server.lists("llama3.2", path="/laptop/models")
    gwctl.environ |= KEYS

    def place(name: str, url: str = server.url) -> None:
        gwctl.state_file.parent.mkdir()
        for path in (FOLDER / name).iterdir():
            folder = gwctl.state_file.parent if path.name.startswith("state.json") else gwctl.folder
            if path.suffix == ".sqlite3":
                _place_ledger(path, Path(gwctl.environ["XDG_STATE_HOME"]) / "gwctl" / path.name, url, gwctl.state_file)
            elif path.name == "keychain.json":
                shutil.copy(path, keychain.environ["TEST_KEYCHAIN"])
            else:
                text = path.read_text(encoding="utf-8").replace(WRITTEN_FOR, url)
                (folder / path.name).write_text(text, encoding="utf-8")

    return place


def _place_ledger(path: Path, to: Path, url: str, state: Path) -> None:
    to.parent.mkdir(parents=True)
    shutil.copy(path, to)
    rows = sqlite3.connect(to)
    tables = {item[0] for item in rows.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if "resource" in tables:
        rows.execute("UPDATE resource SET attributes=replace(attributes, ?, ?)", (WRITTEN_FOR, url))
    rows.execute("UPDATE owner SET place=?", (str(state),))
    if "binding" in tables:
        rows.execute("UPDATE binding SET origin=replace(origin, ?, ?)", (WRITTEN_FOR, url))
        rows.execute("UPDATE stack SET path=?, store=?", (str(state.parent.parent / "gateway.yaml"), str(state)))
    rows.commit()
    rows.close()


def holding_values(folder: Path) -> set[str]:
    """The files that hold the value of a header, but for those that no apply writes."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.name not in LEFT)
    return {path.name for path in files if any(value.encode() in path.read_bytes() for value in VALUES)}


@pytest.mark.parametrize("name", STATES)
def test_the_plan_is_empty_and_the_next_apply_takes_the_values_out(gwctl, released, name: str) -> None:
    released(name)
    gwctl("trust", "litellm")
    root = gwctl.folder.parent
    assert holding_values(root) == {"state.json", "state.json.backup"}
    planned = gwctl("plan", "--detailed-exitcode")
    assert "No changes" in planned.out
    assert "gwctl recorded: X-Team of endpoint.litellm, X-Cost-Centre of endpoint.litellm" in planned.out
    assert "if one of these values is a secret, rotate it" in planned.out
    assert holding_values(root) == {"state.json", "state.json.backup"}  # a plan writes nothing
    before = gwctl.state
    assert "nothing else to do" in gwctl("apply").out
    assert holding_values(root) == set()
    assert (gwctl.state["version"], gwctl.state["serial"]) == (5, before["serial"] + 1)
    assert [resource["address"] for resource in gwctl.state["resources"]] == [
        resource["address"] for resource in before["resources"]
    ]
    kept = json.loads((gwctl.state_file.parent / "state.json.backup").read_text())
    assert (kept["version"], kept["serial"]) == (5, before["serial"])
    again = gwctl("plan", "--detailed-exitcode").out
    assert "older gwctl" not in again
    written = gwctl.state_file.read_bytes()
    gwctl("apply", "--auto-approve")
    assert gwctl.state_file.read_bytes() == written


@pytest.mark.parametrize("name", STATES)
@pytest.mark.parametrize(
    "words", [("state", "rm", "model.litellm/gpt-4o-mini"), ("destroy", "--auto-approve"), ("apply", "--auto-approve")]
)
def test_whatever_writes_the_state_takes_the_values_out(gwctl, released, name: str, words: tuple[str, ...]) -> None:
    released(name)
    gwctl.write((gwctl.folder / "gateway.yaml").read_text().replace("5s", "6s"))
    gwctl.state_file.write_text(gwctl.state_file.read_text().replace('"protect": true', '"protect": false'))
    gwctl("trust", "litellm")
    gwctl(*words)
    assert holding_values(gwctl.folder.parent) == set()


@pytest.mark.parametrize("name", STATES)
def test_no_command_shows_a_value_that_was_recorded(gwctl, released, name: str) -> None:
    released(name)
    for words in (
        ("state", "pull"),
        ("state", "show", "endpoint.litellm", "-v"),
        ("state", "show", "endpoint.litellm", "--format", "json"),
        ("state", "list", "--format", "json"),
        ("plan", "-v"),
        *(("plan", "--format", each) for each in ("json", "markdown", "html")),
        ("doctor", "-v"),
        ("apply", "--auto-approve", "--format", "json"),
    ):
        result = gwctl(*words, code=None)
        assert not [value for value in VALUES if value in result.out + result.err], words


def test_what_this_machine_recorded_is_taken_out_of_the_ledger(gwctl, released) -> None:
    released("divided")
    gwctl("trust", "litellm", "laptop")
    root = gwctl.folder.parent
    assert holding_values(root) == {"state.json", "ledger.sqlite3"}
    for scope, there, left in (
        ("shared", "X-Team of endpoint.litellm", {"ledger.sqlite3"}),
        ("machine", "The ledger contains header values", set()),
    ):
        planned = gwctl("plan", "--scope", scope, "--detailed-exitcode").out
        assert "No changes" in planned
        assert there in planned
        assert "nothing else to do" in gwctl("apply", "--scope", scope).out
        assert holding_values(root) == left
        assert "older gwctl" not in gwctl("plan", "--scope", scope).out


def test_a_machine_leaves_the_shared_state_to_the_pipeline(gwctl, released) -> None:
    released("divided")
    gwctl("trust", "litellm", "laptop")
    before = gwctl.state_file.read_bytes()
    assert "the pipeline's next apply upgrades the state" in gwctl("plan", "--scope", "machine", "-v").out
    gwctl("apply", "--scope", "machine")
    assert gwctl.state_file.read_bytes() == before


def test_a_state_that_was_kept_beside_is_written_anew_and_can_be_pushed(gwctl, released) -> None:
    released("state-3")
    spare = gwctl.state_file.with_name("errored.state.json")
    spare.write_text(gwctl.state_file.read_text().replace('"serial": 2', '"serial": 9'))
    gwctl("trust", "litellm")
    gwctl("apply")
    assert holding_values(gwctl.folder.parent) == set()
    gwctl("state", "push", str(spare))
    assert gwctl.state["serial"] == 9
    assert "No changes" in gwctl("plan").out


@pytest.mark.parametrize("name", ["state-3", "divided"])
def test_a_saved_plan_is_refused_as_too_old(gwctl, released, name: str) -> None:
    released(name)
    for words in (("apply", "saved.plan"), ("show", "saved.plan"), ("apply", "saved.plan", "--format", "json")):
        result = gwctl(*words, code=1)
        assert "saved by an older gwctl (0.1.0)" in result.out + result.err
        assert "gwctl plan --out FILE" in result.out + result.err
        assert not [value for value in VALUES if value in result.out + result.err]
    gwctl("plan", "--out", "saved.plan", code=None)
    assert not [value for value in VALUES if value.encode() in (gwctl.folder / "saved.plan").read_bytes()]


def test_a_lock_file_is_read(gwctl, released) -> None:
    released("state-3", WRITTEN_FOR)  # its digests are over the base URL, too
    planned = gwctl("plan", "--locked", "--offline").out
    assert "4 pinned" in planned
    assert "No changes" in planned


@pytest.mark.parametrize("name", ["state-2", "state-3"])
def test_a_key_that_was_kept_is_used(gwctl, released, server, name: str) -> None:
    """Older ledgers did not record where it may go: that is agreed to once."""
    released(name)
    gwctl("trust", "litellm")
    assert "No changes" in gwctl("plan", ACME_KEY="").out
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEYS['ACME_KEY']}"


@pytest.mark.parametrize("name", ["ledger-3", "ledger-4", "ledger-5"])
def test_what_a_ledger_says_still_counts(gwctl, released, keychain, server, name: str) -> None:
    """Its keys are gwctl's, and where they may go is agreed to: they are used, rotated and deleted as before."""
    released(name)
    ledger = Path(gwctl.environ["XDG_STATE_HOME"]) / "gwctl" / "ledger.sqlite3"
    before = ledger.read_bytes()
    blank = {"ACME_KEY": "", "SECOND_KEY": ""}
    assert "No changes" in gwctl("plan", "--detailed-exitcode", **blank).out
    assert "Bearer one-of-the-keys" in {request.headers.get("authorization") for request in server.requests}
    assert ledger.read_bytes() == before  # a plan writes nothing
    listed = gwctl("key", "list", "--format", "json").json["entries"]
    assert [(each["address"], each["origin"]) for each in listed] == [
        ("key.litellm", "env ACME_KEY"),
        ("key.second", "env SECOND_KEY"),
    ]
    gwctl("apply", "--auto-approve", ACME_KEY="", SECOND_KEY="another-one")
    assert sorted(keychain.entries.values()) == ["another-one", "one-of-the-keys"]
    assert gwctl("key", "audit").code == 0
    gwctl("destroy", "--auto-approve")
    assert keychain.entries == {}
