"""What an apply leaves in the ledger for tools: the endpoints as they were applied, with their key references."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reconciler.ledger.applied_rows import AppliedEndpoint, AppliedRows
from reconciler.ledger.stack_rows import Stacks
from reconciler.secrets.reference import CommandReference, EnvReference, FileReference

GOOD, EVIL = "http://llm.acme.example", "http://llm.stranger.example"
KEY = "quokka-7351-zebra-fjord"


@pytest.fixture(autouse=True)
def everywhere(gwctl, server) -> None:
    """Every host is this server: it is the proxy of the environment."""
    server.lists("m")
    gwctl.environ |= {"HTTP_PROXY": server.url, "http_proxy": server.url, "ACME_KEY": KEY, "EVIL_KEY": KEY}


def gateway(url: str = GOOD, key: str = "{env: ACME_KEY}", more: str = "") -> str:
    own = f"base_url: '{url}', key: {key}, insecure_http: true, models: [m], timeout: 5s"
    return f"version: 1\nname: acme\nendpoints:\n  it: {{{own}}}\n{more}"


def ledger_of(gwctl) -> Path:
    return Path(gwctl.environ["XDG_STATE_HOME"]) / "gwctl" / "ledger.sqlite3"


def applied(gwctl) -> dict[str, AppliedEndpoint]:
    """The rows of the one stack of this machine."""
    stacks = Stacks(ledger_of(gwctl)).read().stacks
    return AppliedRows(ledger_of(gwctl)).read(stacks[0].id) if stacks else {}


@pytest.fixture
def agreed(gwctl) -> dict[str, AppliedEndpoint]:
    gwctl.write(gateway())
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve")
    return applied(gwctl)


def test_an_apply_records_where_the_key_goes_and_where_it_is(agreed) -> None:
    assert list(agreed) == ["it"]
    assert agreed["it"].exposure.origin == GOOD
    assert (agreed["it"].header, agreed["it"].use.scheme) == ("Authorization", "Bearer")
    assert agreed["it"].reference == EnvReference("ACME_KEY")


def test_paths_are_recorded_so_that_they_can_be_followed_from_anywhere(gwctl) -> None:
    more = "  file: {base_url: 'http://127.0.0.1:9', key: {file: keys/one}, models: [m]}\n"
    more += "  command: {base_url: 'http://127.0.0.1:9', key: {command: [cat, keys/one]}, models: [m]}\n"
    (gwctl.folder / "keys").mkdir()
    (gwctl.folder / "keys" / "one").write_text(KEY)
    gwctl.write(gateway(more=more))
    gwctl("apply", "--auto-approve", "--trust", "file", "--allow-commands", code=None)
    folder = str(gwctl.folder)
    references = {name: row.reference for name, row in applied(gwctl).items()}
    assert references["file"] == FileReference("keys/one", os.path.join(folder, "keys", "one"))  # noqa: PTH118
    assert references["command"] == CommandReference(("cat", "keys/one"), folder)


def test_an_apply_without_changes_records_it_too(gwctl, agreed) -> None:
    with closing(sqlite3.connect(ledger_of(gwctl))) as rows, rows:
        rows.execute("DELETE FROM applied")
    assert "Nothing to do" in gwctl("apply").out
    assert applied(gwctl) == agreed


@pytest.mark.parametrize("pulled", [gateway(EVIL), gateway(key="{env: EVIL_KEY}"), gateway(key="{command: [echo, x]}")])
def test_a_pulled_change_leaves_the_row_as_it_was_until_somebody_agrees(gwctl, agreed, pulled: str) -> None:
    gwctl.write(pulled)
    gwctl("apply", "--auto-approve", code=1)
    assert applied(gwctl) == agreed
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", code=None)
    assert applied(gwctl) != agreed


def test_an_endpoint_that_somebody_else_applied_waits_for_this_machine(gwctl, agreed) -> None:
    """The state has the pulled host already: nobody here agreed to it."""
    gwctl.write(gateway(EVIL))
    state = gwctl.state_file.read_text().replace(GOOD, EVIL)
    gwctl.state_file.write_text(state)
    gwctl("apply", "--auto-approve", code=None)
    assert applied(gwctl) == agreed


def test_what_is_left_out_of_the_file_loses_its_row(gwctl, agreed) -> None:
    gwctl.write(gateway(more="  two: {base_url: 'http://127.0.0.1:9', models: [m]}\n"))
    gwctl("apply", "--auto-approve", code=None)
    assert set(applied(gwctl)) == {"it", "two"}
    gwctl.write(gateway())
    gwctl("apply", "--auto-approve", "--allow-delete", "endpoint.two")
    assert applied(gwctl) == agreed
    gwctl("destroy", "--auto-approve")
    assert applied(gwctl) == {}


@pytest.mark.parametrize("words", [("--scope", "shared"), ("--offline",), ("--no-keys",)])
def test_an_apply_that_does_not_cover_this_machine_writes_no_ledger(gwctl, words: tuple[str, ...]) -> None:
    gwctl.write(gateway())
    gwctl("apply", "--auto-approve", "--trust", "file", *words, code=None)
    assert not ledger_of(gwctl).exists()


def test_an_apply_does_not_decide_whether_a_gateway_file_was_moved(gwctl, agreed) -> None:
    """Nothing is asked where no secret is sent, and a new stack would be the answer that it is another one."""
    gwctl.folder = gwctl.folder.rename(gwctl.folder.with_name("elsewhere"))
    gwctl.write("version: 1\nname: acme\nendpoints: {open: {base_url: 'http://127.0.0.1:9', models: [m]}}\n")
    gwctl("apply", "--auto-approve", "--allow-delete", "endpoint.it", code=None)
    assert len(Stacks(ledger_of(gwctl)).read().stacks) == 1
    assert applied(gwctl) == agreed
    gwctl("trust", "--moved-from", str(gwctl.folder.with_name("work") / "gateway.yaml"))
    gwctl("apply", "--auto-approve", code=None)
    assert list(applied(gwctl)) == ["open"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="/proc takes no new file, not even root's")
def test_a_ledger_that_cannot_be_written_is_a_note(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {base_url: 'http://127.0.0.1:9', models: [m]}}\n")
    result = gwctl("apply", "--auto-approve", "--format", "json", XDG_STATE_HOME="/proc/none")
    notes = [each for each in result.json["diagnostics"] if each["code"] == "APPLIED_NOT_RECORDED"]
    assert [each["severity"] for each in notes] == ["note"]
    assert result.json["applied"]
