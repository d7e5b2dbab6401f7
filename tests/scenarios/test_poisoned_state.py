"""A state that somebody doctored: nothing foreign is touched, and what is wrong with it is said."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.scripted import Reply

KEY = "quokka-7351-zebra-fjord"
FOREIGN = "walrus-9920-tapir-glade"


@pytest.fixture
def acme(gwctl, keychain, server):
    """One endpoint whose key is kept, and somebody else's entry beside it."""
    server.lists("m")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints:\n"
        f"  it: {{base_url: '{server.url}', key: {{env: CANARY}}, store_key: keyring, timeout: 5s}}\n"
    )
    gwctl("apply", "--auto-approve", CANARY=KEY)
    keychain.put("gwctl:acme other", FOREIGN)
    keychain.put("github.com me", FOREIGN)
    return gwctl


def doctor(gwctl, **changes: Any) -> dict[str, Any]:
    """The state with these fields set; None takes one away."""
    document = gwctl.state
    for name, value in changes.items():
        document[name] = value
        if value is None:
            del document[name]
    gwctl.state_file.write_text(json.dumps(document))
    return document


@pytest.mark.parametrize("serial", [0, -1, 1.5, "7", True, None])
def test_a_broken_serial_is_said_and_nothing_done(acme, keychain, serial: Any) -> None:
    doctor(acme, serial=serial)
    before, entries = acme.state_file.read_bytes(), keychain.entries
    for words in (("plan",), ("apply", "--auto-approve"), ("destroy", "--auto-approve")):
        result = acme(*words, "--format", "json", code=1, CANARY=KEY)
        assert [diagnostic["code"] for diagnostic in result.json["diagnostics"]] == ["STATE_BROKEN"]
        assert "serial" in result.json["diagnostics"][0]["summary"]
    assert (acme.state_file.read_bytes(), keychain.entries) == (before, entries)


@pytest.mark.parametrize("lineage", ["", None, 7])
def test_a_state_without_a_lineage_is_broken(acme, lineage: Any) -> None:
    doctor(acme, lineage=lineage)
    document = acme("plan", "--format", "json", code=1, CANARY=KEY).json
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["STATE_BROKEN"]


def test_another_lineage_owns_no_entry_of_the_keychain(acme, keychain) -> None:
    doctor(acme, lineage="of-somebody-else")
    acme.write("version: 1\nname: acme\nendpoints: {}\n")
    acme("apply", "--auto-approve", "--allow-delete", "endpoint.it")
    assert keychain.entries == {"gwctl:acme other": FOREIGN, "github.com me": FOREIGN}, "its own alone goes"


def test_endpoints_that_it_claims_to_keep_keys_for_take_no_foreign_entry_along(acme, keychain) -> None:
    document = acme.state
    endpoint = document["resources"][0]
    for name in ("other", "me"):
        document["resources"].append(endpoint | {"address": f"endpoint.{name}"})
    doctor(acme, resources=document["resources"])
    acme("apply", "--auto-approve", "--allow-delete", "endpoint.other", "--allow-delete", "endpoint.me", CANARY=KEY)
    assert keychain.entries == {"gwctl:acme it": KEY, "gwctl:acme other": FOREIGN, "github.com me": FOREIGN}


@pytest.mark.parametrize(
    "foreign",
    [
        {"address": "key.other", "kind": "key", "attributes": {"service": "github.com", "account": "me"}, "facts": {}},
        {"address": "client.opencode", "kind": "client", "attributes": {"path": "/etc/passwd"}, "facts": {}},
        {"address": "endpoint.../x", "kind": "endpoint", "attributes": {}, "facts": {}},
        "endpoint.it",
        None,
    ],
)
def test_what_belongs_to_no_state_makes_it_broken(acme, keychain, foreign: Any) -> None:
    doctor(acme, resources=[*acme.state["resources"], foreign])
    entries = keychain.entries
    document = acme("apply", "--auto-approve", "--format", "json", code=1, CANARY=KEY).json
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["STATE_BROKEN"]
    assert keychain.entries == entries


@pytest.mark.parametrize("reference", [{"command": ["touch", "PWNED"]}, {"file": "PWNED"}, {"env": "HOME"}])
def test_references_that_it_holds_are_never_followed(acme, server, reference: Any) -> None:
    target = acme.folder / "pwned"
    reference = json.loads(json.dumps(reference).replace("PWNED", str(target)))
    if "file" in reference:
        target.write_text(FOREIGN)
    document = acme.state
    document["resources"][0]["attributes"]["key"] = reference
    doctor(acme, resources=document["resources"])
    acme("plan", "--allow-commands", CANARY=KEY)
    acme("plan", "--scope", "machine", "--allow-commands", CANARY=KEY)
    assert {request.headers.get("authorization") for request in server.requests} == {f"Bearer {KEY}"}
    assert target.exists() == ("file" in reference)


def test_a_host_that_it_was_given_gets_no_key(acme, server, servers) -> None:
    """The state is no authority on where a key may go: the file says where, and this machine has agreed to that."""
    evil = servers()
    evil.routes["/models"] = Reply(body={"data": [{"id": "m"}]})
    document = acme.state
    document["resources"][0]["attributes"]["base_url"] = evil.url
    doctor(acme, resources=document["resources"])
    acme("plan", CANARY=KEY)
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert evil.requests == []
    acme.write((acme.folder / "gateway.yaml").read_text().replace(server.url, evil.url))
    result = acme("plan", "--format", "json", CANARY=KEY).json
    assert "KEY_WITHHELD" in [diagnostic["code"] for diagnostic in result["diagnostics"]]
    assert evil.requests == []


def test_a_state_of_another_name_is_refused(acme) -> None:
    doctor(acme, name="other")
    document = acme("plan", "--format", "json", code=1, CANARY=KEY).json
    assert [diagnostic["code"] for diagnostic in document["diagnostics"]] == ["STATE_OF_ANOTHER_NAME"]
