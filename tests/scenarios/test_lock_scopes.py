"""The lock file of a team, whose state is in a real PostgreSQL; and runs that open neither that nor the ledger."""

from __future__ import annotations

import pytest
import yaml

from tests.scenarios.test_scopes import changes, laptop, person, team
from tests.scenarios.test_shared_state import shared, written
from tests.state.places.postgresql_place import postgresql_place
from tests.support.watch import watched

__all__ = ["laptop", "person", "postgresql_place", "shared", "team"]


@pytest.fixture
def acme(shared, team, laptop):
    """The pipeline has applied what everybody shares, this machine what is its own."""
    written(shared, team, laptop)
    shared("apply", "--scope", "shared", "--auto-approve")
    shared("apply", "--auto-approve")
    return shared


def codes(result, severity: str) -> list[str]:
    return [diagnostic["code"] for diagnostic in result.json["diagnostics"] if diagnostic["severity"] == severity]


def test_what_belongs_to_each_machine_is_not_pinned_and_not_demanded(acme, team, laptop) -> None:
    without = acme("plan", "--locked", "--format", "json")  # a machine takes everybody's as they are applied
    assert (codes(without, "error"), without.json["changes"]) == ([], [])
    assert acme("plan", "--locked", "--scope", "shared", code=1).out.count("error: ") == 1
    acme("lock")
    lock = yaml.safe_load((acme.folder / "gateway.lock.yaml").read_text())
    assert list(lock["endpoints"]) == ["team"]
    acme("lock", "--check", "--offline")
    team.lists("gpt", "gpt-large", "embed", "gpt-new")
    laptop.lists("llama", "mine-alone")
    assert "No changes" in acme("plan", "--locked", "--scope", "shared").out
    mine = acme("plan", "--locked", "--format", "json")
    assert changes(mine) == {"machine model.laptop/mine-alone": "create"}
    assert codes(mine, "error") == []
    acme("lock")
    assert changes(acme("plan", "--locked", "--scope", "shared", "--format", "json")) == {
        "shared model.team/gpt-new": "create"
    }


def test_offline_opens_no_connection_to_it(acme, team, laptop) -> None:
    acme("lock")
    asked = len(team.requests) + len(laptop.requests)
    result = watched(acme, "plan", "--offline", "--format", "json")
    assert result.of("socket.", "sqlite3.") == []
    assert not {"psycopg", "httpx", "keyring"} & result.imported
    assert result.opened == {"gateway.yaml", "gateway.lock.yaml"}
    assert result.result.json["state"] is None
    assert changes(result.result)["shared model.team/gpt-large"] == "create"
    assert len(team.requests) + len(laptop.requests) == asked
    refused = acme("apply", "--offline", "--auto-approve", "--format", "json", code=1)
    assert codes(refused, "error") == ["OFFLINE_STORE"]


def test_no_keys_reads_the_state_and_leaves_the_ledger_closed(acme) -> None:
    """But for the password of the state's server, unless somebody types whose it is to be."""
    result = watched(acme, "plan", "--no-keys", "--format", "json", "--state", acme.url)
    assert result.of("sqlite3.") == []
    assert "psycopg" in result.imported
    assert (result.result.json["scope"], result.result.json["changes"]) == ("shared", [])
    everything = acme("plan", "--no-keys", "--scope", "all", "--format", "json")
    assert "LEDGER_NOT_READ" in codes(everything, "note")
    assert changes(everything)["machine endpoint.laptop"] == "create"
    refused = acme("apply", "--no-keys", "--scope", "machine", "--auto-approve", "--format", "json", code=1)
    assert codes(refused, "error") == ["LEDGER_NOT_READ"]
