"""Limits, capabilities and APIs in recorded lists, and in hostile ones."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.live.lists.ask_details import MOST_ASKED
from reconciler.live.lists.details import details_of
from reconciler.presets.load import load
from reconciler.resources.attributes import MOST_TOKENS, NO_DETAILS, ModelDetails
from reconciler.resources.observation import Listed, Observation
from tests.live import one_endpoint
from tests.support.scripted import Reply

PAYLOADS = Path(__file__).parent.parent / "payloads"
TOOLS, SEES, THINKS = "tools", "vision", "reasoning"
# (preset, recorded list, path, ID): its details, as the vendor's own list has them.
EXPECTED: dict[tuple[str, str, str, str], ModelDetails] = {
    ("litellm", "litellm-v1-models", "/models", "gpt-x"): ModelDetails(context=128000, output=16384),
    ("litellm", "litellm-v1-models", "/models", "custom-chat"): NO_DETAILS,
    ("litellm", "litellm-model-info", "/models", "gpt-x"): ModelDetails(
        context=128000, output=16384, capabilities=(TOOLS, SEES)
    ),
    ("litellm", "litellm-model-group-info", "/models", "gpt-x"): ModelDetails(
        context=128000, output=16384, capabilities=(TOOLS, SEES)
    ),
    ("litellm", "litellm-model-group-info", "/models", "custom-chat"): NO_DETAILS,
    ("openrouter", "openrouter", "/models", "qwen/qwen3-max-thinking"): ModelDetails(
        context=262144, output=32768, capabilities=(TOOLS, THINKS)
    ),
    ("vllm", "vllm", "/models", "qwen3-next-nvfp4"): ModelDetails(context=65536),
    ("groq", "groq", "/models", "qwen/qwen3-32b"): ModelDetails(context=131072, output=40960),
    ("gemini", "gemini-native", "/models", "models/gemini-2.5-flash"): ModelDetails(
        context=1048576, output=65536, capabilities=(THINKS,)
    ),
    ("lmstudio", "lmstudio-v0", "/api/v0/models", "qwen2-vl-7b-instruct"): ModelDetails(
        context=32768, capabilities=(SEES,)
    ),
    ("lmstudio", "lmstudio-v0", "/api/v0/models", "meta-llama-3.1-8b-instruct"): ModelDetails(context=131072),
    ("cohere", "cohere", "/v1/models", "command-a-03-2025"): ModelDetails(context=256000, capabilities=(TOOLS, SEES)),
    ("together", "together", "/models", "Austism/chronos-hermes-13b"): ModelDetails(context=2048),
    ("openai", "openai", "/models", "gpt-4o"): NO_DETAILS,
}
# Entries in the shape that a vendor documents, of which no recorded list is at hand.
DOCUMENTED: dict[str, tuple[str, str, dict[str, Any], ModelDetails]] = {
    "docs.anthropic.com/en/api/models-list": (
        "anthropic",
        "/v1/models",
        {
            "data": [
                {
                    "id": "m",
                    "max_input_tokens": 1000000,
                    "max_tokens": 128000,
                    "capabilities": {"image_input": {"supported": True}, "thinking": {"supported": False}},
                }
            ]
        },
        ModelDetails(context=1000000, output=128000, capabilities=(TOOLS, SEES)),
    ),
    "docs.mistral.ai/api": (
        "mistral",
        "/models",
        {
            "data": [
                {
                    "id": "m",
                    "max_context_length": 131072,
                    "capabilities": {"completion_chat": True, "function_calling": True, "vision": False},
                }
            ]
        },
        ModelDetails(context=131072, capabilities=(TOOLS,)),
    ),
    "github.com/ollama/ollama, docs/api.md": (
        "ollama",
        "/api/tags",
        {"models": [{"model": "m", "capabilities": ["completion", "tools", "thinking"]}]},
        ModelDetails(capabilities=(TOOLS, THINKS)),
    ),
    "docs.sglang.ai": ("sglang", "/models", {"data": [{"id": "m", "max_model_len": 8192}]}, ModelDetails(context=8192)),
}


def look(server: Any, preset: str, path: str, body: Any) -> Observation:
    document = load(preset)
    assert document
    server.routes[path] = Reply(body=body)
    server.routes["/auth/key"] = Reply(body={"data": {}})
    return one_endpoint.ask(one_endpoint.target(server.url, preset=document))


def details_by_id(seen: Observation) -> dict[str, ModelDetails | None]:
    assert isinstance(seen.catalog, Listed), seen
    return {model.id: model.details for model in seen.catalog.models}


@pytest.mark.parametrize("case", EXPECTED, ids=lambda case: f"{case[1]}: {case[3]}")
def test_the_details_of_a_recorded_list_are_read(server, case: tuple[str, str, str, str]) -> None:
    preset, payload, path, model_id = case
    body = json.loads((PAYLOADS / f"{payload}.json").read_text(encoding="utf-8"))["body"]
    if isinstance(body, dict):
        body.pop("next_page_token", None)
    seen = look(server, preset, path, body)
    assert details_by_id(seen)[model_id] == EXPECTED[case]
    assert seen.diagnostics == ()


@pytest.mark.parametrize("page", DOCUMENTED)
def test_the_details_of_a_documented_entry_are_read(server, page: str) -> None:
    preset, path, body, expected = DOCUMENTED[page]
    assert details_by_id(look(server, preset, path, body)) == {"m": expected}


HOSTILE = [-1, -1.5, 0.5, 128000.5, 2**53 + 1, 1e300, "128000", "128k", "", True, False, [], [1], {}, {"x": 1}]


@pytest.mark.parametrize("value", HOSTILE, ids=repr)
@pytest.mark.parametrize("name", ["max_input_tokens", "max_output_tokens"])
def test_a_limit_that_is_no_number_of_tokens_is_ignored_and_said(server, name: str, value: Any) -> None:
    seen = look(server, "litellm", "/models", {"data": [{"id": "odd", name: value}, {"id": "fine", name: 8192}]})
    fine = {"max_input_tokens": "context", "max_output_tokens": "output"}[name]
    assert details_by_id(seen) == {"odd": NO_DETAILS, "fine": ModelDetails(**{fine: 8192})}
    assert [(each.code, each.severity) for each in seen.diagnostics] == [("LIMITS_IGNORED", "note")]
    assert "1 entry with a limit" in seen.diagnostics[0].summary


@pytest.mark.parametrize("text", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_limit_that_is_no_number_at_all_is_ignored(server, text: str) -> None:
    body = '{"data": [{"id": "m", "max_model_len": ' + text + "}]}"
    assert details_by_id(look(server, "vllm", "/models", body)) == {"m": NO_DETAILS}


@pytest.mark.parametrize("value", [None, 0, 0.0])
def test_a_limit_that_is_not_known_needs_no_note(server, value: Any) -> None:
    seen = look(server, "litellm", "/models", {"data": [{"id": "m", "max_input_tokens": value}]})
    assert (details_by_id(seen), seen.diagnostics) == ({"m": NO_DETAILS}, ())


@pytest.mark.parametrize("value", [1, 8192.0, MOST_TOKENS])
def test_every_number_of_tokens_counts(value: Any) -> None:
    assert details_of({"context_length": value}).details.context == value


def test_a_usable_limit_counts_whatever_stands_in_another_field() -> None:
    entry = {"max_input_tokens": "many", "context_length": 8192, "model_info": {"max_input_tokens": -1}}
    assert details_of(entry) == (ModelDetails(context=8192), False)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [
    "max_input_tokens",
    "max_output_tokens",
    "context_length",
    "model_info",
    "top_provider",
    "meta",
    "capabilities",
    "supported_parameters",
    "features",
    "architecture",
    "input_modalities",
    "type",
    "supported_endpoints",
    "supports_vision",
]


@given(st.dictionaries(st.sampled_from(FIELDS), anything))
def test_whatever_an_entry_holds_its_details_can_be_recorded(entry: dict[str, Any]) -> None:
    details = details_of(entry).details
    for limit in (details.context, details.output):
        assert limit is None or (type(limit) is int and 1 <= limit <= MOST_TOKENS)


def test_two_entries_of_one_model_complete_each_other(server) -> None:
    body = {"data": [{"id": "m", "max_input_tokens": 9}, {"id": "m", "max_input_tokens": 8, "max_output_tokens": 7}]}
    assert details_by_id(look(server, "litellm", "/models", body)) == {"m": ModelDetails(context=9, output=7)}


SECOND = {"model_name": "gpt-x", "model_info": {"max_input_tokens": 9, "supports_function_calling": True}}


def test_litellms_second_list_has_the_capabilities_and_limits_that_the_list_has_not(server) -> None:
    """docs.litellm.ai/docs/proxy/model_management: /model/info. The list itself wins, and names the models."""
    other = {"model_name": "not-listed", "model_info": {"supports_vision": True}}
    seeing = {"model_name": "old", "model_info": {"supports_vision": True, "max_output_tokens": 7, "mode": "embedding"}}
    server.routes["/model/info"] = Reply(body={"data": [SECOND, other, seeing]})
    body = {"data": [{"id": "gpt-x", "max_input_tokens": 128000}, {"id": "old"}, {"id": "unknown"}]}
    seen = look(server, "litellm", "/models", body)
    assert details_by_id(seen) == {
        "gpt-x": ModelDetails(context=128000, capabilities=(TOOLS,)),
        "old": ModelDetails(output=7, capabilities=(SEES,)),
        "unknown": NO_DETAILS,
    }
    assert isinstance(seen.catalog, Listed)
    assert {model.purpose for model in seen.catalog.models} == {"chat"}, "a purpose does not come from the second list"


def test_litellms_second_list_is_beside_the_list_that_was_found(server) -> None:
    server.routes["/v1/models"] = Reply(body={"data": [{"id": "gpt-x"}]})
    server.routes["/v1/model/info"] = Reply(body={"data": [SECOND]})
    assert details_by_id(look(server, "litellm", "/nothing", {})) == {
        "gpt-x": ModelDetails(context=9, capabilities=(TOOLS,))
    }


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=401, body={"error": {"message": "Authentication Error, invalid proxy key", "code": "401"}}),
        Reply(status=404),
        Reply(status=503),
        Reply(body="<html>"),
        Reply(body={"data": None}),
        Reply(body={"data": [{"model_name": one_endpoint.KEY}]}),
        Reply(body={"error": "no database"}),
        Reply(raw=b"no answer at all"),
        Reply(body="x" * (33 * 1024 * 1024)),
    ],
    ids=lambda reply: f"{reply.status}-{str(reply.body)[:12]}",
)
def test_a_failed_second_list_is_no_failure_of_the_list(server, reply: Reply) -> None:
    server.routes["/model/info"] = reply
    seen = look(server, "litellm", "/models", {"data": [{"id": "m", "max_input_tokens": 8192}]})
    assert (seen.status, seen.code, seen.diagnostics) == ("listed", None, ())
    assert details_by_id(seen) == {"m": ModelDetails(context=8192)}
    assert len(server.asked("/model/info")) == 1


def test_a_second_list_that_never_comes_does_not_cost_the_list(server) -> None:
    server.routes["/models"] = Reply(body={"data": [{"id": "m"}]})
    server.routes["/model/info"] = Reply(silent=True)
    seen = one_endpoint.ask(one_endpoint.target(server.url, preset=load("litellm"), timeout=2.0))
    assert (seen.status, details_by_id(seen)) == ("listed", {"m": NO_DETAILS})


def test_a_server_without_a_list_is_not_asked_for_a_second(server) -> None:
    look(server, "litellm", "/models", {"data": []})
    assert server.asked("/model/info") == []


SHOWN = {
    "model_info": {"general.architecture": "qwen3", "qwen3.context_length": 40960, "qwen3.embedding_length": 5120},
    "capabilities": ["completion", "tools"],
}


def test_ollama_is_asked_for_each_model(server) -> None:
    """github.com/ollama/ollama, docs/api.md: /api/show."""
    server.routes["/api/show"] = Reply(body=SHOWN)
    seen = look(server, "ollama", "/api/tags", {"models": [{"model": "a"}, {"model": "b"}]})
    assert details_by_id(seen) == dict.fromkeys("ab", ModelDetails(context=40960, capabilities=(TOOLS,)))
    assert sorted(json.loads(each.body)["model"] for each in server.asked("/api/show")) == ["a", "b"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=404, body={"error": "model not found"}),
        Reply(status=500),
        Reply(body="<html>"),
        Reply(body=[1]),
        Reply(body={"model_info": {"general.architecture": 7, "7.context_length": -1}, "capabilities": "x"}),
    ],
)
def test_a_failed_request_for_details_costs_only_the_details(server, reply: Reply) -> None:
    server.routes["/api/show"] = reply
    seen = look(server, "ollama", "/api/tags", {"models": [{"model": "a", "capabilities": ["vision"]}]})
    assert details_by_id(seen) == {"a": ModelDetails(capabilities=(SEES,))}
    assert seen.code is None


def test_a_long_list_is_asked_about_in_part(server) -> None:
    server.routes["/api/show"] = Reply(body=SHOWN)
    models = [{"model": f"m{number:03}"} for number in range(MOST_ASKED + 20)]
    details = details_by_id(look(server, "ollama", "/api/tags", {"models": models}))
    assert len(server.asked("/api/show")) == MOST_ASKED
    assert [model_id for model_id, known in details.items() if known == NO_DETAILS] == [
        f"m{number:03}" for number in range(MOST_ASKED, MOST_ASKED + 20)
    ]


def test_a_server_that_never_answers_for_a_model_does_not_cost_the_list(server) -> None:
    document = load("ollama")
    assert document
    server.routes["/api/tags"] = Reply(body={"models": [{"model": "a"}]})
    server.routes["/api/show"] = Reply(silent=True)
    seen = one_endpoint.ask(one_endpoint.target(server.url, preset=document, timeout=2.0))
    assert (seen.status, details_by_id(seen)) == ("listed", {"a": NO_DETAILS})
