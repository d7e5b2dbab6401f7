"""`tls`, `proxy` and header keys through the command: from the first test to a plan that is empty."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.process import free_port
from tests.support.scripted import Reply, ScriptedServer

HOST = "llm.corp.test"
KEY, TOKEN = "quokka-7351-zebra-fjord", "walrus-2048-gannet-scree"


def chats(server: ScriptedServer, *ids: str) -> ScriptedServer:
    """A server that lists these models and answers a message."""
    server.lists(*ids)
    answer = {"model": ids[0], "choices": [{"message": {"content": "hello"}}]}
    server.routes["/chat/completions"] = Reply(body=answer)
    return server


def gateway(url: str, *fields: str, models: str = "[gpt-4o]") -> str:
    lines = "".join(f"    {field}\n" for field in (f"base_url: '{url}'", f"models: {models}", "timeout: 5s", *fields))
    return f"version: 1\nname: acme\nendpoints:\n  it:\n{lines}"


def test_a_private_ca_a_client_certificate_and_a_proxy_together(gwctl, servers, forward, authority) -> None:
    """Relative paths, from another directory than the file's."""
    server = chats(servers(context=authority.server(wants_client=True)), "gpt-4o", "gpt-5")
    proxy, folder = forward(), gwctl.folder / "team"
    authority.client()
    (folder / "certs").mkdir(parents=True)
    for path in authority.ca_file.parent.iterdir():
        (folder / "certs" / path.name).write_bytes(path.read_bytes())
    files = "{ca_file: certs/corp-ca.pem, client_cert: certs/me.pem, client_key: certs/me.key}"
    fields = ("key: {env: CORP}", "headers: {X-Gateway-Token: {env: TEAM}}", f"tls: {files}", f"proxy: {proxy.url}")
    gwctl.write(gateway(f"https://{HOST}:{server.port}", *fields), "team/gateway.yaml")
    at, environ = ("-f", "team/gateway.yaml"), {"CORP": KEY, "TEAM": TOKEN}
    for command in (("test",), ("plan", "--detailed-exitcode")):
        result = gwctl(*command, *at, code=1, **environ)
        assert "client certificate certs/me.pem with certs/me.key" in result.out + result.err
    assert server.requests == []
    gwctl("trust", "it", *at)
    assert "connected, 2 models" in gwctl("test", *at, **environ).out
    gwctl("apply", "--auto-approve", *at, **environ)
    assert "No changes" in gwctl("plan", *at, **environ).out
    assert gwctl("chat", *at, "it/gpt-5", "hello", **environ).out.strip().endswith("hello")
    for request in server.requests:
        assert request.headers["authorization"] == f"Bearer {KEY}"
        assert request.headers["x-gateway-token"] == TOKEN
    recorded = json.loads((folder / ".gwctl" / "state.json").read_text())["resources"][0]["attributes"]
    assert recorded["tls"]["client_key"] == "certs/me.key"
    assert (recorded["proxy"], recorded["headers"]) == (proxy.url, {"X-Gateway-Token": {"env": "TEAM"}})


def test_files_that_are_not_there_are_no_fault_of_validate_and_one_endpoint_s_of_plan(
    gwctl, server, servers, authority
):
    server.lists("a")
    secure = servers(context=authority.server())
    text = gateway(secure.url, "tls: {ca_file: nowhere.pem}") + f"  other: {{base_url: '{server.url}'}}\n"
    gwctl.write(text)
    assert gwctl("validate").err == ""
    plan = gwctl("plan", "--format", "json").json
    assert [endpoint["status"] for endpoint in plan["endpoints"]] == ["unlisted", "listed"]
    diagnostics = [diagnostic for diagnostic in plan["diagnostics"] if diagnostic["address"] == "endpoint.it"]
    assert [diagnostic["code"] for diagnostic in diagnostics] == ["COULD_NOT_FETCH_MODELS"]
    assert "the CA file nowhere.pem does not exist" in diagnostics[0]["detail"]
    assert "tls.ca_file" in diagnostics[0]["hint"]
    tested = gwctl("test", "it", code=1)
    assert "nowhere.pem does not exist" in tested.out + tested.err


