"""The manual edits of the records count as drift: an unchanged gateway file is never named as the cause."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

FILE = """\
version: 1
name: acme
endpoints:
  a: {base_url: 'URL', models: [m, {id: v, purpose: voice}], scope: shared, timeout: 5s}
  b: {base_url: 'OTHER', models: [n], scope: shared, timeout: 5s}
defaults: {chat: [a/m, b/n], voice: a/v}
"""
DRIFT = ("plan", "--scope", "shared", "--detailed-exitcode=drift,catalog", "--format", "json")


@pytest.fixture
def acme(gwctl, server, servers):
    """Two endpoints as applied, with models of the file and of the list."""
    gwctl.other = servers()
    server.lists("m", "v", "listed")
    gwctl.other.lists("n")
    gwctl.text = FILE.replace("URL", server.url).replace("OTHER", gwctl.other.url)
    gwctl.write(gwctl.text)
    gwctl("apply", "--scope", "shared", "--auto-approve")
    return gwctl


def causes(plan: Any) -> dict[str, str]:
    return {change["address"]: change["cause"] for change in plan["changes"] if change["action"] != "none"}


def in_json(change: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
    def edit(gwctl: Any) -> None:
        document = json.loads(gwctl.state_file.read_text())
        change(document)
        gwctl.state_file.write_text(json.dumps(document))

    return edit


def pushed(change: Callable[[dict[str, Any]], None]) -> Callable[[Any], None]:
    def edit(gwctl: Any) -> None:
        document = json.loads(gwctl("state", "pull").out)
        document["serial"] += 1
        change(document)
        gwctl("state", "push", "-", stdin=json.dumps(document))

    return edit


def without(*addresses: str) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        document["resources"] = [resource for resource in document["resources"] if resource["address"] not in addresses]

    return change


def elsewhere(document: dict[str, Any]) -> None:
    document["resources"][0]["attributes"]["timeout"] = 9.0


def purposeless(document: dict[str, Any]) -> None:
    for resource in document["resources"]:
        if resource["address"] == "model.a/v":
            resource["attributes"]["purpose"] = "chat"


def added(document: dict[str, Any]) -> None:
    model = next(resource for resource in document["resources"] if resource["address"] == "model.b/n")
    extra = json.loads(json.dumps(model).replace("b/n", "b/extra"))
    document["resources"].append(extra)


def other_default(document: dict[str, Any]) -> None:
    for resource in document["resources"]:
        if resource["address"] == "default.chat":
            resource["attributes"]["model"] = "b/n"


def forgotten(*addresses: str) -> Callable[[Any], None]:
    return lambda gwctl: gwctl("state", "rm", *addresses)


EDITS: dict[str, tuple[Callable[[Any], Any], set[str]]] = {
    "rm of a declared model": (forgotten("model.b/n"), {"model.b/n"}),
    "rm of a listed model": (forgotten("model.a/listed"), {"model.a/listed"}),
    "rm of a model that is a default": (forgotten("model.a/m"), {"model.a/m", "default.chat"}),
    "rm of a default": (forgotten("default.voice"), {"default.voice"}),
    "rm of an endpoint": (forgotten("endpoint.b"), {"endpoint.b", "model.b/n"}),
    "mv of a model": (lambda gwctl: gwctl("state", "mv", "model.b/n", "model.b/o"), {"model.b/n", "model.b/o"}),
    "mv of an endpoint": (
        lambda gwctl: gwctl("state", "mv", "endpoint.b", "endpoint.c"),
        {"endpoint.b", "model.b/n", "endpoint.c", "model.c/n"},
    ),
    "JSON without a model": (in_json(without("model.b/n")), {"model.b/n"}),
    "JSON without an endpoint": (in_json(without("endpoint.b", "model.b/n")), {"endpoint.b", "model.b/n"}),
    "JSON without a default": (in_json(without("default.chat")), {"default.chat"}),
    "JSON with another attribute": (in_json(elsewhere), {"endpoint.a"}),
    "JSON with another purpose": (in_json(purposeless), {"model.a/v"}),
    "JSON with another default": (in_json(other_default), {"default.chat"}),
    "JSON with a model that nobody applied": (in_json(added), {"model.b/extra"}),
    "push without a model": (pushed(without("model.b/n")), {"model.b/n"}),
    "push without a listed model": (pushed(without("model.a/listed")), {"model.a/listed"}),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_by_hand_is_drift(acme, edit: str) -> None:
    do, expected = EDITS[edit]
    do(acme)
    plan = acme(*DRIFT, code=2).json
    assert causes(plan).keys() == expected
    # What the list alone says of an address that nobody is known to have taken out is the list's.
    assert set(causes(plan).values()) <= {"drift", "catalog"}
    assert "drift" in causes(plan).values()
    acme("apply", "--scope", "shared", "--auto-approve")
    acme(*DRIFT, code=0)


def test_what_the_file_asks_for_is_not_drift_and_a_line_says_that_it_is_not_counted(acme) -> None:
    acme.write(acme.text.replace("models: [n]", "models: [n, new]"))
    result = acme("plan", "--scope", "shared", "--detailed-exitcode=drift,catalog", code=0)
    assert "not counted by the exit code, by cause: 1 config" in result.err
    assert "not counted" not in acme("plan", "--scope", "shared", "--detailed-exitcode", code=2).err
    assert "not counted" not in acme("plan", "--scope", "shared").err
    plan = acme(*DRIFT).json
    assert causes(plan) == {"model.b/new": "config"}


def test_a_file_that_changed_since_does_not_hide_what_was_taken_out(acme) -> None:
    acme.write(acme.text.replace("models: [n]", "models: [n, new]"))
    acme("state", "rm", "model.b/n", "model.a/listed")
    assert causes(acme(*DRIFT, code=2).json) == {
        "model.b/n": "drift",
        "model.a/listed": "drift",
        "model.b/new": "config",
    }


def test_an_edit_of_the_file_that_asks_for_nothing_else_changes_nothing(acme) -> None:
    acme.write(acme.text.replace("timeout: 5s", "timeout: 5000ms") + "# a remark\n")
    acme("state", "rm", "model.b/n")
    in_json(without("model.b/n", "default.chat"))(acme)
    assert causes(acme(*DRIFT, code=2).json) == {"model.b/n": "drift", "default.chat": "drift"}


def test_what_the_last_apply_left_out_is_asked_for_by_the_file(acme, server) -> None:
    """An apply that could not do everything is no witness: what it left out was never applied."""
    keyed = f"  c: {{base_url: '{server.url}', key: {{env: NOT_SET}}, scope: shared, models: [x]}}\ndefaults:"
    acme.write(acme.text.replace("defaults:", keyed).replace("models: [n]", "models: [n, more]"))
    acme("apply", "--scope", "shared", "--auto-approve", code=1)
    assert "model.b/more" in acme.models()
    plan = acme(*DRIFT, code=None, NOT_SET="quokka-7f341d0").json
    assert causes(plan)["endpoint.c"] == causes(plan)["model.c/x"] == "config"


def test_after_destroy_everything_is_asked_for_by_the_file(acme) -> None:
    acme("destroy", "--scope", "shared", "--auto-approve")
    assert set(causes(acme(*DRIFT, code=2).json).values()) == {"config", "catalog"}  # of the list it is, as ever


def test_removed_and_moved_of_the_file_are_no_drift(acme) -> None:
    acme.write(acme.text.replace(" b:", " c:").replace("b/n", "c/n") + "moved: [{from: endpoint.b, to: endpoint.c}]\n")
    assert set(causes(acme(*DRIFT).json).values()) == {"config"}
    acme("apply", "--scope", "shared", "--auto-approve")
    acme(*DRIFT, code=0)


def test_a_header_s_value_is_not_in_what_is_remembered(acme) -> None:
    changed = acme.text.replace("models: [n]", "models: [n], headers: {X-Team: one}")
    acme.write(changed)
    acme("apply", "--scope", "shared", "--auto-approve")
    before = acme.state["wants"]
    acme.write(changed.replace("one", "two"))
    assert causes(acme(*DRIFT).json) == {}
    acme("state", "rm", "model.b/n")
    acme("apply", "--scope", "shared", "--auto-approve")
    assert acme.state["wants"] == before


def test_the_same_state_can_be_pushed_twice(acme) -> None:
    document = json.loads(acme("state", "pull").out)
    document["serial"] += 1
    without("model.b/n")(document)
    for _ in "twice":
        acme("state", "push", "-", stdin=json.dumps(document))
    assert acme.state["gone"] == ["model.b/n"]
