"""Every recorded list, through a server that answers like its vendor, is read to the right IDs and purposes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.live.target import Target
from reconciler.presets.load import load
from reconciler.resources.observation import Listed
from tests.live import one_endpoint
from tests.support.scripted import Reply, Request

PAYLOADS = Path(__file__).parent.parent / "payloads"
EXPECTED = json.loads((Path(__file__).parent / "purposes.json").read_text(encoding="utf-8"))
REFUSALS = json.loads((PAYLOADS / "refusals.json").read_text(encoding="utf-8"))
PRESETS = {
    "gemini-native": "gemini",
    "bedrock-native": "bedrock-catalog",
    "ollama-native": "ollama",
    "ollama-openai": "vllm",
    "lmstudio-v0": "lmstudio",
    "litellm-v1-models": "litellm",
    "litellm-model-info": "litellm",
    "litellm-model-group-info": "litellm",
}
KEY = "canary-marker-0001"


def target(preset: str, url: str, key: str | None = KEY, **changes: Any) -> Target:
    document = load(preset)
    assert document
    return one_endpoint.target(url, key=key, preset=document, **changes)


def look(target: Target) -> Any:
    return one_endpoint.ask(target)


def payload(name: str) -> Any:
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_a_recorded_list_is_read(server, name: str) -> None:
    recorded = payload(name)
    if name == "cohere":
        recorded["body"].pop("next_page_token")
    preset = load(PRESETS.get(name, name))
    assert preset
    for path in _list_paths(preset.id):
        server.routes[path] = Reply(body=recorded["body"])
    server.routes["/auth/key"] = Reply(body={"data": {}})
    seen = look(target(preset.id, server.url))
    assert isinstance(seen.catalog, Listed), seen
    assert {model.id: model.purpose for model in seen.catalog.models} == EXPECTED[name]
    asked = server.requests[0].headers
    auth = preset.auth
    assert asked[auth.header.lower()] == (f"{auth.scheme} {KEY}" if auth.scheme else KEY)


def _list_paths(preset: str) -> tuple[str, ...]:
    known = {"anthropic": "/v1/models", "cohere": "/v1/models", "ollama": "/api/tags", "lmstudio": "/api/v0/models"}
    return (known.get(preset, "/models"), "/foundation-models")


PAGED: dict[str, tuple[str, list[tuple[str, Any]]]] = {
    "anthropic": (
        "/v1/models",
        [
            ("after_id", {"data": [{"id": "a"}], "has_more": True, "last_id": "a"}),
            ("a", {"data": [{"id": "b"}], "has_more": False, "last_id": "b"}),
        ],
    ),
    "gemini": (
        "/models",
        [
            ("pageToken", {"models": [{"name": "a"}], "nextPageToken": "two"}),
            ("two", {"models": [{"name": "b"}]}),
        ],
    ),
    "cohere": (
        "/v1/models",
        [
            ("page_token", {"models": [{"name": "a"}], "next_page_token": "two"}),
            ("two", {"models": [{"name": "b"}]}),
        ],
    ),
    "vertex": (
        "/v1beta1/publishers/google/models",
        [
            ("pageToken", {"publisherModels": [{"name": "a"}], "nextPageToken": "two"}),
            ("two", {"publisherModels": [{"name": "b"}]}),
        ],
    ),
}


@pytest.mark.parametrize("preset", sorted(PAGED))
def test_all_pages_are_read(server, preset: str) -> None:
    """Only the first page read: kongctl#2093."""
    path, ((parameter, first), (token, second)) = PAGED[preset]

    def answer(request: Request) -> Reply:
        asked = request.query.get(parameter)
        return Reply(body=second if asked == [token] else first)

    server.routes[path] = answer
    seen = look(target(preset, server.url))
    assert [model.id for model in seen.catalog.models] == ["a", "b"]


def test_cloudflare_counts_its_pages(server) -> None:
    def answer(request: Request) -> Reply:
        page = int(request.query.get("page", ["1"])[0])
        info = {"page": page, "per_page": 1, "total_count": 2}
        return Reply(body={"result": [{"id": "uuid", "name": f"@cf/m{page}"}], "result_info": info, "success": True})

    server.routes["/accounts/x/ai/models/search"] = answer
    seen = look(target("cloudflare", f"{server.url}/accounts/x/ai/v1"))
    assert [model.id for model in seen.catalog.models] == ["@cf/m1", "@cf/m2"]


@pytest.mark.parametrize("preset", sorted(PAGED))
def test_pages_in_a_circle_end(server, preset: str) -> None:
    path, ((_, first), _) = PAGED[preset]
    server.routes[path] = Reply(body=first)
    seen = look(target(preset, server.url))
    assert (seen.status, seen.code) == ("unlisted", "NONSTANDARD_LIST")
    assert len(server.requests) == 2


