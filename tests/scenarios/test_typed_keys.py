"""A key that somebody types for an endpoint without `store_key`: this machine's own, and nobody else's business."""

from __future__ import annotations

import json

import pytest

from tests.scenarios.test_keychain import ENTRY, KEY, NEW, key_changes, rows, taking
from tests.support.keychain import FakeKeychain

GONE = "version: 1\nname: acme\nendpoints: {other: {base_url: 'URL', models: [x], discover: false}}\n"
DELETE = ("--allow-delete", "endpoint.it")


def gateway(url: str, more: str = "", name: str = "it") -> str:
    return (
        "version: 1\nname: acme\nendpoints:\n"
        f"  {name}: {{base_url: '{url}', key: {{env: CANARY}}, models: [m], timeout: 5s{more}}}\n"
    )


@pytest.fixture
def acme(gwctl, keychain, server):
    """An applied endpoint whose file does not ask for storing the key, and the key typed on this machine."""
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve", CANARY=KEY)
    before = gwctl.state_file.read_bytes()
    gwctl("key", "set", "it", stdin=KEY)
    assert gwctl.state_file.read_bytes() == before
    return gwctl


def test_a_typed_key_is_kept_and_used_and_the_plan_is_empty(acme, keychain, server) -> None:
    before = acme.state_file.read_bytes()
    assert keychain.entries == {ENTRY: KEY}
    assert "No changes" in acme("plan").out
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    acme("apply", "--auto-approve")
    assert acme.state_file.read_bytes() == before
    assert keychain.entries == {ENTRY: KEY}


NO_KEYCHAIN = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (NO_KEYCHAIN, ("there is no usable keychain on this machine", "set the variable CANARY: it needs no keychain")),
        ({"TEST_KEYCHAIN_IS": "locked"}, ("is locked", "unlock the keychain, then try again")),
    ],
    ids=["none", "locked"],
)
def test_nobody_types_a_key_that_cannot_be_stored(gwctl, keychain, terminal, server, broken, words) -> None:
    gwctl.write(gateway(server.url))
    at = terminal(gwctl.command("key", "set", "it"), gwctl.folder, {**gwctl.environ, **broken})
    assert at.ends() == 1
    said = " ".join(at.text.split())
    assert all(each in said for each in words)
    assert "it is not shown" not in said
    assert gwctl("key", "set", "it", stdin=KEY, code=1, **broken).out == ""
    assert [path.name for path in gwctl.folder.iterdir()] == ["gateway.yaml"]
    assert not list((gwctl.folder.parent / "home").rglob("*.sqlite3"))


def test_a_stored_key_is_said_to_be_untested(acme, server) -> None:
    """`key set` sends nothing, so it stores a key that the server rejects."""
    before = len(server.requests)
    assert _said(acme("key", "set", "it", stdin=NEW)) == "The key was not tested. To test it: gwctl test it"
    said = _said(acme("key", "set", "it", "-f", "gateway.yaml", stdin=NEW, CANARY=KEY))
    assert "env CANARY is set, and gwctl uses its key first." in said
    assert said.endswith("To test the stored key, unset CANARY, then: gwctl test it")
    (acme.folder / "key.txt").write_text(KEY)
    acme.write(gateway(server.url).replace("{env: CANARY}", "{file: key.txt}"), "other.yaml")
    assert "Only tools use the stored key." in _said(acme("key", "set", "it", "-f", "other.yaml", stdin=NEW))
    assert acme("key", "set", "it", "-q", stdin=NEW).err == ""
    assert len(server.requests) == before


def test_every_list_of_keys_says_that_the_key_is_only_here(acme) -> None:
    assert "gwctl key set (only here)" in acme("key", "list").out
    entry = acme("key", "audit", "--format", "json").json["entries"][0]
    assert (entry["condition"], entry["wanted_by"]) == ("kept", "machine")
    assert acme("status", "--format", "json").json["endpoints"][0]["key_condition"] == "stored"
    shown = " ".join(acme("doctor", code=None).out.split())
    assert "key: stored in the keychain by gwctl" in shown
    assert "working (selected by keyring)" in shown
    assert "prints the stored key" in acme("key", "check", "acme/it").out


def test_a_rejected_key_is_said_to_come_from_where_it_came_from(acme, server) -> None:
    server.routes["/models"] = taking(NEW)
    assert "check that the key from the keychain is for this server" in _said(acme("test", code=1))
    assert "check that the key from env CANARY is for this server" in _said(acme("test", code=1, CANARY=KEY))
    acme("key", "rm", "it")
    acme.write(gateway(server.url, ", preset: litellm"))  # its key is optional, so it is asked without one
    missing = _said(acme("test", code=1))
    assert "provide the key from env CANARY, or store a key: gwctl key set it" in missing


def _said(run) -> str:
    return " ".join(run.err.split())


@pytest.mark.parametrize(
    "words",
    [("key", "rm", "it"), ("leave", "--auto-approve"), ("destroy", "--auto-approve")],
    ids=["key rm", "leave", "destroy"],
)
def test_a_typed_key_goes_when_it_is_taken_back(acme, keychain, words: tuple[str, ...]) -> None:
    acme(*words)
    assert (keychain.entries, rows(acme)) == ({}, [])
    if words[0] != "destroy":
        assert key_changes(acme("plan", "--format", "json", "--allow-host", "it", CANARY=KEY)) == []


