"""`gwctl state`: list, show, rm, mv, pull."""

from __future__ import annotations

import pytest


@pytest.fixture
def acme(gwctl, server):
    """One applied endpoint with two models and a default."""
    server.lists("m", "n/with/slashes")
    gwctl.write(f"version: 1\nname: acme\nendpoints: {{a: {{base_url: '{server.url}'}}}}\ndefaults: {{chat: a/m}}\n")
    gwctl("apply", "--auto-approve")
    return gwctl


def addresses(gwctl) -> list[str]:
    return [resource["address"] for resource in gwctl("state", "list", "--format", "json").json["resources"]]


def test_list_and_show(acme, server) -> None:
    assert addresses(acme) == ["endpoint.a", "model.a/m", "model.a/n/with/slashes", "default.chat"]
    listed = acme("state", "list").out
    assert all(each in listed for each in addresses(acme))
    assert server.url in acme("state", "show", "endpoint.a").out
    assert acme("state", "show", "default.chat", "--format", "json").json["attributes"] == {"model": "a/m"}


def test_what_is_not_recorded_names_the_nearest(acme) -> None:
    err = acme("state", "show", "endpoint.aa", code=1).err
    assert "did you mean `endpoint.a`?" in err
    assert "an address starts with" in acme("state", "rm", "a", code=1).err


def test_an_endpoint_is_forgotten_with_its_models_and_its_defaults(acme) -> None:
    acme("state", "rm", "endpoint.a")
    assert addresses(acme) == []
    assert acme.state["serial"] == 2
    assert acme("plan", "--format", "json").json["summary"]["create"] == 4


def test_a_forgotten_model_is_created_again(acme) -> None:
    acme("state", "rm", "model.a/n/with/slashes")
    changes = acme("plan", "--format", "json").json["changes"]
    assert [(change["address"], change["action"]) for change in changes] == [("model.a/n/with/slashes", "create")]


def test_moving_an_endpoint_takes_everything_with_it(acme, server) -> None:
    acme("state", "mv", "endpoint.a", "endpoint.b")
    assert addresses(acme) == ["endpoint.b", "model.b/m", "model.b/n/with/slashes", "default.chat"]
    acme.write(f"version: 1\nname: acme\nendpoints: {{b: {{base_url: '{server.url}'}}}}\ndefaults: {{chat: b/m}}\n")
    assert "No changes" in acme("plan").out


def test_moves_that_make_no_sense_change_nothing(acme) -> None:
    before = acme.state_file.read_bytes()
    for old, new in (
        ("endpoint.a", "model.a/x"),
        ("model.a/m", "model.a/n/with/slashes"),
        ("default.chat", "default.voice"),
        ("endpoint.none", "endpoint.b"),
        ("endpoint.a", "endpoint.A"),
    ):
        assert acme("state", "mv", old, new, code=1).err
    assert acme.state_file.read_bytes() == before


def test_another_state_is_looked_at_without_a_gateway_file(acme) -> None:
    (acme.folder / "gateway.yaml").unlink()
    assert "endpoint.a" in acme("state", "list", "--state", ".gwctl/state.json").out
    assert acme("state", "list", code=1).err


def test_nothing_is_recorded_before_the_first_apply(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {a: {preset: ollama}}\n")
    assert gwctl("state", "list").code == 0
    assert "Nothing is recorded" in gwctl("state", "pull", code=1).err
    assert not gwctl.state_file.parent.exists()


def test_a_state_moves_from_store_to_store(acme, server) -> None:
    (acme.folder / "s.json").write_text(acme("state", "pull").out)
    err = acme("state", "push", "s.json", "--state", "file:other/state.json").err
    assert "pushed: serial 1 of acme to other" in err
    assert (acme.folder / "other" / "state.json").read_bytes() == acme.state_file.read_bytes()
    assert "No changes" in acme("plan", "--state", "file:other/state.json").out
    assert acme("state", "push", "-", stdin=acme("state", "pull").out).code == 0


def test_a_push_overwrites_nothing_newer_or_foreign(acme, server) -> None:
    (acme.folder / "s.json").write_text(acme("state", "pull").out)
    acme("state", "rm", "model.a/m")
    before = acme.state_file.read_bytes()
    older = acme("state", "push", "s.json", code=1).err
    assert "has serial 1, but" in older
    assert "already has 2" in older
    assert acme.state_file.read_bytes() == before
    acme.state_file.unlink()
    acme("apply", "--auto-approve")
    assert "has the lineage" in acme("state", "push", "s.json", code=1).err
    acme.write("version: 1\nname: other\nendpoints: {}\n")
    acme.state_file.unlink()
    assert "belongs to `acme`" in acme("state", "push", "s.json", code=1).err
    assert "Cannot read the file to push" in acme("state", "push", "nowhere.json", code=1).err
    assert acme.state is None


@pytest.mark.parametrize("broken", ["", "{}", "[1]", "not json"])
def test_what_is_no_state_is_not_pushed(acme, broken: str) -> None:
    before = acme.state_file.read_bytes()
    assert "is not valid" in acme("state", "push", "-", stdin=broken, code=1).err
    assert acme.state_file.read_bytes() == before


def test_a_lock_that_nobody_holds_needs_no_breaking(acme) -> None:
    assert "not locked" in acme("state", "unlock").err


def test_a_living_process_s_lock_is_not_broken(acme) -> None:
    from reconciler.state.stores.file.store import FileStore

    with FileStore(acme.state_file, "ana@laptop").lock():
        err = acme("state", "unlock", "--auto-approve", code=1).err
        assert "ana@laptop, process" in err
        assert "Nothing was done" in acme("state", "unlock", code=1).err
        assert "locked by ana@laptop" in acme("state", "rm", "model.a/m", code=1).err
