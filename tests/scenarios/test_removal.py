"""Taking things out of the file: exactly they go, reachable or not."""

from __future__ import annotations

import pytest


def file(*entries: str, more: str = "") -> str:
    return "version: 1\nname: acme\nendpoints:\n" + "".join(entries) + ("  {}\n" if not entries else "") + more


def entry(name: str, url: str, models: str = "") -> str:
    return f"  {name}: {{base_url: '{url}', timeout: 1s, models: [{models}]}}\n"


@pytest.mark.parametrize("reachable", [True, False])
def test_an_endpoint_taken_out_goes_with_models_and_defaults(gwctl, servers, reachable: bool) -> None:
    one, two = servers(), servers()
    one.lists("m", "n")
    two.lists("m", "dall-e-3")
    gwctl.write(file(entry("a", one.url, "m"), entry("b", two.url), more="defaults: {chat: [a/m, b/m]}\n"))
    gwctl("apply", "--auto-approve")
    if not reachable:
        one.close()
    asked = len(one.requests)
    gwctl.write(file(entry("b", two.url), more="defaults: {chat: b/m}\n"))
    plan = gwctl("plan").out
    assert "no longer in the gateway file" in plan
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.b/dall-e-3", "model.b/m"]
    defaults = {resource["address"]: resource["attributes"]["model"] for resource in gwctl.state["resources"][-2:]}
    assert defaults == {"default.chat": "b/m", "default.image": "b/dall-e-3"}
    assert len(one.requests) == asked


def test_changing_the_default_s_purpose_repoints_it_in_the_same_plan(gwctl, server) -> None:
    server.lists("m", "n")
    gwctl.write(file(entry("a", server.url, "m, n")))
    gwctl("apply", "--auto-approve")
    gwctl.write(file(entry("a", server.url, "{id: m, purpose: image}, n")))
    changes = gwctl("plan", "--format", "json").json["changes"]
    repointed = next(change for change in changes if change["address"] == "default.chat")
    assert (repointed["before"], repointed["after"]) == ({"model": "a/m"}, {"model": "a/n"})
    assert "a/m now has the purpose image" in repointed["reason"]
    gwctl("apply", "--auto-approve")
    assert "No changes" in gwctl("plan").out


def test_most_endpoints_at_once_need_consent_by_name(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(file(*(entry(name, server.url) for name in "abc")))
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    gwctl.write(file(entry("a", server.url)))
    stopped = gwctl("apply", "--auto-approve", code=1)
    assert "--allow-delete endpoint.b --allow-delete endpoint.c" in stopped.out
    assert "Nothing was done" in stopped.out
    assert gwctl.state_file.read_bytes() == before
    gwctl.write(file(entry("a", server.url), more="removed: [{address: endpoint.b}, {address: endpoint.c}]\n"))
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.a/m"]
    assert "REMOVED_DONE" in gwctl("plan", "-v").out


def test_the_reason_of_a_destroy_is_the_command_and_not_the_gateway_file(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(file(entry("a", server.url, "m")))
    gwctl("apply", "--auto-approve")
    document = gwctl("destroy", "--format", "json", "--auto-approve").json
    changes = document["changes"]
    assert {(change["cause"], change["reason"]) for change in changes} == {(None, "gwctl destroy")}
    gwctl("apply", "--auto-approve")
    assert "- m  chat  (gwctl destroy)" in gwctl("destroy", "--auto-approve").out


def test_destroy_removes_all_but_what_is_protected(gwctl, server) -> None:
    server.lists("m")
    protected = f"  a: {{base_url: '{server.url}', protect: true}}\n"
    gwctl.write(file(protected, entry("b", server.url)))
    gwctl("apply", "--auto-approve")
    assert "protect: false" in gwctl("destroy", "--auto-approve", code=1).out
    gwctl.write(file(protected.replace("true", "false"), entry("b", server.url)))
    gwctl("apply", "--auto-approve")
    gwctl("destroy", "--auto-approve")
    assert gwctl.state["resources"] == []
    assert "Nothing to do" in gwctl("destroy", "--auto-approve").out


def test_moved_keeps_everything_under_the_new_name(gwctl, server) -> None:
    server.lists("m", "n")
    gwctl.write(file(entry("a", server.url, "m")))
    gwctl("apply", "--auto-approve")
    gwctl.write(file(entry("b", server.url, "m"), more="moved: [{from: endpoint.a, to: endpoint.b}]\n"))
    plan = gwctl("plan", "--format", "json").json
    assert {change["action"] for change in plan["changes"]} == {"update"}
    assert {change["moved_from"] for change in plan["changes"]} == {"endpoint.a", "model.a/m", "model.a/n"}
    gwctl("apply", "--auto-approve")
    assert gwctl.models() == ["model.b/m", "model.b/n"]
    assert "No changes" in gwctl("plan").out


def test_an_empty_file_never_deletes(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(file(entry("a", server.url)))
    gwctl("apply", "--auto-approve")
    before = gwctl.state_file.read_bytes()
    for text in ("", "# only a comment\n", "version: 1\nname: acme\nendpoints:\n", "version: 1\nname: acme\n"):
        gwctl.write(text)
        gwctl("apply", "--auto-approve", code=1)
    assert gwctl.state_file.read_bytes() == before