@pytest.mark.parametrize("name", ['"na\\0me"', '"~na\\0me/x"'])
@pytest.mark.parametrize(
    "field",
    [
        "tls: {{ca_file: {}}}",
        "tls: {{client_cert: {}}}",
        "tls: {{client_cert: me.pem, client_key: {}}}",
        "key: {{file: {}}}",
        "headers: {{X-Token: {{file: {}}}}}",
    ],
)
def test_a_name_that_no_file_can_have_is_said_of_its_endpoint_alone(gwctl, server, authority, field: str, name: str):
    server.lists("a")
    (gwctl.folder / "me.pem").write_bytes(authority.client()[0].read_bytes())
    text = gateway("https://127.0.0.1:1", field.format(name)) + f"  other: {{base_url: '{server.url}'}}\n"
    gwctl.write(text)
    assert gwctl("validate").err == ""
    gwctl("trust", "it")
    plan = gwctl("plan", "--format", "json", code=None).json
    assert [endpoint["status"] for endpoint in plan["endpoints"]][1] == "listed"
    diagnostics = [diagnostic for diagnostic in plan["diagnostics"] if diagnostic["address"] == "endpoint.it"]
    assert len(diagnostics) == 1
    shown = gwctl("plan", code=None)
    assert "na\\u0000me" in shown.out + shown.err
    assert "is not a file: the file name is not valid" in diagnostics[0]["detail"]


@pytest.mark.parametrize(
    ("field", "path"),
    [
        ("proxy: http://proxy.corp.test:3128", "proxy"),
        ("tls: {client_cert: me.pem}", "tls"),
        ("headers: {X-Team: {file: token}}", "headers"),
    ],
)
def test_a_change_is_an_update_and_taking_it_out_another(gwctl, field: str, path: str) -> None:
    bare = gateway(f"https://{HOST}:{free_port()}")
    (gwctl.folder / "token").write_text("t")
    gwctl.write(bare)
    gwctl("apply", "--auto-approve", "-q")
    for text in (bare + f"    {field}\n", bare):
        gwctl.write(text)
        gwctl("trust", "it")
        plan = gwctl("plan", "--format", "json").json
        changes = [(change["address"], change["action"], change["cause"]) for change in plan["changes"]]
        assert changes == [("endpoint.it", "update", "config")]
        assert plan["changes"][0]["diff"][0]["path"].startswith(path)
        gwctl("apply", "--auto-approve", "-q")
        assert "No changes" in gwctl("plan").out


def test_a_state_of_version_1_plans_empty_and_the_next_apply_writes_it_anew(gwctl, server) -> None:
    server.lists("gpt-4o")
    gwctl.write(gateway(server.url))
    gwctl("apply", "--auto-approve")
    old = gwctl.state
    old["version"] = 1
    for name in ("tls", "proxy"):
        del old["resources"][0]["attributes"][name]
    gwctl.state_file.write_text(json.dumps(old))
    assert "No changes" in gwctl("plan").out
    assert gwctl.state == old  # a plan writes nothing
    assert "Nothing to do" in gwctl("apply", "--auto-approve").out
    assert (gwctl.state["version"], gwctl.state["serial"]) == (5, old["serial"] + 1)
    assert [resource["address"] for resource in gwctl.state["resources"]] == [
        resource["address"] for resource in old["resources"]
    ]
    assert "No changes" in gwctl("plan").out
    data = gwctl.state_file.read_bytes()
    gwctl("apply", "--auto-approve")
    assert gwctl.state_file.read_bytes() == data  # nothing changed, so nothing was written


@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_header_without_its_key_blocks_only_its_endpoint_and_is_named(gwctl, server, value: str | None) -> None:
    server.lists("a")
    text = gateway(server.url, "headers: {X-Token: {env: TEAM}}") + f"  other: {{base_url: '{server.url}'}}\n"
    gwctl.write(text)
    environ = {} if value is None else {"TEAM": value}
    plan = gwctl("plan", "--format", "json", **environ).json
    assert [(endpoint["status"], endpoint["code"]) for endpoint in plan["endpoints"]] == [
        ("skipped", "MISSING_API_KEY"),
        ("listed", None),
    ]
    assert "header X-Token: the environment variable TEAM is not set" in str(plan["diagnostics"])
    assert "header X-Token" in gwctl("apply", "--auto-approve", code=1, **environ).out
    assert gwctl.models() == ["model.other/a"]
    assert len(server.requests) == 2  # of the other endpoint: one for each command


def test_a_header_s_key_that_cannot_be_read_is_an_error(gwctl, server) -> None:
    server.lists("a")
    gwctl.write(gateway(server.url, "headers: {X-Token: {file: nowhere}}"))
    assert "KEY_UNREADABLE" in gwctl("plan", "-v", code=1).out
    gwctl.write(gateway(server.url, "headers: {X-Token: {command: [echo, token]}}"))
    assert "--allow-commands" in gwctl("plan", code=1).out
    gwctl("plan", "--allow-commands")
    assert [request.headers["x-token"] for request in server.requests] == ["token"]


