"""Keys in the keychain: kept, used, rotated and removed exactly; never what somebody else made."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import stat
import time
from contextlib import closing

import pytest

from tests.support.keychain import FakeKeychain, without_stack
from tests.support.process import free_port
from tests.support.scripted import Reply, Request

KEY = "quokka-7351-zebra-fjord"
NEW = "walrus-9920-tapir-glade"
ENTRY = "gwctl:acme it"


def gateway(url: str, more: str = "", name: str = "acme") -> str:
    return (
        f"version: 1\nname: {name}\nendpoints:\n"
        f"  it: {{base_url: '{url}', key: {{env: CANARY}}, store_key: keyring, models: [m], timeout: 5s{more}}}\n"
    )


def taking(*good: str):
    """A list for those who bring one of these keys."""

    def answer(request: Request) -> Reply:
        if request.headers.get("authorization", "").removeprefix("Bearer ") in good:
            return Reply(body={"data": [{"id": "m"}, {"id": "n"}]})
        return Reply(status=401, body={"error": "bad key"})

    return answer


@pytest.fixture
def acme(gwctl, keychain, server):
    """One endpoint whose key is kept, applied."""
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve", CANARY=KEY)
    return gwctl


def key_changes(result) -> list[tuple[str, str, str]]:
    return [
        (change["address"], change["action"], change["cause"])
        for change in result.json["changes"]
        if change["address"].startswith("key.")
    ]


def rows(gwctl) -> list[tuple]:
    path = gwctl.folder.parent / "home" / "state" / "gwctl" / "ledger.sqlite3"
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as ledger:
        result = ledger.execute("SELECT slot, status FROM owned WHERE kind='key'").fetchall()
        slots = [(*json.loads(slot), status) for slot, status in result]
        return [(without_stack(f"{service} ").strip(), *rest) for service, *rest in slots]


def test_a_key_is_kept_and_used_when_the_reference_gives_none(acme, keychain, server) -> None:
    assert keychain.entries == {ENTRY: KEY}
    assert "No changes" in acme("plan").out
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert acme("test").code == 0
    assert acme("apply", "--auto-approve").code == 0
    assert acme.state["serial"] == 1


def test_a_rotated_key_is_seen_tested_and_kept(acme, keychain, server) -> None:
    """Write-only secrets give no diff, so rotation stops unnoticed: litellm PR#32241."""
    server.routes["/models"] = taking(NEW)
    plan = acme("plan", CANARY=NEW)
    assert "~ key  keychain gwctl:acme/it  (key: rotated; from env CANARY)" in without_stack(plan.out)
    assert acme("plan", "--detailed-exitcode=key", CANARY=NEW, code=2)
    assert keychain.entries == {ENTRY: KEY}
    acme("apply", "--auto-approve", CANARY=NEW)
    assert keychain.entries == {ENTRY: NEW}
    assert acme.state["serial"] == 1  # the state says nothing of a key's value
    assert key_changes(acme("plan", "--format", "json", CANARY=NEW)) == []


def test_a_rotated_key_that_is_refused_does_not_replace_the_one_that_works(acme, keychain) -> None:
    result = acme("apply", "--auto-approve", CANARY=NEW, code=1)
    assert "Invalid API key" in result.out
    assert "was rejected" in result.out
    assert keychain.entries == {ENTRY: KEY}
    assert "No changes" in acme("plan").out


def test_a_rotated_key_that_cannot_be_tested_does_not_replace_it_either(acme, keychain, server) -> None:
    server.close()
    assert "could not be tested" in acme("apply", "--auto-approve", CANARY=NEW).out
    assert keychain.entries == {ENTRY: KEY}


def test_no_key_is_kept_of_an_endpoint_that_is_not_recorded(gwctl, keychain, servers) -> None:
    port = free_port()
    gwctl.write(gateway(f"http://127.0.0.1:{port}").replace(", models: [m]", ""))
    gwctl("apply", "--auto-approve", CANARY=KEY, code=1)
    assert (keychain.entries, rows(gwctl)) == ({}, [])
    gwctl("key", "set", "it", stdin=KEY)
    gwctl("apply", "--auto-approve", code=1)
    assert keychain.entries == {ENTRY: KEY}
    servers(port).routes["/models"] = taking(KEY)
    gwctl("apply", "--auto-approve", CANARY=KEY)
    assert "No changes" in gwctl("plan").out
    gwctl("destroy", "--auto-approve")
    assert (keychain.entries, rows(gwctl)) == ({}, [])


