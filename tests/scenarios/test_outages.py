"""A list that fails, in every way that lists fail, deletes nothing and writes nothing."""

from __future__ import annotations

import time

import pytest

from tests.support.process import free_port
from tests.support.scripted import Reply

TWELVE = [f"gpt-4o-{number}" for number in range(11)] + ["gpt-4o-mini"]
GATEWAY = """
    version: 1
    name: acme
    endpoints:
      litellm:
        base_url: {url}
        timeout: 1s
        models: [gpt-4o-mini]
    """


def listing(*ids: str) -> Reply:
    return Reply(body={"data": [{"id": each} for each in ids]})


def test_declared_while_refused_then_twelve_come_up(gwctl, servers) -> None:
    port = free_port()
    gwctl.write(GATEWAY.format(url=f"http://127.0.0.1:{port}"))
    first = gwctl("apply", "--auto-approve")
    assert "Could not fetch models" in first.out
    assert "refused" in first.out
    assert gwctl.models() == ["model.litellm/gpt-4o-mini"]
    assert "No changes" in gwctl("plan").out
    servers(port).lists(*TWELVE)
    plan = gwctl("plan", "--format", "json").json
    assert plan["summary"] == {
        "create": 11,
        "update": 0,
        "delete": 0,
        "forget": 0,
        "none": 3,
        "held": 0,
        "blocked": 0,
    }
    assert {change["cause"] for change in plan["changes"]} == {"catalog"}
    gwctl("apply", "--auto-approve")
    assert "No changes" in gwctl("plan").out
    assert len(gwctl.models()) == 12


@pytest.mark.parametrize(
    "fault",
    [
        Reply(status=503, body="busy"),
        Reply(status=200, body="<!DOCTYPE html><html>Sign in</html>", headers={"Content-Type": "text/html"}),
        Reply(status=401, body={"error": "bad key"}),
        Reply(silent=True),
        Reply(status=200, body='{"data": [{"id": "gpt', headers={}),
        Reply(status=200, body={"data": "none"}),
        Reply(status=500, body="boom"),
        Reply(status=429, body="slow down", headers={"Retry-After": "3600"}),
        Reply(status=404, body={"detail": "Not Found"}),
        Reply(status=200, body=b"[" * 100_000),
    ],
    ids=["503", "html", "401", "silent", "cut", "shape", "500", "429", "404", "deep"],
)
def test_a_bad_list_is_never_a_delete_and_never_a_new_serial(gwctl, server, fault: Reply) -> None:
    server.lists(*TWELVE)
    gwctl.write(GATEWAY.format(url=server.url))
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    server.routes["/models"] = fault
    applied = gwctl("apply", "--auto-approve", code=None)
    assert applied.code == (1 if fault.status == 401 else 0), applied.out
    assert gwctl.state_file.read_bytes() == before
    assert gwctl("plan", "--format", "json", code=None).json["changes"] == []


@pytest.mark.parametrize("left", [(), TWELVE[:4]], ids=["empty", "short"])
def test_a_short_list_is_never_a_delete_and_what_it_holds_is_written_once(gwctl, server, left: tuple[str, ...]) -> None:
    server.lists(*TWELVE)
    gwctl.write(GATEWAY.format(url=server.url))
    gwctl("apply", "--auto-approve")
    before, models = gwctl.state["serial"], gwctl.models()
    server.lists(*left)
    for _ in range(2):
        gwctl("apply", "--auto-approve")
        assert (gwctl.state["serial"], gwctl.models()) == (before + 1, models)
    assert gwctl("plan", "--format", "json").json["changes"] == []


def test_a_second_page_that_fails_is_never_a_delete(gwctl, server) -> None:
    pages = [Reply(body={"data": [{"id": each} for each in TWELVE[:6]], "has_more": True, "last_id": "x"})]
    whole = [*pages, Reply(body={"data": [{"id": each} for each in TWELVE[6:]], "has_more": False})]
    server.answers(*whole, path="/v1/models")
    gwctl.write(
        f"""
        version: 1
        name: acme
        endpoints:
          claude:
            preset: anthropic
            base_url: {server.url}
            key: {{env: CLAUDE}}
        """
    )
    gwctl("apply", "--auto-approve", CLAUDE="canary-marker-0001")
    assert len(gwctl.models()) == 12
    before = gwctl.state_file.read_bytes()
    server.answers(*pages, Reply(status=503, body="busy"), path="/v1/models")
    assert "Could not fetch models" in gwctl("apply", "--auto-approve", CLAUDE="canary-marker-0001").out
    assert gwctl.state_file.read_bytes() == before