def test_a_typed_key_goes_with_its_endpoint(acme, keychain, server) -> None:
    acme.write(GONE.replace("URL", server.url))
    assert key_changes(acme("plan", "--format", "json", *DELETE, code=None)) == [("key.it", "delete", "config")]
    acme("apply", "--auto-approve", *DELETE, code=None)
    assert (keychain.entries, rows(acme)) == ({}, [])


def test_a_typed_key_goes_with_the_reference_whose_place_it_takes(acme, keychain, server) -> None:
    server.lists("m", "n")
    acme.write(gateway(server.url).replace("key: {env: CANARY}, ", ""))
    assert key_changes(acme("plan", "--format", "json")) == [("key.it", "delete", "config")]
    assert "authorization" not in server.requests[-1].headers
    acme("apply", "--auto-approve")
    assert (keychain.entries, rows(acme)) == ({}, [])


def test_a_typed_key_moves_with_its_endpoint(acme, keychain, server) -> None:
    acme.write(gateway(server.url, name="that") + "moved: [{from: endpoint.it, to: endpoint.that}]\n")
    assert "moved:" in acme("state", "mv", "endpoint.it", "endpoint.that", code=1).err
    acme("apply", "--auto-approve")
    assert keychain.entries == {"gwctl:acme that": KEY}
    assert "No changes" in acme("plan").out
    assert "(only here)" in acme("key", "list").out


def test_a_variable_that_is_set_later_replaces_a_typed_key(acme, keychain, server) -> None:
    """Otherwise tools would get the old key, because the stored key comes first."""
    server.routes["/models"] = taking(NEW)
    assert key_changes(acme("plan", "--format", "json", CANARY=NEW)) == [("key.it", "update", "key")]
    acme("apply", "--auto-approve", CANARY=NEW)
    assert keychain.entries == {ENTRY: NEW}
    assert "No changes" in acme("plan").out
    assert "(only here)" in acme("key", "list").out


def test_a_team_that_stores_the_key_and_stops_leaves_the_typed_key(acme, keychain, server) -> None:
    for more in (", store_key: if-available", ""):
        acme.write(gateway(server.url, more))
        assert key_changes(acme("plan", "--format", "json")) == []
        acme("apply", "--auto-approve")
    assert keychain.entries == {ENTRY: KEY}


def test_no_other_machine_and_no_other_gateway_file_knows_of_it(acme, keychain, server, tmp_path) -> None:
    there = tmp_path / "there.json"
    home = {"XDG_STATE_HOME": str(tmp_path / "there"), "TEST_KEYCHAIN": str(there)}
    assert key_changes(acme("plan", "--format", "json", CANARY=KEY, **home)) == []
    second = ("--state", "second/state.json")
    acme("trust", "it", *second)
    acme("apply", "--auto-approve", *second, CANARY=KEY)
    assert list(keychain.whole.values()) == [KEY]
    assert acme("key", "list", *second).out == "No stored keys.\n"
    assert FakeKeychain(there).whole == {}


def test_a_saved_plan_writes_a_typed_key_again(acme, keychain) -> None:
    keychain.drop(ENTRY)
    assert "gwctl key set it" in acme("plan", code=None).out
    acme("plan", "--out", "p.plan", CANARY=KEY)
    assert keychain.entries == {}
    acme("apply", "p.plan", CANARY=KEY)
    assert keychain.entries == {ENTRY: KEY}
    assert "(only here)" in acme("key", "list").out


def test_a_changed_host_gets_a_typed_key_only_after_a_consent(acme, server, servers) -> None:
    other = servers()
    other.routes["/models"] = taking(KEY)
    acme.write(gateway(other.url))
    assert "KEY_WITHHELD" in acme("plan", "-v", code=None).out
    assert other.requests == []
    acme("trust", "it")
    acme("plan")
    assert other.requests[-1].headers["authorization"] == f"Bearer {KEY}"


def test_an_endpoint_that_is_gone_from_the_state_orphans_a_typed_key(acme, keychain) -> None:
    acme("state", "rm", "endpoint.it")
    assert "orphaned" in acme("key", "audit", code=1).out
    acme("key", "audit", "--tidy", "--auto-approve")
    assert (keychain.entries, rows(acme)) == ({}, [])


@pytest.mark.parametrize(
    ("key", "words"), [("", "has no `key:`"), (", key: {keyring: mine/me}", "keyring set mine me")]
)
def test_a_key_that_could_not_be_sent_or_is_the_user_s_own_entry_is_not_typed(
    gwctl, keychain, server, key: str, words: str
) -> None:
    gwctl.write(gateway(server.url).replace(", key: {env: CANARY}", key))
    assert words in gwctl("key", "set", "it", stdin=KEY, code=1).err
    assert keychain.entries == {}


def test_a_broken_ledger_is_said_and_not_taken_for_no_key(acme, tmp_path) -> None:
    path = tmp_path / "home" / "state" / "gwctl" / "ledger.sqlite3"
    path.write_bytes(b"not a database" * 100)
    result = acme("test", code=1)
    assert "ledger" in result.err
    assert "Missing API key" not in result.out


def test_the_state_of_the_team_never_names_a_typed_key(acme) -> None:
    assert KEY not in acme.state_file.read_text()
    recorded = json.loads(acme.state_file.read_text())["resources"]
    assert [each["attributes"]["store_key"] for each in recorded if each["address"] == "endpoint.it"] == [None]
