"""A typical plan: it deletes, creates and holds resources, and one endpoint is unreachable."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reconciler.address import Address
from reconciler.config.load import load
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.plan.inputs import Inputs
from reconciler.plan.resolve.scopes import divide
from reconciler.resources.observation import Listed, ListedModel, Observation, Unlisted, skipped
from reconciler.resources.purpose import purpose_of_id
from reconciler.resources.resource import Resource

_BEFORE = """
version: 1
name: acme-ai
endpoints:
  litellm:
    base_url: https://llm.acme.example
    key: {env: LITELLM_API_KEY}
    models: [gpt-4o-mini, {id: whisper-1, purpose: voice}]
  research:
    base_url: https://research.acme.example/v1
  laptop: {preset: ollama, models: ["llama3.2:latest"]}
  vllm: {base_url: "https://vllm.acme.example/v1", models: [qwen3-32b]}
defaults: {chat: litellm/gpt-4o-mini}
"""
_AFTER = """
version: 1
name: acme-ai
endpoints:
  litellm:
    base_url: https://llm.acme.example/v1
    key: {env: LITELLM_API_KEY}
    models: [gpt-4o-mini, {id: gpt-image-1, purpose: image}]
    discover: {exclude: ["*-preview"]}
  research:
    base_url: https://research.acme.example/v1
  vllm: {base_url: "https://vllm.acme.example/v1", models: [qwen3-32b, qwen3-embedding]}
  anthropic: {preset: anthropic, key: {env: ANTHROPIC_API_KEY}}
defaults: {chat: [litellm/gpt-4.1, litellm/gpt-4o-mini]}
removed: [{address: endpoint.laptop}]
"""
_LITELLM = ("gpt-4o-mini", "gpt-4o", "claude-sonnet-4", "text-embedding-3-small")
_RESEARCH = ("deepseek-r1", "deepseek-v3", "kimi-k2", "mixtral-8x22b", "glm-4.6")


def sample_plan(folder: Path) -> Plan:
    """Return the plan. Its gateway file is written into the folder, from which the plan's relative paths start."""
    recorded = _plan(folder, _BEFORE, _then(), {})
    state = {change.after.address: change.after for change in recorded.changes if change.after}
    plan = _plan(folder, _AFTER, _now(), state)
    return replace(plan, lineage="6f0c1c3e-5b1d-4f0e-9c52-0f6a1c7d2e11", serial=41)


def _plan(folder: Path, text: str, seen: dict[str, Observation], recorded: dict[Address, Resource]) -> Plan:
    path = folder / "gateway.yaml"
    path.write_text(text.lstrip(), encoding="utf-8")
    gateway = load([path], {}, {}).gateway
    assert gateway is not None
    gateway = replace(gateway, digest="sha256:33b9aa3ce047f1d2")
    return make_plan(
        Inputs(division=divide(gateway, "all", own=frozenset(), state=recorded, ledger={}), observations=seen)
    )


def _then() -> dict[str, Observation]:
    return {
        "litellm": _listed("llm", *_LITELLM, "whisper-1", "gpt-4o-preview", took=38),
        "research": _listed("research", *_RESEARCH, took=61),
        "laptop": _listed("laptop", "llama3.2:latest", "qwen2.5-coder:7b", took=4),
        "vllm": _listed("vllm", "qwen3-32b", took=12),
    }


def _now() -> dict[str, Observation]:
    new = (f"vendor/family-{number}b" for number in (4, 8, 14, 32))
    return {
        "litellm": _listed(
            "llm", "whisper-1", *_LITELLM[:2], "text-embedding-3-small", "claude-sonnet-4.5", "gpt-4.1", *new
        ),
        "research": _listed("research", *_RESEARCH[:2], took=58),
        "vllm": _away("https://vllm.acme.example"),
        "anthropic": skipped(
            "MISSING_API_KEY", "Missing API key", "env ANTHROPIC_API_KEY is not set", "export ANTHROPIC_API_KEY=…"
        ),
    }


def _away(origin: str) -> Observation:
    words = {"summary": "Could not fetch models", "detail": f"Connection refused by {origin}"}
    why = Unlisted("UNREACHABLE", words["detail"])
    hint = "check that the server is running on that port"
    return Observation(
        status="unlisted",
        catalog=why,
        code="UNREACHABLE",
        http_status=None,
        url=f"{origin}/v1/models",
        latency_ms=3,
        hint=hint,
        **words,
    )


def _listed(host: str, *ids: str, took: int = 43) -> Observation:
    models = tuple(ListedModel(each, *purpose_of_id(each)) for each in ids)
    return Observation(
        status="listed",
        catalog=Listed(models),
        code=None,
        http_status=200,
        url=f"https://{host}.acme.example/v1/models",
        latency_ms=took,
        key_sent=True,
    )
