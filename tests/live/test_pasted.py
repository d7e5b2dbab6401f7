"""Base URLs as they stand on web pages: the hint names the right one, and never /v1 where it is there."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.live.fault import Fault
from reconciler.live.outcome import unlisted
from reconciler.live.target import Target
from reconciler.presets.preset import Preset
from reconciler.resources.pasted import meant_url
from tests.live.one_endpoint import ask, target
from tests.support.scripted import Reply

MEANT = [
    ("http://0.0.0.0:4000", "openai", "http://localhost:4000"),
    ("http://0.0.0.0:4000/v1", "openai", "http://localhost:4000/v1"),
    ("http://0.0.0.0", "openai", "http://localhost"),
    ("http://[::]:4000", "openai", "http://localhost:4000"),
    ("http://0.0.0.0:11434/api", "ollama", "http://localhost:11434"),
    ("http://h:11434/api", "ollama", "http://h:11434"),
    ("http://h:11434/api/chat", "ollama", "http://h:11434"),
    ("http://h:11434/api/tags", "ollama", "http://h:11434"),
    ("http://h:11434/api/generate", "openai", "http://h:11434/v1"),
    ("https://h/ollama/api/tags", "ollama", "https://h/ollama"),
    ("https://acme.openai.azure.com", "openai", "https://acme.openai.azure.com/openai/v1"),
    ("https://acme.openai.azure.com/openai", "openai", "https://acme.openai.azure.com/openai/v1"),
    ("https://acme.openai.azure.com/openai/deployments/gpt-4o", "openai", "https://acme.openai.azure.com/openai/v1"),
    ("https://acme.services.ai.azure.com", "openai", "https://acme.services.ai.azure.com/openai/v1"),
    ("https://acme.openai.azure.com/openai/v1", "openai", None),
    ("http://h:4000/v1", "openai", None),
    ("http://h:4000", "openai", None),
    ("https://openai.azure.com.evil.example", "openai", None),
    ("https://h/apis", "openai", None),
]


@pytest.mark.parametrize(("pasted", "dialect", "meant"), MEANT)
def test_a_pasted_url_is_told_what_it_meant(pasted: str, dialect: str, meant: str | None) -> None:
    assert meant_url(pasted, dialect) == meant
    target = Target(
        name="it", base_url=pasted, preset=Preset(id="", dialect=dialect), headers=(), timeout=1.0, key=None
    )
    hint = unlisted(target, Fault("ENDPOINT_NOT_FOUND", "No list there.", "else"), pasted).hint
    assert f"`base_url: {meant}`" in hint if meant else hint == "else"
    assert meant is None or meant_url(meant, dialect) is None


def look(base_url: str, **more: Any) -> Any:
    return ask(target(base_url, key=None, preset=Preset(id="", key="optional", **more)))


def test_ollama_s_api_path_gets_the_right_url(server) -> None:
    server.lists("a", path="/api/tags")
    assert look(f"{server.url}/api", dialect="ollama").hint == f"write `base_url: {server.url}`"


@pytest.mark.parametrize("path", ["", "/v1", "/x/v1"])
def test_v1_is_never_advised_where_it_is_there(server, path: str) -> None:
    other = server.url + path.removesuffix("/v1") + ("" if path else "/v1")
    for reply in (Reply(status=404, body=b""), Reply(status=200, body="<html>", headers={"Content-Type": "text/html"})):
        for at in ("/models", "/v1/models", "/x/models", "/x/v1/models"):
            server.routes[at] = reply
        seen = look(server.url + path)
        assert f"gwctl also tried {other}" in seen.hint
        assert ("with /v1" in seen.hint) == (not path and reply.status == 404)


@pytest.mark.parametrize("location", ["/v1/models/", "{url}/v1/models/", "{url}/v1/models/?x=1"])
def test_a_list_that_is_only_at_a_slash_is_told(server, location: str) -> None:
    server.routes["/v1/models"] = Reply(status=307, body=b"", headers={"Location": location.format(url=server.url)})
    server.lists("a", path="/v1/models/")
    seen = look(f"{server.url}/v1")
    assert "`list_path: /models/`" in seen.hint
    assert look(f"{server.url}/v1", list_path="/models/").status == "listed"
    server.routes["/v1/models"] = Reply(
        status=307, body=b"", headers={"Location": "https://elsewhere.example/v1/models/"}
    )
    assert "list_path" not in look(f"{server.url}/v1").hint
