"""Every built-in preset is whole, and every dialect that one names is there."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from reconciler import safe_json
from reconciler.live.dialect import dialect_of
from reconciler.presets.dialects import DIALECTS
from reconciler.presets.load import index, key_prefixes, load, load_all, names, plain_headers, speaks, tenant_depths
from reconciler.presets.preset import Preset
from reconciler.resources.urls import is_loopback, normalise_base_url, origin

HERE = Path(__file__).parents[1]
PRESETS = load_all()
IDS = [preset.id for preset in PRESETS]

# The vendors and servers that a team meets in 2026; github-models was retired on 2026-07-30.
EXPECTED = {
    "openai",
    "anthropic",
    "gemini",
    "gemini-openai",
    "vertex",
    "azure-openai",
    "foundry",
    "openrouter",
    "groq",
    "mistral",
    "together",
    "fireworks",
    "deepseek",
    "xai",
    "perplexity",
    "cohere",
    "cerebras",
    "nvidia-nim",
    "huggingface",
    "cloudflare",
    "bedrock",
    "bedrock-catalog",
    "bedrock-converse",
    "bedrock-mantle",
    "ollama",
    "ollama-cloud",
    "lmstudio",
    "llama-cpp",
    "vllm",
    "sglang",
    "tgi",
    "tei",
    "localai",
    "jan",
    "litellm",
    "open-webui",
    "elevenlabs",
    "deepgram",
    "vercel-ai-gateway",
}


def test_all_vendors_are_there() -> None:
    assert sorted(EXPECTED) == names() == IDS
    assert load("github-models") is None


@pytest.mark.parametrize("preset", PRESETS, ids=IDS)
def test_a_preset_is_whole(preset: Preset) -> None:
    assert preset.name
    assert preset.description
    assert preset.dialect in DIALECTS
    assert preset.key in ("required", "optional", "none")
    assert preset.docs_url.startswith("https://")
    if preset.key != "none":
        assert preset.key_hint
    if preset.variable:
        assert re.fullmatch(r"[A-Z][A-Z0-9_]*", preset.variable)
    if "{" not in preset.base_url:
        assert normalise_base_url(preset.base_url) == preset.base_url
    assert preset.base_url.startswith("https://") or is_loopback(preset.base_url)


@pytest.mark.parametrize("preset", PRESETS, ids=IDS)
def test_what_a_preset_names_beside_its_base_url_it_declares(preset: Preset) -> None:
    """A key goes to the preset's own origin, or to one that its data names exactly."""
    for origin_named in preset.origins:
        assert origin(origin_named) == origin_named
        assert origin_named.startswith("https://")
    for path in (preset.list_path or "", preset.chat_path or "", preset.key_check, preset.details_path):
        if "://" in path:
            assert origin(path) in (*preset.origins, origin(preset.base_url))


@pytest.mark.parametrize("name", IDS)
def test_the_data_is_plain(name: str) -> None:
    """Only the fields of a preset, and text where text is meant: YAML's own readings of a bare word are a slip."""
    text = files("reconciler.presets").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    assert data.keys() <= {field.name for field in fields(Preset)} - {"id", "builtin"}
    for field, value in data.items():
        assert isinstance(value, bool if field in ("verified", "list_proves_key") else (str, dict, list, type(None)))


def test_every_dialect_has_its_module_and_every_module_its_preset() -> None:
    folder = files("reconciler.live.dialects")
    modules = {path.name.removesuffix(".py") for path in folder.iterdir() if path.name.endswith(".py")}
    assert modules - {"__init__"} == set(DIALECTS)
    assert all(dialect_of(name).list_path for name in DIALECTS)
    assert {preset.dialect for preset in PRESETS} <= set(DIALECTS)  # others are for presets of a gateway file


def test_verified_means_that_a_body_of_it_is_among_the_tests() -> None:
    recorded = {path.stem for path in (HERE / "payloads").glob("*.json")}
    other_names = {
        "gemini": "gemini-native",
        "bedrock-catalog": "bedrock-native",
        "ollama": "ollama-native",
        "litellm": "litellm-v1-models",
    }
    text = (HERE / "live" / "test_payloads.py").read_text()
    for preset in PRESETS:
        if preset.verified:
            assert other_names.get(preset.id, preset.id) in recorded or f'"{preset.id}"' in text, preset.id


def test_litellm_is_as_its_users_know_it() -> None:
    document = load("litellm")
    assert document is not None
    assert (document.base_url, document.key) == ("http://localhost:4000", "optional")
    assert document.description == "Single gateway for multiple model providers"
    assert document.key_hint == "Optional unless proxy requires auth"


def test_the_command_lists_them_all(gwctl) -> None:
    shown = gwctl("presets").out
    for preset in PRESETS:
        assert preset.id in shown
        if preset.base_url:
            assert preset.base_url in shown
    assert "not verified" in shown
    gwctl.write("version: 1\nname: acme\npresets: {ours: {base_url: 'https://llm.ours.example'}}\nendpoints: {}\n")
    assert "https://llm.ours.example" in gwctl("presets").out


@pytest.mark.parametrize("preset", load_all(), ids=lambda preset: preset.id)
def test_a_message_can_be_sent_through_every_api_of_a_preset(preset: Preset) -> None:
    dialect = dialect_of(preset.dialect)
    assert set(preset.speaks) <= dialect.apis.keys()
    assert speaks(preset.id, preset.dialect) == preset.speaks


@pytest.mark.parametrize(
    ("name", "dialect", "apis"),
    [
        ("litellm", "openai", ("chat", "responses", "messages")),
        ("openai", "openai", ("chat", "responses")),
        ("anthropic", "anthropic", ("messages",)),
        ("groq", "openai", ("chat",)),
        ("gemini", "gemini", ()),
        ("corp", "openai", ("chat",)),
        (None, "openai", ("chat",)),
    ],
)
def test_a_recorded_endpoint_speaks_what_its_preset_or_its_dialect_does(
    name: str | None, dialect: str, apis: tuple[str, ...]
) -> None:
    assert speaks(name, dialect) == apis


def test_the_index_has_what_the_presets_have() -> None:
    assert {"sk-ant-", "gsk_"} <= key_prefixes().keys()
    assert key_prefixes() == {
        prefix: each.name.partition(",")[0] for each in load_all() for prefix in each.key_prefixes
    }
    assert plain_headers() == {name.lower() for each in load_all() for name in (*each.plain_headers, *each.headers)}
    assert safe_json.loads(safe_json.dumps(index()))["tenant_depths"] == tenant_depths() != {}