def test_a_first_key_that_is_refused_is_not_kept(gwctl, keychain, server) -> None:
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve", CANARY=NEW, code=1)
    assert keychain.entries == {}
    assert rows(gwctl) == []


def test_the_entry_goes_with_its_endpoint_and_nobody_else_s_does(acme, keychain, server) -> None:
    """Removing A deletes B's entry of the same account name: Nexira#571; entries stay behind: owncloud/client#5752."""
    keychain.put("somebody-else it", "foreign")
    acme.write(
        f"version: 1\nname: acme\nendpoints: {{other: {{base_url: '{server.url}', models: [x], discover: false}}}}\n"
    )
    plan = acme("plan", "--format", "json", "--allow-delete", "endpoint.it", code=None)
    assert key_changes(plan) == [("key.it", "delete", "config")]
    acme("apply", "--auto-approve", "--allow-delete", "endpoint.it", code=None)
    assert keychain.entries == {"somebody-else it": "foreign"}
    assert rows(acme) == []


def test_destroy_leaves_nothing_behind(acme, keychain) -> None:
    keychain.put("somebody-else it", "foreign")
    acme("destroy", "--auto-approve")
    assert keychain.entries == {"somebody-else it": "foreign"}
    assert rows(acme) == []
    assert acme.state["resources"] == []
    assert acme("key", "audit").code == 0


def test_two_stacks_of_one_name_share_no_entry(acme, keychain, server) -> None:
    second = ("--state", "second/state.json")
    acme("trust", "it", *second)
    server.routes["/models"] = taking(KEY, NEW)
    acme("apply", "--auto-approve", *second, CANARY=NEW)
    assert sorted(keychain.whole.values()) == sorted([KEY, NEW])
    assert {without_stack(name) for name in keychain.whole} == {ENTRY}
    assert "No changes" in acme("plan").out
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    acme("destroy", "--auto-approve")
    assert list(keychain.whole.values()) == [NEW]
    assert "No changes" in acme("plan", *second).out
    acme("destroy", "--auto-approve", *second)
    assert keychain.whole == {}


def test_two_homes_with_one_state_each_tidy_up_their_own(acme, keychain, server, tmp_path) -> None:
    """A shared lineage: each machine removes its own entry, at its own next apply."""
    there = tmp_path / "there.json"
    home = {"XDG_STATE_HOME": str(tmp_path / "there"), "TEST_KEYCHAIN": str(there)}
    acme("apply", "--auto-approve", CANARY=KEY, **home)
    assert FakeKeychain(there).entries == {ENTRY: KEY}
    acme.write(gateway(server.url).replace(", store_key: keyring", ""))
    acme("apply", "--auto-approve", CANARY=KEY)
    assert keychain.entries == {}
    assert FakeKeychain(there).entries == {ENTRY: KEY}
    plan = acme("plan", "--format", "json", CANARY=KEY, **home)
    assert key_changes(plan) == [("key.it", "delete", "config")]
    acme("apply", "--auto-approve", CANARY=KEY, **home)
    assert FakeKeychain(there).entries == {}


def slot_of(gwctl) -> str:
    """Return the slot in which the next apply would keep the key."""
    changes = gwctl("plan", "--format", "json", CANARY=KEY).json["changes"]
    after = next(change["after"] for change in changes if change["address"] == "key.it")
    return f"{after['service']} {after['account']}"


def test_what_gwctl_did_not_make_is_blocked_until_it_is_adopted(gwctl, keychain, server) -> None:
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    keychain.put(slot_of(gwctl), "somebody's own")
    result = gwctl("apply", "--auto-approve", CANARY=KEY, code=1)
    assert "--adopt key.it" in result.out
    assert keychain.entries == {ENTRY: "somebody's own"}
    gwctl("apply", "--auto-approve", "--adopt", "key.it", CANARY=KEY)
    assert keychain.entries == {ENTRY: KEY}


