"""Roles from the gateway file to the plan, the state, `models`, `chat`, `run` and back out of the file."""

from __future__ import annotations

import json

import pytest

from tests.support.scripted import Reply

GATEWAY = "version: 1\nname: acme\nendpoints: {{it: {{base_url: '{url}'}}}}\n"
ROLES = "roles:\n  chat: it/big\n  small: it/mini\n  judge: {{purpose: chat, models: [it/gone, it/mini]}}\n"


def defaults(gwctl) -> dict[str, str]:
    return {
        entry["address"]: entry["attributes"]["model"]
        for entry in gwctl.state["resources"]
        if entry["kind"] == "default"
    }


@pytest.fixture
def acme(gwctl, server):
    server.lists("big", "mini")
    server.routes["/chat/completions"] = Reply(body={"choices": [{"message": {"content": "hi"}}]})
    gwctl.write((GATEWAY + ROLES).format(url=server.url))
    gwctl("apply", "--auto-approve")
    return gwctl


def test_roles_are_applied_and_the_plan_is_empty(acme) -> None:
    assert defaults(acme) == {
        "default.chat": "it/big",
        "default.small": "it/mini",
        "default.judge": "it/mini",
    }
    acme("plan", "--detailed-exitcode", code=0)
    shown = acme("models", "--format", "json").json["models"]
    assert {model["id"]: model["roles"] for model in shown} == {"big": ["chat"], "mini": ["small", "judge"]}
    assert "small, judge" in acme("models").out


def test_a_model_is_named_by_its_role(acme, server) -> None:
    acme("chat", "judge", "hello")
    assert json.loads(server.asked("/chat/completions")[-1].body)["model"] == "mini"
    assert "mini" in acme("env", "--model", "small").out


def test_roles_that_are_taken_out_go_and_a_purpose_keeps_its_model(acme, server) -> None:
    acme.write(GATEWAY.format(url=server.url))
    planned = acme("plan", "--format", "json").json
    assert {change["address"]: (change["action"], change["cause"]) for change in planned["changes"]} == {
        "default.small": ("delete", "config"),
        "default.judge": ("delete", "config"),
    }
    acme("apply", "--auto-approve")
    assert defaults(acme) == {"default.chat": "it/big"}


def test_the_older_spelling_changes_nothing(acme, server) -> None:
    small = "small: it/mini\n  judge: {purpose: chat, models: [it/gone, it/mini]}\n"
    acme.write(GATEWAY.format(url=server.url) + "defaults: {chat: it/big}\nroles:\n  " + small)
    acme("plan", "--detailed-exitcode", code=0)


def test_a_saved_plan_with_roles_is_applied(acme, server) -> None:
    acme.write(GATEWAY.format(url=server.url) + "roles: {critic: {purpose: chat, models: it/big}}\n")
    acme("plan", "--out", "saved.plan")
    acme("apply", "saved.plan")
    assert defaults(acme) == {"default.chat": "it/big", "default.critic": "it/big"}
    acme("state", "show", "default.critic")
    acme("state", "rm", "default.critic")
    drifted = acme("plan", "--format", "json").json["changes"]
    assert [(change["address"], change["cause"]) for change in drifted] == [("default.critic", "drift")]