def test_a_short_list_is_held_until_it_is_accepted_by_name(gwctl, server) -> None:
    server.lists(*TWELVE)
    gwctl.write(GATEWAY.format(url=server.url))
    gwctl("apply", "--auto-approve")
    server.lists(*TWELVE[:4])
    held = gwctl("plan")
    assert "--accept-catalog litellm" in held.out
    assert "7 held" in held.out
    accepted = gwctl("plan", "--accept-catalog", "litellm", "--format", "json").json
    assert accepted["summary"]["delete"] == 7
    gwctl("apply", "--auto-approve", "--accept-catalog", "litellm")
    assert gwctl.models() == sorted(f"model.litellm/{each}" for each in {*TWELVE[:4], "gpt-4o-mini"})
    assert "No changes" in gwctl("plan").out


def test_a_consent_for_no_endpoint_is_an_error(gwctl, server) -> None:
    server.lists("a")
    gwctl.write(GATEWAY.format(url=server.url))
    assert "did you mean `litellm`" in gwctl("plan", "--accept-catalog", "litelm", code=1).out


def test_one_commit_while_the_endpoint_is_down(gwctl, server) -> None:
    server.lists("gpt-1", "gpt-2-preview")
    gwctl.write(GATEWAY.format(url=server.url).replace("[gpt-4o-mini]", "[gpt-4o-mini, never-listed]"))
    gwctl("apply", "--auto-approve")
    changed = GATEWAY.format(url="http://127.0.0.1:9").replace(
        "models: [gpt-4o-mini]", "models: [gpt-4o-mini]\n        discover: {exclude: ['*-preview']}"
    )
    gwctl.write(changed)
    plan = gwctl("plan", "--format", "json").json
    result = {change["address"]: (change["action"], change["cause"]) for change in plan["changes"]}
    assert result == {
        "endpoint.litellm": ("update", "config"),
        "model.litellm/gpt-2-preview": ("delete", "config"),
        "model.litellm/never-listed": ("delete", "config"),
    }


def test_six_endpoints_one_dripping_a_byte_a_second(gwctl, servers) -> None:
    """One dead endpoint delays or hides the rest: open-webui#1111, #1512."""
    text = "version: 1\nname: acme\nendpoints:\n"
    for number in range(5):
        server = servers()
        server.lists(f"gpt-4o-{number}", f"gpt-4o-mini-{number}")
        text += f"  e{number}: {{base_url: '{server.url}'}}\n"
    slow = servers()
    slow.routes["/models"] = Reply(status=200, body=b'{"data": [' + b" " * 3600, drip=1.0)
    gwctl.write(text + f"  slow: {{base_url: '{slow.url}', timeout: 2s, models: [declared]}}\n")
    began = time.monotonic()
    result = gwctl("apply", "--auto-approve")
    assert time.monotonic() - began < 30
    assert "within 2 s" in result.out
    assert len(gwctl.models()) == 11
    assert "model.slow/declared" in gwctl.models()
    assert "No changes" in gwctl("plan").out


def test_two_endpoints_with_one_url_and_the_same_ids_are_two(gwctl, server) -> None:
    """The same ID on two endpoints merged: open-webui#2863."""
    server.lists("gpt-4o", "gpt-4o-mini")
    text = f"version: 1\nname: acme\nendpoints:\n  a: {{base_url: '{server.url}'}}\n"
    gwctl.write(text + f"  b: {{base_url: '{server.url}/', discover: {{exclude: ['*-mini']}}}}\n")
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.a/gpt-4o", "model.a/gpt-4o-mini", "model.b/gpt-4o"]
    gwctl.write(text)
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.a/gpt-4o", "model.a/gpt-4o-mini"]