def test_a_doctored_state_names_somebody_else_s_entry_and_deletes_nothing(acme, keychain) -> None:
    """A poisoned state cannot make it: only the ledger authorises a deletion."""
    keychain.put("gwctl:other it", "another stack's")
    document = json.loads(acme.state_file.read_text())
    document["name"] = "other"
    document["lineage"] = "6f0c1c3e-0000-4000-8000-000000000000"
    acme.state_file.write_text(json.dumps(document))
    acme.write((acme.folder / "gateway.yaml").read_text().replace("name: acme", "name: other"))
    acme("apply", "--auto-approve", CANARY=KEY)
    assert keychain.entries == {ENTRY: KEY, "gwctl:other it": "another stack's"}
    acme("destroy", "--auto-approve")
    assert keychain.entries == {"gwctl:other it": "another stack's"}


def test_an_entry_that_vanished_is_written_again(acme, keychain) -> None:
    keychain.drop(ENTRY)
    plan = acme("plan", "--format", "json", CANARY=KEY)
    assert key_changes(plan) == [("key.it", "create", "drift")]
    acme("apply", "--auto-approve", CANARY=KEY)
    assert keychain.entries == {ENTRY: KEY}
    keychain.drop(ENTRY)
    assert "gwctl key set it" in acme("plan", code=None).out
    assert acme("key", "audit", code=1).out.count("missing") == 1


def test_an_entry_changed_by_somebody_else(acme, keychain, server) -> None:
    server.routes["/models"] = taking(KEY, "changed by hand")
    keychain.put(ENTRY, "changed by hand")
    assert "gwctl uses the changed key" in acme("plan").out
    plan = acme("plan", "--format", "json", CANARY=KEY)
    assert key_changes(plan) == [("key.it", "update", "drift")]
    acme.write(gateway(server.url).replace(", store_key: keyring", ""))
    acme("apply", "--auto-approve", CANARY=KEY)
    assert keychain.entries == {ENTRY: "changed by hand"}  # no longer what gwctl wrote: forgotten, not deleted
    assert rows(acme) == []


@pytest.mark.parametrize("environ", [{}, {"CANARY": KEY}], ids=["kept alone", "and still set"])
def test_moved_takes_the_key_along(acme, keychain, server, environ: dict[str, str]) -> None:
    text = gateway(server.url).replace("  it:", "  that:")
    acme.write(text + "moved: [{from: endpoint.it, to: endpoint.that}]\n")
    acme("apply", "--auto-approve", **environ)
    assert keychain.entries == {"gwctl:acme that": KEY}
    assert "No changes" in acme("plan", **environ).out


def test_the_state_alone_cannot_rename_an_endpoint_whose_key_is_kept(acme, keychain) -> None:
    assert (
        "moved: [{from: endpoint.it, to: endpoint.that}]"
        in acme("state", "mv", "endpoint.it", "endpoint.that", code=1).err
    )
    assert keychain.entries == {ENTRY: KEY}


@pytest.mark.parametrize("mood", ["hanging", "locked", "failing to get"])
def test_a_keychain_that_does_not_answer_is_no_missing_key(acme, keychain, mood: str, servers) -> None:
    good = servers()
    good.lists("x", "y")
    text = gateway(acme.state["resources"][0]["attributes"]["base_url"]).replace("timeout: 5s", "timeout: 1s")
    acme.write(text + f"  other: {{base_url: '{good.url}'}}\n")
    began = time.monotonic()
    result = acme("plan", code=1, TEST_KEYCHAIN_IS=mood)
    assert time.monotonic() - began < 40
    assert "Cannot read the key" in result.out
    assert "Missing API key" not in result.out
    assert "connected, 2 models" in result.out
    assert "Traceback" not in result.err


@pytest.mark.parametrize("mood", ["failing to set"])
def test_an_effect_that_fails_is_told_and_taken_up_again(gwctl, keychain, server, mood: str) -> None:
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    result = gwctl("apply", "--auto-approve", CANARY=KEY, TEST_KEYCHAIN_IS=mood, code=1)
    assert "failed  create key.it" in result.out
    assert "Partly applied: 1 change of 5 failed" in result.out
    assert gwctl.models() == ["model.it/m", "model.it/n"]
    gwctl("apply", "--auto-approve", CANARY=KEY)
    assert keychain.entries == {ENTRY: KEY}
    assert rows(gwctl) == [("gwctl:acme", "it", "present")]


