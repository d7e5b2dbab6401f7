"""A secret moves from the page only where the name of its endpoint was typed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.local_page import Local, Script, contents, hidden
from tests.support.used import used

KEY = "the-key-of-a-team-4711"


@pytest.fixture
def pulled(gwctl, servers, starts: Callable[..., Local]) -> tuple[Script, object]:
    """Somebody whose file was pulled, and now sends a known key to another server as well."""
    first, second = servers(), servers()
    for server in (first, second):
        server.lists("gpt-4o")
    own = f"version: 1\nname: acme\nendpoints:\n  own: {{base_url: '{first.url}', key: {{env: TEAM_KEY}}}}\n"
    gwctl.write(own)
    gwctl("apply", "--auto-approve", TEAM_KEY=KEY)
    gwctl.write(f"{own}  new: {{base_url: '{second.url}', key: {{env: TEAM_KEY}}}}\n")
    script = Script(starts(TEAM_KEY=KEY))
    script.enter()
    return script, second


def test_no_page_sends_a_key_to_a_new_host(pulled) -> None:
    script, server = pulled
    for path in ("/", "/?live=1", "/plan", "/models", "/chat"):
        assert script.send("GET", path).status == 200
    script.send("POST", "/chat", {**script.form("/chat"), "model": "new/gpt-4o", "prompt": "hello"})
    script.send("POST", "/apply", script.form("/plan", 1))
    assert server.requests == []


def test_another_name_makes_no_binding(pulled, gwctl) -> None:
    script, server = pulled
    text = script.send("GET", "/plan").text
    assert f"endpoint.new, key: env TEAM_KEY → {server.url}" in text
    before = gwctl("trust", "list").out
    for typed in ("", "yes", "own", "NEW", "ne", "new x"):
        assert script.send("POST", "/agree", {**hidden(text), "typed": typed}).status == 422
    assert gwctl("trust", "list").out == before
    assert server.requests == []


def test_the_typed_name_makes_the_binding_that_was_shown(pulled, gwctl) -> None:
    script, server = pulled
    form = hidden(script.send("GET", "/plan").text)
    assert form["for"] == "new"
    assert script.send("POST", "/agree", {**form, "typed": "new"}).headers["location"] == "/plan"
    assert "gwctl ui" in gwctl("trust", "list").out
    script.send("GET", "/plan")
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"


def test_a_pair_that_was_not_shown_is_not_agreed_to(pulled, gwctl) -> None:
    """A variable that is not set has no pair in the question, and so none in the ledger."""
    script, server = pulled
    path = gwctl.folder / "gateway.yaml"
    before = f"base_url: '{server.url}', "
    path.write_text(path.read_text().replace(before, f"{before}headers: {{X-Other: {{env: OTHER_TOKEN}}}}, "))
    form = hidden(script.send("GET", "/plan").text)
    assert script.send("POST", "/agree", {**form, "typed": "new"}).headers["location"] == "/plan"
    listed = gwctl("trust", "list").out
    assert "gwctl ui" in listed and "OTHER_TOKEN" not in listed


def test_a_file_that_changed_after_the_question_makes_no_binding(pulled, gwctl, servers) -> None:
    script, server = pulled
    other = servers()
    form = hidden(script.send("GET", "/plan").text)
    path = gwctl.folder / "gateway.yaml"
    path.write_text(path.read_text().replace(server.url, other.url))
    before = gwctl("trust", "list").out
    assert script.send("POST", "/agree", {**form, "typed": "new"}).status == 409
    assert gwctl("trust", "list").out == before
    assert other.requests == [] and server.requests == []


def test_connect_sends_a_key_only_after_the_name_was_typed(gwctl, server, starts) -> None:
    server.lists("gpt-4o")
    gwctl.write("version: 1\nname: acme\nendpoints: {own: {base_url: 'http://localhost:9', models: [m]}}\n")
    script = Script(starts(LITELLM_API_KEY=KEY))
    script.enter()
    form = hidden(script.send("GET", "/connect").text)
    form = hidden(script.send("POST", "/connect", {**form, "preset": "litellm"}).text)
    form = hidden(script.send("POST", "/connect", {**form, "name": "new", "base_url": server.url}).text)
    before = contents(gwctl.folder)
    for typed in ("", "other", "litellm"):
        assert script.send("POST", "/connect", {**form, "source": "usual", "typed": typed}).status == 422
    assert server.requests == []
    reply = script.send("POST", "/connect", {**form, "source": "usual", "typed": "new"})
    assert "new has 1 model (1 chat)." in reply.text
    assert server.requests[-1].headers["authorization"] == f"Bearer {KEY}"
    assert contents(gwctl.folder) == before
    assert "gwctl ui" not in gwctl("trust", "list").out


def test_a_tool_is_configured_only_after_its_name_was_typed(gwctl, server, starts) -> None:
    server.lists("gpt-4o")
    gwctl.write(
        f"version: 1\nname: acme\nendpoints: {{it: {{base_url: '{server.url}'}}}}\nroles: {{chat: it/gpt-4o}}\n"
    )
    used(gwctl.folder.parent / "home" / ".codex")
    script = Script(starts())
    script.enter()
    form = script.form("/clients")
    before = contents(gwctl.folder.parent)
    for typed in ("", "claude-code", "CODEX"):
        assert script.send("POST", "/clients", {**form, "tool": "codex", "typed": typed}).status == 422
    assert script.send("POST", "/clients", {**form, "tool": "no-such-tool", "typed": "no-such-tool"}).status == 422
    assert contents(gwctl.folder.parent).keys() == before.keys()
    reply = script.send("POST", "/clients", {**form, "tool": "codex", "typed": "codex"})
    page = script.send("GET", reply.headers["location"])
    assert "client.codex" in page.text or "codex" in page.text
