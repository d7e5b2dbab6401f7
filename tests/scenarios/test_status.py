"""`gwctl status`: one screen of recorded facts, without network, keychain or remote store."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.scenarios.test_documents import valid
from tests.support.command import Gwctl
from tests.support.scripted import ScriptedServer
from tests.support.state_server import StateServer

KEY = "quokka-7351-zebra-fjord"
TEAM = """
version: 1
name: acme
endpoints:
  team: {base_url: 'URL', key: {env: TEAM_KEY}, models: [gpt-4o]}
  open: {base_url: 'URL/v1', models: [tiny], discover: false}
defaults: {chat: team/gpt-4o}
"""


@pytest.fixture
def acme(gwctl: Gwctl, server: ScriptedServer) -> Gwctl:
    """Two endpoints on this machine, one of which lists."""
    server.lists("gpt-4o", "gpt-4o-mini", "text-embedding-3-small")
    gwctl.write(TEAM.replace("URL", server.url))
    return gwctl


def ledger_of(gwctl: Gwctl) -> Path:
    (path,) = Path(gwctl.environ["HOME"]).rglob("ledger.sqlite3")
    return path


def test_before_the_first_apply_the_next_step_is_an_apply(acme: Gwctl, server: ScriptedServer) -> None:
    document = acme("status", "--format", "json", TEAM_KEY=KEY).json
    valid("status", document)
    assert (document["source"], document["applied"], document["roles"]) == ("nothing", None, {})
    assert document["next"][0]["typed"] == "gwctl apply"
    assert server.requests == []


def test_after_an_apply_there_is_nothing_to_do(acme: Gwctl, server: ScriptedServer) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    before = len(server.requests)
    document = acme("status", "--format", "json", TEAM_KEY=KEY).json
    valid("status", document)
    team, opened = document["endpoints"]
    assert (team["key"], team["key_condition"]) == ("env TEAM_KEY", "set")
    assert team["models"] == {"chat": 2, "embedding": 1}
    assert team["listed"] == opened["listed"] == document["applied"]
    assert (opened["key"], opened["key_condition"], opened["models"]) == (None, "none", {"chat": 1})
    assert document["roles"]["chat"] == "team/gpt-4o"
    assert (document["differs"], document["changes"], document["next"]) == (False, [], [])
    assert len(server.requests) == before
    text = acme("status", TEAM_KEY=KEY).out
    assert "Nothing to do." in text
    assert KEY not in text


def test_it_fits_a_terminal_of_eighty_columns(acme: Gwctl) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    acme.write((acme.folder / "gateway.yaml").read_text().replace("tiny", "a-model-with-quite-a-long-name-of-its-own"))
    for more in ([], ["--live"]):
        lines = acme("status", *more, code=None, COLUMNS="80").out.splitlines()
        assert max(map(len, lines)) <= 80
        assert len(lines) <= 24


def test_what_differs_from_the_file_is_named(acme: Gwctl) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    acme.write((acme.folder / "gateway.yaml").read_text().replace("tiny", "small"))
    document = acme("status", "--format", "json", TEAM_KEY=KEY).json
    assert (document["differs"], document["next"][0]["typed"]) == (True, "gwctl plan")
    assert document["changes"] == ["create model.open/small", "delete model.open/tiny"]


def test_a_missing_key_is_a_next_step(acme: Gwctl) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    document = acme("status", "--format", "json").json
    assert document["endpoints"][0]["key_condition"] == "missing"
    assert document["next"] == [{"typed": "set TEAM_KEY", "why": "team has no key"}]


def test_a_missing_key_comes_before_the_first_apply(acme: Gwctl) -> None:
    document = acme("status", "--format", "json").json
    assert [step["typed"] for step in document["next"]] == ["set TEAM_KEY", "gwctl apply"]


@pytest.mark.parametrize("is_remote", [False, True])
def test_after_leave_the_next_step_is_to_join_which_asks_for_the_keys(
    acme: Gwctl, is_remote: bool, state_servers: Callable[..., StateServer]
) -> None:
    if is_remote:
        text = (acme.folder / "gateway.yaml").read_text()
        acme.write(text.replace("version: 1", f"version: 1\nstate: {state_servers().url}/states/acme"))
    scope = ("--scope", "all") if is_remote else ()
    acme("apply", *scope, "--auto-approve", code=None, TEAM_KEY=KEY)
    acme("leave", "--auto-approve")
    document = acme("status", "--format", "json").json
    assert document["next"] == [{"typed": "gwctl join", "why": "sets up this machine, and asks for the key of team"}]


def test_a_stored_key_is_named_and_not_opened(gwctl: Gwctl, keychain, server: ScriptedServer) -> None:
    server.lists("gpt-4o")
    gwctl.write(TEAM.replace("models: [gpt-4o]", "models: [gpt-4o], store_key: keyring").replace("URL", server.url))
    gwctl("apply", "--auto-approve", TEAM_KEY=KEY)
    document = gwctl("status", "--format", "json").json
    assert document["endpoints"][0]["key_condition"] == "stored"
    assert [owned["address"] for owned in document["owned"]] == ["key.team"]
    assert "key.team" in gwctl("status").out


def test_an_old_list_is_a_next_step(acme: Gwctl) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    with closing(sqlite3.connect(ledger_of(acme))) as rows, rows:
        rows.execute("UPDATE snapshot SET lists=json_object('team', '2020-01-01T00:00:00Z')")
    status = acme("status", TEAM_KEY=KEY).out
    assert "days ago" in status
    assert "gwctl plan  (model lists older than 7 days: team)" in status


def test_a_list_that_fails_keeps_the_age_of_the_last_one(acme: Gwctl, server: ScriptedServer) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    with closing(sqlite3.connect(ledger_of(acme))) as rows, rows:
        rows.execute("UPDATE snapshot SET lists=json_object('team', '2026-01-02T03:04:05Z')")
    del server.routes["/models"]
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    document = acme("status", "--format", "json", TEAM_KEY=KEY).json
    assert document["endpoints"][0]["listed"] == "2026-01-02T03:04:05Z"


def test_live_contacts_the_endpoints(acme: Gwctl, server: ScriptedServer) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    before = len(server.requests)
    document = acme("status", "--live", "--format", "json", code=None, TEAM_KEY=KEY).json
    valid("status", document)
    assert document["endpoints"][0]["live"]["models"] == 3
    assert len(server.requests) > before
    del server.routes["/models"]
    acme("status", "--live", code=1, TEAM_KEY=KEY)


def test_a_remote_state_is_not_opened(acme: Gwctl, state_servers: Callable[..., StateServer]) -> None:
    kept = state_servers()
    acme.write((acme.folder / "gateway.yaml").read_text() + f"state: {kept.url}/states/acme\n")
    acme("apply", "--scope", "all", "--auto-approve", code=None, TEAM_KEY=KEY)
    before = len(kept.asked)
    document = acme("status", "--format", "json", TEAM_KEY=KEY).json
    valid("status", document)
    assert len(kept.asked) == before
    assert (document["source"], document["differs"], document["changes"]) == ("ledger", False, None)
    assert document["roles"]["chat"] == "team/gpt-4o"
    acme.write((acme.folder / "gateway.yaml").read_text().replace("tiny", "small"))
    document = acme("status", "--format", "json", TEAM_KEY=KEY).json
    assert (document["differs"], document["changes"]) == (True, ["create model.open/small", "delete model.open/tiny"])
    assert "The gateway file differs in 2 resources known here:" in acme("status", TEAM_KEY=KEY).out
    assert len(kept.asked) == before


def test_a_change_that_this_machine_cannot_know_is_only_said(
    acme: Gwctl, state_servers: Callable[..., StateServer]
) -> None:
    kept = state_servers()
    path = acme.write((acme.folder / "gateway.yaml").read_text() + f"state: {kept.url}/states/acme\n")
    acme("apply", "--scope", "all", "--auto-approve", code=None, TEAM_KEY=KEY)
    path.write_text(path.read_text().replace("discover: false", "discover: false, timeout: 7s"))
    document = acme("status", "--format", "json", TEAM_KEY=KEY).json
    assert (document["differs"], document["changes"]) == (True, None)
    path.write_text(path.read_text().replace("  open:", "  other: {base_url: 'http://127.0.0.1:9'}\n  open2:"))
    changes = acme("status", "--format", "json", TEAM_KEY=KEY).json["changes"]
    assert changes == ["create endpoint.other", "create endpoint.open2", "delete endpoint.open"]


def test_a_ledger_that_cannot_be_used_costs_only_its_part(acme: Gwctl) -> None:
    acme("apply", "--auto-approve", code=None, TEAM_KEY=KEY)
    ledger_of(acme).write_bytes(b"no database")
    result = acme("status", TEAM_KEY=KEY)
    assert "team/gpt-4o" in result.out
    assert "Cannot use the ledger" in result.err