def test_leaving_removes_the_key_even_if_the_state_was_deleted(acme, keychain) -> None:
    shutil.rmtree(acme.state_file.parent)
    acme("leave", "--auto-approve")
    assert (keychain.entries, rows(acme)) == ({}, [])


def test_a_deletion_that_fails_is_told_and_taken_up_again(acme, keychain) -> None:
    result = acme("destroy", "--auto-approve", TEST_KEYCHAIN_IS="failing to delete", code=1)
    assert "failed  delete key.it" in result.out
    assert keychain.entries == {ENTRY: KEY}
    assert acme("key", "audit", code=1).out.count("unsettled") == 1
    acme("destroy", "--auto-approve")
    assert (keychain.entries, rows(acme)) == ({}, [])


@pytest.mark.parametrize(
    ("backend", "words"),
    [
        ("keyring.backends.fail.Keyring", "there is no usable keychain on this machine"),
        ("keyring.backends.null.Keyring", "no usable keychain: the null backend stores nothing"),
        ("keyrings.alt.file.PlaintextKeyring", "no usable keychain: the plaintext backend"),
    ],
)
def test_backends_that_keep_nothing_or_keep_it_for_all_are_refused_by_name(gwctl, server, backend, words) -> None:
    """Silent plaintext where there is no keychain: gcx#835."""
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    result = gwctl("apply", "--auto-approve", CANARY=KEY, PYTHON_KEYRING_BACKEND=backend, code=1)
    assert f"`store_key: keyring`: {words}" in result.out
    assert backend in result.out
    assert "use {env: …} or {file: …}" in result.out
    assert gwctl.models() == ["model.it/m", "model.it/n"]  # the key of the reference works all the same
    assert not list(gwctl.folder.parent.rglob("*keyring*"))


def test_a_keyring_reference_is_read_and_never_written_or_deleted(gwctl, keychain, server) -> None:
    server.routes["/models"] = taking(KEY)
    keychain.put("https://llm.example/v1 me", KEY)
    gwctl.write(
        gateway(server.url).replace("{env: CANARY}, store_key: keyring", "{keyring: https://llm.example/v1/me}")
    )
    gwctl("apply", "--auto-approve")
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    gwctl("destroy", "--auto-approve")
    assert keychain.entries == {"https://llm.example/v1 me": KEY}
    assert rows(gwctl) == []
    keychain.drop("https://llm.example/v1 me")
    assert "Missing API key" in gwctl("plan").out


def test_the_keychain_is_asked_only_when_an_endpoint_needs_it(gwctl, server) -> None:
    server.lists("m", "n")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}', key: {{env: CANARY}}}}}}\n")
    gwctl("apply", "--auto-approve", CANARY=KEY, PYTHON_KEYRING_BACKEND="no.such.Backend")
    assert rows(gwctl) == []


def test_offline_asks_no_keychain(acme) -> None:
    result = acme("plan", "--offline", PYTHON_KEYRING_BACKEND="no.such.Backend")
    assert "key" not in result.out.replace("key was sent", "")


def test_a_changed_origin_gets_no_kept_key_without_consent(acme, servers) -> None:
    other = servers()
    other.lists("m", "n")
    acme.write(gateway(other.url))
    assert "withheld" in acme("plan", code=None).out
    assert other.requests == []


def test_the_ledger_is_for_its_owner_only_and_holds_no_key(acme) -> None:
    folder = acme.folder.parent / "home" / "state" / "gwctl"
    for path in folder.iterdir():
        assert b"quokka" not in path.read_bytes()
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert rows(acme) == [("gwctl:acme", "it", "present")]


@pytest.mark.parametrize("broken", [b"no database at all, this", b""])
def test_a_ledger_that_is_broken_is_said_and_nothing_is_done(acme, keychain, broken: bytes) -> None:
    path = acme.folder.parent / "home" / "state" / "gwctl" / "ledger.sqlite3"
    for each in path.parent.iterdir():
        each.unlink()
    path.write_bytes(broken)
    result = acme("destroy", "--auto-approve", code=None)
    assert "Traceback" not in result.err
    assert keychain.entries == {ENTRY: KEY}
    if broken:
        assert result.code == 1
        assert "Cannot use the ledger" in result.out


