"""The remedy for a tool that can use no endpoint follows the cause."""

from __future__ import annotations

import pytest

from tests.scenarios.test_keychain import KEY, taking


def write(gwctl, url: str, fields: str = "preset: openai", clients: bool = True) -> None:
    """A gateway file with one endpoint, and a client that is also written without its tool."""
    named = "clients: {codex: {when_absent: write}}\n" if clients else ""
    endpoint = f"{{base_url: '{url}', key: {{env: CANARY}}, timeout: 2s, {fields}}}"
    gwctl.write(f"version: 1\nname: acme\nendpoints:\n  it: {endpoint}\n{named}")


def told(gwctl) -> tuple[str, str]:
    """Return the summary and the hint of the warning, in a plan that nobody has agreed to anything for."""
    diagnostics = gwctl("plan", "--format", "json", code=None).json["diagnostics"]
    (warning,) = (each for each in diagnostics if each["code"] == "CLIENT_NO_ENDPOINT")
    return warning["summary"], warning["hint"]


def test_a_server_that_rejects_requests_without_a_key_needs_a_key(gwctl, keychain, server) -> None:
    server.routes["/models"] = taking(KEY)
    write(gwctl, server.url, "preset: litellm")
    summary, hint = told(gwctl)
    assert summary.endswith("Codex can use no endpoint: no model of it is known (Invalid API key)")
    assert hint == "provide the key from env CANARY, or store a key: gwctl key set it"


@pytest.mark.parametrize("models", ["", ", models: [m]"])
def test_an_endpoint_without_its_key_needs_a_key(gwctl, keychain, server, models: str) -> None:
    server.routes["/models"] = taking(KEY)
    write(gwctl, server.url, f"preset: openai{models}", clients=False)
    gwctl("apply", "--auto-approve", "--allow-host", "it", CANARY=KEY)
    write(gwctl, server.url, f"preset: openai{models}")
    assert told(gwctl) == ("client.codex: Codex can use no endpoint: it is left out", "gwctl key set it")


def test_a_withheld_key_needs_a_consent(gwctl, keychain, server) -> None:
    write(gwctl, "https://llm.example/v1", "preset: openai, models: [m], discover: false")
    gwctl.environ["CANARY"] = KEY
    assert told(gwctl) == ("client.codex: Codex can use no endpoint: it is left out", "gwctl trust it")


def test_an_endpoint_with_another_api_needs_the_api(gwctl, server) -> None:
    server.lists("m")
    write(gwctl, server.url, "preset: litellm, apis: [chat]")
    summary, hint = told(gwctl)
    assert summary.endswith("no endpoint has the API `responses`")
    assert "add the API to `apis:`" in hint
    gwctl("apply", "--auto-approve")
    assert "add the API to `apis:`" in gwctl("export", "codex", code=1).err


def test_an_endpoint_without_a_fitting_model_shows_its_models(gwctl, server) -> None:
    server.lists("text-embedding-3-small")
    write(gwctl, server.url, "preset: litellm")
    gwctl("trust", "client.codex")
    summary, hint = told(gwctl)
    assert summary.endswith("it has no model for chat that this client selects")
    assert hint == "gwctl models it"
    gwctl("apply", "--auto-approve")
    failed = gwctl("export", "codex", code=1).err
    assert "The applied models of it do not fit." in failed
    assert "hint: gwctl models it" in failed
    assert "apis:" not in failed


def test_an_export_of_an_endpoint_that_is_not_applied_needs_an_apply(gwctl, server) -> None:
    server.lists("m")
    write(gwctl, server.url, "preset: litellm, apis: [chat]")
    gwctl("apply", "--auto-approve")
    gwctl.write(
        "version: 1\nname: acme\nendpoints:\n"
        f"  it: {{base_url: '{server.url}', key: {{env: CANARY}}, timeout: 2s, preset: litellm, apis: [chat]}}\n"
        f"  new: {{base_url: '{server.url}', preset: litellm}}\n"
    )
    failed = gwctl("export", "codex", code=1).err
    assert "hint: gwctl apply" in failed
    assert "apis:" not in failed