def test_a_header_takes_the_place_of_the_key(gwctl, server) -> None:
    server.lists("a")
    preset = "presets: {p: {key: required, variable: P_KEY}}\n"
    gwctl.write(gateway(server.url, "preset: p", "headers: {Authorization: {env: BASIC}}") + preset)
    gwctl("test", BASIC="Basic dTpw", P_KEY=KEY)
    assert server.requests[0].headers["authorization"] == "Basic dTpw"


def test_a_refused_header_is_named(gwctl, server) -> None:
    server.routes["/models"] = Reply(status=401, body={"error": "no"})
    gwctl.write(gateway(server.url, "headers: {X-Token: {env: TEAM}}"))
    diagnostics = str(gwctl("plan", "--format", "json", code=1, TEAM=TOKEN).json["diagnostics"])
    assert "INVALID_API_KEY" in diagnostics
    assert "the key in the header X-Token" in diagnostics


def test_a_changed_origin_gets_no_key_of_a_header(gwctl, servers) -> None:
    old, new = servers(), servers()
    for each in (old, new):
        each.lists("gpt-4o")
    for each in (old, new):
        gwctl.write(gateway(each.url, "headers: {X-Token: {env: TEAM}}"))
        plan = gwctl("plan", "--format", "json", TEAM=TOKEN).json
        if each is old:
            gwctl("apply", "--auto-approve", TEAM=TOKEN)
    assert plan["endpoints"][0]["code"] == "KEY_WITHHELD"
    assert new.requests == []
    gwctl("apply", "--auto-approve", code=1, TEAM=TOKEN)
    assert new.requests == []
    gwctl("plan", "--allow-host", "it", TEAM=TOKEN)
    assert new.requests[0].headers["x-token"] == TOKEN


def withheld(gwctl, text: str) -> bool:
    """Return whether a plan of that file sends no key."""
    gwctl.write(text)
    return gwctl("plan", "--format", "json", CORP=KEY, code=None).json["endpoints"][0]["code"] == "KEY_WITHHELD"


def test_a_proxy_that_could_read_along_gets_no_key_without_consent(gwctl, server, forward) -> None:
    """A file that somebody changed could otherwise name a proxy of theirs, where the key passes in the clear."""
    server.lists("gpt-4o")
    proxy = forward()
    fields = ("key: {env: CORP}", "insecure_http: true")
    bare = gateway(f"http://{HOST}:{server.port}", *fields)
    gwctl.write(bare)
    assert withheld(gwctl, bare)
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", "-q", CORP=KEY)
    assert withheld(gwctl, bare + f"    proxy: {proxy.url}\n")
    assert server.requests == []
    refused = gwctl("apply", code=1, CORP=KEY).out
    assert f"through the proxy {proxy.url}" in refused
    assert "--allow-host it" in refused
    gwctl("apply", "--auto-approve", "-q", code=1, CORP=KEY)
    assert server.requests == []
    gwctl("trust", "it")
    gwctl("apply", "--auto-approve", "-q", CORP=KEY)
    assert KEY in server.requests[0].headers["authorization"]
    assert not withheld(gwctl, bare + f"    proxy: {proxy.url}\n")
    assert not withheld(gwctl, bare)


def test_a_proxy_or_a_ca_of_the_file_is_somebody_new_and_going_without_is_nobody(gwctl, forward, authority) -> None:
    url, proxy = f"https://{HOST}:{free_port()}", forward()
    bare = gateway(url, "key: {env: CORP}")
    ca = f"    tls: {{ca_file: {json.dumps(str(authority.ca_file))}}}\n"
    gwctl.write(bare)
    gwctl("trust", "it")
    assert not withheld(gwctl, bare)
    for more in (ca + f"    proxy: {proxy.url}\n", f"    proxy: {proxy.url}\n", ca):
        assert withheld(gwctl, bare + more)
    gwctl.write(bare + ca + f"    proxy: {proxy.url}\n")
    gwctl("trust", "it")
    for more in (ca + f"    proxy: {proxy.url}\n", f"    proxy: {proxy.url}\n", ca, ""):
        assert not withheld(gwctl, bare + more)


def test_tls_words_reach_the_user(gwctl, servers, authority, tmp_path: Path) -> None:
    expired = servers(context=authority.server(days=-1))
    gwctl.write(gateway(expired.url, f"tls: {{ca_file: {json.dumps(str(authority.ca_file))}}}"))
    result = gwctl("test", code=1)
    assert "certificate has expired" in result.out + result.err
    answer = gwctl("chat", "it/gpt-4o", "hello", code=1)
    assert "certificate has expired" in answer.out + answer.err