def test_a_newer_ledger_is_refused(acme) -> None:
    path = acme.folder.parent / "home" / "state" / "gwctl" / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as ledger:
        ledger.execute("PRAGMA user_version=99")
    assert "upgrade gwctl" in acme("plan", code=1).out


def test_when_no_key_skip_makes_it_a_note(gwctl, server, servers) -> None:
    other = servers()
    other.lists("x", "y")
    text = gateway(server.url, ", when_no_key: skip").replace(", store_key: keyring", "")
    gwctl.write(text + f"  other: {{base_url: '{other.url}'}}\n")
    result = gwctl("apply", "--auto-approve")
    assert "note: " in result.out
    assert gwctl.models() == ["model.other/x", "model.other/y"]
    gwctl.write((text + f"  other: {{base_url: '{other.url}'}}\n").replace("skip", "error"))
    gwctl("apply", "--auto-approve", code=1)


def test_key_set_list_and_rm(gwctl, keychain, server) -> None:
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    assert "stored: key.it" in gwctl("key", "set", "it", stdin=f"{KEY}\n").out
    assert keychain.entries == {ENTRY: KEY}
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.it/m", "model.it/n"]
    listed = gwctl("key", "list", "--format", "json").json
    assert [(entry["address"], entry["condition"]) for entry in listed["entries"]] == [("key.it", "kept")]
    assert "gwctl key set" in gwctl("key", "list").out
    assert gwctl("key", "audit").code == 0
    assert "removed: key.it" in gwctl("key", "rm", "it").out
    assert (keychain.entries, rows(gwctl)) == ({}, [])
    assert "has no stored key" in gwctl("key", "rm", "it", code=1).err
    for bad in ("", "two\nlines", "é"):
        assert "Not a key" in gwctl("key", "set", "it", stdin=bad, code=1).err
    keychain.put(slot_of(gwctl), "somebody's own")
    assert "--adopt key.it" in gwctl("key", "set", "it", stdin=KEY, code=1).err
    assert keychain.entries == {ENTRY: "somebody's own"}


def test_audit_finds_orphans_and_tidies_them_when_asked(acme, keychain) -> None:
    for path in acme.state_file.parent.glob("state.json*"):
        path.unlink()
    audited = acme("key", "audit", "--format", "json", code=1).json
    assert [entry["condition"] for entry in audited["entries"]] == ["orphaned"]
    assert "Nothing was done" in acme("key", "audit", "--tidy", code=1).err
    assert keychain.entries == {ENTRY: KEY}
    acme("key", "audit", "--tidy", "--auto-approve")
    assert (keychain.entries, rows(acme)) == ({}, [])


def test_audit_spares_an_orphan_that_somebody_else_changed(acme, keychain) -> None:
    for path in acme.state_file.parent.glob("state.json*"):
        path.unlink()
    keychain.put(ENTRY, "changed by hand")
    acme("key", "audit", "--tidy", "--auto-approve")
    assert keychain.entries == {ENTRY: "changed by hand"}
    assert rows(acme) == []


def test_a_real_secret_service(gwctl, secret_service, server) -> None:
    import keyring  # noqa: F401 - it must be there for the command

    server.routes["/models"] = taking(KEY, NEW)
    gwctl.write(gateway(server.url))
    put = "import keyring; keyring.set_password('somebody-else', 'it', 'foreign')"
    python(gwctl, put)
    gwctl("apply", "--auto-approve", CANARY=KEY)
    assert kept(gwctl) == [KEY]
    assert "No changes" in gwctl("plan").out
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert "rotated; from env CANARY" in gwctl("apply", "--auto-approve", CANARY=NEW).out
    assert kept(gwctl) == [NEW]
    assert "SecretService" in gwctl("key", "list", "--format", "json").out
    second = ("--state", "second/state.json")
    gwctl("trust", "it", *second)
    gwctl("apply", "--auto-approve", *second, CANARY=NEW)
    gwctl("destroy", "--auto-approve")
    assert kept(gwctl) == [NEW]
    gwctl("destroy", "--auto-approve", *second)
    assert kept(gwctl) == []
    assert gwctl("key", "audit").code == 0
    assert python(gwctl, "import keyring; print(keyring.get_password('somebody-else', 'it'))") == "foreign"


