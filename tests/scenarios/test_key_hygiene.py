"""A malformed key is named before it is sent, by every command that sends keys, and never shown."""

from __future__ import annotations

import pytest

LONG = "quokka7351zebra9fjord"
COMMANDS = (("plan", "-v"), ("test", "-v"), ("chat", "-v", "it/m", "hello"), ("apply", "--auto-approve", "-v"))


def gateway(url: str, more: str = "") -> str:
    return (
        f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{url}', key: {{env: CANARY}}, models: [m]{more}}}}}\n"
    )


def clean(text: str, value: str) -> None:
    assert not any(value[at : at + 6] in text for at in range(len(value) - 5))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("${ZEBRA_OF_MINE}", "is a reference that was not expanded"),
        (f"sk-{LONG} sk-{LONG[::-1]}", "is two keys pasted together"),
        ("your-api-key", "is a placeholder"),
        ("********", "is masked"),
    ],
)
def test_what_is_no_key_is_never_sent(gwctl, server, command, value: str, said: str) -> None:
    server.lists("m")
    gwctl.write(gateway(server.url))
    result = gwctl(*command, code=1, CANARY=value)
    output = result.out + result.err
    clean(output, value)
    assert "KEY_MALFORMED" in output
    assert f"The key from env CANARY {said}" in output
    assert "Nothing was sent" in output
    assert server.requests == []
    assert gwctl.state is None or gwctl.models() == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_what_looks_odd_is_sent_to_somebody_s_own_server_and_said(gwctl, server, command) -> None:
    """Two keys or quotes pasted are seen only as "connection error": untether#594."""
    server.lists("m")
    server.routes["/chat/completions"] = server.routes["/models"]
    gwctl.write(gateway(server.url))
    result = gwctl(*command, code=None, CANARY=f'"{LONG}"')
    output = result.out + result.err
    clean(output, LONG)
    assert "is in quotes" in output
    assert output.count("[KEY_MALFORMED]") == 1
    assert server.requests[0].headers["authorization"] == f'Bearer "{LONG}"'


def test_a_placeholder_for_an_optional_key_is_no_key(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(gateway(server.url, ", preset: litellm"))
    result = gwctl("plan", CANARY="changeme")
    assert "The key looks malformed (endpoint.it)" in result.out
    assert "is a placeholder: the key is not sent" in result.out
    assert "authorization" not in server.requests[0].headers


def test_space_around_a_key_is_a_note(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(gateway(server.url))
    out = gwctl("plan", CANARY=f" {LONG} ").out
    assert "The key from env CANARY has white space around it" in out
    assert server.requests[0].headers["authorization"] == f"Bearer {LONG}"


def test_another_vendor_s_key_is_not_sent_to_a_vendor(gwctl) -> None:
    gwctl.write("version: 1\nname: acme\nendpoints: {it: {preset: openai, models: [m], timeout: 1s}}\n")
    plan = gwctl("plan", "--format", "json", code=1, OPENAI_API_KEY=f"sk-ant-{LONG}").json
    assert plan["endpoints"][0]["status"] == "skipped"
    assert plan["endpoints"][0]["code"] == "KEY_MALFORMED"
    assert plan["changes"] == []
    assert "a key of Anthropic" in plan["diagnostics"][0]["detail"]
    assert "env OPENAI_API_KEY" in plan["diagnostics"][0]["detail"]


def header(url: str, scheme: str = ", scheme: Bearer") -> str:
    return (
        "version: 1\nname: acme\nendpoints: "
        f"{{it: {{base_url: '{url}', models: [m], headers: {{X-Team: {{env: CANARY{scheme}}}}}}}}}\n"
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
@pytest.mark.parametrize(
    ("value", "said"),
    [("${ZEBRA_OF_MINE}", "is a reference that was not expanded"), ("********", "is masked")],
)
def test_what_is_no_key_is_sent_in_no_header(gwctl, server, command, value: str, said: str) -> None:
    server.lists("m")
    gwctl.write(header(server.url, ""))
    output = (result := gwctl(*command, code=1, CANARY=value)).out + result.err
    clean(output, value)
    assert f"The key from env CANARY in the header X-Team {said}" in output
    assert server.requests == []


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_header_s_key_that_repeats_the_scheme_is_told(gwctl, server, command) -> None:
    server.lists("m")
    server.routes["/chat/completions"] = server.routes["/models"]
    gwctl.write(header(server.url))
    output = (result := gwctl(*command, code=None, CANARY=f"Bearer {LONG}")).out + result.err
    clean(output, LONG)
    assert "The key from env CANARY in the header X-Team starts with the scheme of the header" in output
    assert output.count("[KEY_MALFORMED]") == 1


def test_a_header_without_a_scheme_may_hold_any_text(gwctl, server) -> None:
    server.lists("m")
    gwctl.write(header(server.url, ""))
    result = gwctl("plan", "-v", CANARY=f"Bearer {LONG}")
    assert "KEY_MALFORMED" not in result.out + result.err
    assert server.requests[0].headers["x-team"] == f"Bearer {LONG}"