@pytest.mark.parametrize("preset", sorted(PAGED))
def test_a_second_page_that_fails_is_no_list(server, preset: str) -> None:
    path, ((_, first), _) = PAGED[preset]
    server.answers(Reply(body=first), Reply(status=500, body="boom"), path=path)
    assert look(target(preset, server.url)).code == "SERVER_ERROR"


def test_deepgram_and_elevenlabs(server) -> None:
    server.routes["/v1/models"] = Reply(
        body={"stt": [{"name": "x", "canonical_name": "nova-3"}] * 2, "tts": [{"canonical_name": "aura-asteria-en"}]}
    )
    result = {model.id: model.purpose for model in look(target("deepgram", server.url)).catalog.models}
    assert result == {"nova-3": "voice", "aura-asteria-en": "voice"}
    assert server.requests[0].headers["authorization"] == f"Token {KEY}"
    server.routes["/v1/models"] = Reply(body=[{"model_id": "eleven_v3", "can_do_text_to_speech": True}])
    assert look(target("elevenlabs", server.url)).catalog.models[0].id == "eleven_v3"


@pytest.mark.parametrize(
    ("body", "ids"),
    [
        ({"models": ["gpt-4", "gpt-3.5"]}, ["gpt-4", "gpt-3.5"]),
        ({"data": [{"identifier": "llama"}]}, ["llama"]),
        ({"models": [{"name": "x"}], "data": [{"id": "y"}]}, ["y"]),
        ([{"id": "root"}], ["root"]),
        ({"items": [{"model": "m"}]}, ["m"]),
        ({"data": [{"id": "a"}, {"id": "  "}, {"id": "a"}, {}, 7, None, {"id": 3}]}, ["a"]),
        ({"data": [{"id": "\ud800broken"}, {"id": "whole"}]}, ["whole"]),
    ],
)
def test_shapes_of_servers_that_are_nearly_openai_like(server, body: Any, ids: list[str]) -> None:
    server.routes["/models"] = Reply(body=body)
    assert [model.id for model in look(target("vllm", server.url)).catalog.models] == ids


@pytest.mark.parametrize(
    ("item", "purpose"),
    [
        ({"id": "x", "kind": "EMBEDDING_MODEL", "supports_chat": True}, "embedding"),
        ({"id": "mistral-embed", "capabilities": {"completion_chat": False, "vision": False}}, "embedding"),
        ({"id": "x", "architecture": {"output_modalities": ["image"]}}, "image"),
        ({"id": "x", "architecture": {"output_modalities": ["image", "text"]}}, "chat"),
        ({"id": "x", "type": "moderation"}, "other"),
        ({"id": "x", "task": {"name": "Automatic Speech Recognition"}}, "voice"),
        ({"id": "nomic-embed-text"}, "embedding"),
        ({"id": "bge-reranker-v2"}, "other"),
        ({"id": "attitude-tuned"}, "chat"),
    ],
)
def test_purposes(server, item: Any, purpose: str) -> None:
    """Embeddings offered for chat: litellm#4657."""
    server.routes["/models"] = Reply(body={"data": [item]})
    assert look(target("vllm", server.url)).catalog.models[0].purpose == purpose


@pytest.mark.parametrize("vendor", sorted(REFUSALS))
def test_every_recorded_refusal_is_recognised_and_not_repeated(server, vendor: str) -> None:
    refusal = REFUSALS[vendor]
    server.routes["/models"] = Reply(status=refusal["status"], body=refusal["body"])
    seen = look(target("vllm", server.url))
    assert (seen.code, seen.summary) == ("INVALID_API_KEY", "Invalid API key")
    assert seen.http_status == refusal["status"]
    assert "rejected" in seen.detail
    for words in ("api-keys", "subscription", "dashboard", "console.x.ai", "no_db"):
        assert words not in f"{seen.detail} {seen.hint} {seen.summary}"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"success": False, "errors": [{"code": 6003, "message": "Invalid request headers"}]}),
        (404, {"success": False, "errors": [{"code": 7003, "message": "Could not route"}]}),
        (403, {"success": False, "errors": [{"code": 10000, "message": "Authentication error"}]}),
    ],
)
def test_cloudflare_s_codes_are_refusals(server, status: int, body: Any) -> None:
    server.routes["/accounts/x/ai/models/search"] = Reply(status=status, body=body)
    assert look(target("cloudflare", f"{server.url}/accounts/x/ai/v1")).code == "INVALID_API_KEY"


def test_a_public_list_proves_no_key(server) -> None:
    server.lists("a")
    server.routes["/auth/key"] = Reply(status=401, body={"error": {"message": "nope"}})
    assert look(target("openrouter", server.url)).code == "INVALID_API_KEY"
    assert look(target("openrouter", server.url, key=None)).status == "listed"