def kept(gwctl) -> list[str]:
    """The values in the keychain of the entries that the ledger has."""
    code = "import keyring, sys; print(keyring.get_password(*sys.argv[1:]))"
    path = gwctl.folder.parent / "home" / "state" / "gwctl" / "ledger.sqlite3"
    with closing(sqlite3.connect(path)) as ledger:
        slots = [json.loads(slot) for (slot,) in ledger.execute("SELECT slot FROM owned WHERE kind='key'")]
    return sorted(python(gwctl, code, *slot) for slot in slots)


def python(gwctl, code: str, *words: str) -> str:
    import subprocess
    import sys

    done = subprocess.run(
        [sys.executable, "-c", code, *words], env=gwctl.environ, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_a_saved_plan_keeps_the_key_that_the_endpoint_takes(gwctl, keychain, server) -> None:
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url))
    gwctl("plan", "--out", "p.plan", CANARY=KEY)
    assert KEY not in (gwctl.folder / "p.plan").read_text()
    refused = gwctl("apply", "p.plan", "--format", "json", code=1, CANARY=NEW).json
    assert [diagnostic["code"] for diagnostic in refused["diagnostics"]] == ["PLAN_STALE"]
    assert keychain.entries == {}
    gwctl("apply", "p.plan", CANARY=KEY)
    assert keychain.entries == {ENTRY: KEY}
    assert "PLAN_USED" in gwctl("apply", "p.plan", "--format", "json", code=1, CANARY=KEY).out


def test_the_pipeline_keeps_no_key(gwctl, keychain, server) -> None:
    server.routes["/models"] = taking(KEY)
    gwctl.write(gateway(server.url, ", scope: shared"))
    gwctl("apply", "--scope", "shared", "--auto-approve", CANARY=KEY)
    assert (keychain.entries, rows(gwctl)) == ({}, [])
    gwctl("apply", "--scope", "machine", "--auto-approve", CANARY=KEY)
    assert keychain.entries == {ENTRY: KEY}
    assert "No changes" in gwctl("plan", "--scope", "machine").out


def test_a_directory_that_was_moved_keeps_its_keys(acme, keychain) -> None:
    moved = acme.folder.with_name("moved")
    acme.folder.rename(moved)
    acme.folder = moved
    assert "gwctl trust --moved-from" in acme("plan", code=None).out
    acme("trust", "--moved-from", str(acme.folder.with_name("work")))
    assert "No changes" in acme("plan").out
    assert [entry["condition"] for entry in acme("key", "list", "--format", "json").json["entries"]] == ["kept"]
    acme("key", "audit", "--tidy", "--auto-approve")
    assert keychain.entries == {ENTRY: KEY}


@pytest.mark.parametrize("mood", ["none", "locked"])
def test_where_there_is_no_keychain_a_key_that_may_be_kept_is_a_note(gwctl, keychain, server, mood: str) -> None:
    """A team's file is for laptops and for machines without a keychain."""
    server.lists("gpt-4o")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}', key: {{env: K}}, "
        "store_key: if-available}}\n"
    )
    without = {"K": "some-key"}
    without |= (
        {"TEST_KEYCHAIN_IS": "locked"}
        if mood == "locked"
        else {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    )
    why = "is locked" if mood == "locked" else "there is no usable keychain on this machine"
    told = gwctl("plan", **without).out
    assert re.search(rf"the key is not stored: [^:]*{why}", told)
    assert told.count("usable keychain") == (mood == "none")
    gwctl("apply", "--auto-approve", **without)
    assert "No changes" in gwctl("plan", "--detailed-exitcode", **without).out
    assert keychain.entries == {}
    gwctl("doctor", "--format", "json", code=None, **without)
    gwctl("apply", "--auto-approve", K="some-key")  # on a machine that has one
    assert list(keychain.entries.values()) == ["some-key"]
    recorded = next(resource for resource in gwctl.state["resources"] if resource["kind"] == "endpoint")
    assert recorded["attributes"]["store_key"] == "if-available"
    gwctl.write((gwctl.folder / "gateway.yaml").read_text().replace("if-available", "keyring"))
    assert gwctl("plan", code=None, **without).code == (1 if mood == "none" else 0)
