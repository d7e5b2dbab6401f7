"""The variables of a tool, as a table: endpoint, reach, model, key."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from reconciler.config.gateway import Discover, Endpoint
from reconciler.diagnostics import Source
from reconciler.presets.load import load, names
from reconciler.presets.preset import Preset
from reconciler.resources.urls import normalise_base_url
from reconciler.secrets.key import Key
from reconciler.secrets.reference import EnvReference, FileReference, KeyReference
from reconciler.tools.advice import advice
from reconciler.tools.environment import LeftOut, Stamp, ToolEnvironment, tool_environment
from reconciler.tools.families import ANTHROPIC, COPILOT, COPILOT_ANTHROPIC, GEMINI, OPENAI, families_of

OLLAMA_HOST = "http://localhost:11434"


def endpoint(preset: str, base_url: str = "", key: KeyReference | None = None) -> Endpoint:
    document = load(preset) if preset else Preset(id="", key="optional")
    assert document
    url = base_url or normalise_base_url(document.base_url)
    return Endpoint(
        name="it",
        base_url=url,
        preset=document,
        key=key,
        models=(),
        discover=Discover(),
        headers=(),
        timeout=10.0,
        source=Source("gateway.yaml"),
    )


def made(
    endpoint: Endpoint,
    reach: str | None = None,
    model: str | None = "m",
    key: Key | LeftOut | None = None,
    environ: Mapping[str, str] = {},
) -> ToolEnvironment:
    return tool_environment(endpoint, model, reach=reach, key=key, environ=environ, stamp=Stamp("acme-ai", bytes(16)))


@pytest.mark.parametrize(
    ("preset", "base_url", "reach", "expected"),
    [
        ("litellm", "", None, "http://localhost:4000/v1"),
        ("litellm", "", "", "http://localhost:4000"),
        ("litellm", "", "/v1", "http://localhost:4000/v1"),
        ("litellm", "https://llm.acme.example/team", None, "https://llm.acme.example/team"),
        ("litellm", "http://localhost:4000/v1", "-/v1", "http://localhost:4000"),
        ("", "http://localhost:8000", None, "http://localhost:8000/v1"),
        ("", "http://localhost:8000/v1", None, "http://localhost:8000/v1"),
        ("", "http://localhost:8000/v1", "", "http://localhost:8000/v1"),
        ("openai", "", None, "https://api.openai.com/v1"),
        ("groq", "", None, "https://api.groq.com/openai/v1"),
        ("perplexity", "", None, "https://api.perplexity.ai"),
        ("lmstudio", "", None, "http://localhost:1234/v1"),
        ("lmstudio", "", "", "http://localhost:1234/v1"),
        ("tei", "", None, "http://localhost:8080/v1"),
        ("gemini-openai", "", None, "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("ollama", "", None, f"{OLLAMA_HOST}/v1"),
        ("ollama", "", "", f"{OLLAMA_HOST}/v1"),
        ("ollama", f"{OLLAMA_HOST}/v1", None, f"{OLLAMA_HOST}/v1"),
        ("ollama", f"{OLLAMA_HOST}/v1", "-/v1", f"{OLLAMA_HOST}/v1"),
    ],
)
def test_the_openai_base_is_where_chat_lives(preset: str, base_url: str, reach: str | None, expected: str) -> None:
    values = made(endpoint(preset, base_url), reach).values
    assert (values["OPENAI_BASE_URL"], values["OPENAI_API_BASE"]) == (expected, expected)
    assert (values["OPENAI_MODEL"], values["GWCTL_MODEL"]) == ("m", "m")


@pytest.mark.parametrize(
    ("preset", "base_url", "reach", "name", "expected"),
    [
        ("anthropic", "", None, "ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
        ("anthropic", "https://a.example/v1", None, "ANTHROPIC_BASE_URL", "https://a.example"),
        ("anthropic", "https://a.example/v1", "-/v1", "ANTHROPIC_BASE_URL", "https://a.example"),
        ("litellm", "", "", "ANTHROPIC_BASE_URL", "http://localhost:4000"),
        ("litellm", "", "/v1", "ANTHROPIC_BASE_URL", "http://localhost:4000"),
        ("litellm", "https://llm.example/v1", "", "ANTHROPIC_BASE_URL", "https://llm.example"),
        ("gemini", "", None, "GOOGLE_GEMINI_BASE_URL", "https://generativelanguage.googleapis.com"),
        ("gemini", "https://g.example/team/v1", "", "GOOGLE_GEMINI_BASE_URL", "https://g.example/team"),
        ("ollama", "", None, "OLLAMA_HOST", OLLAMA_HOST),
        ("ollama", f"{OLLAMA_HOST}/v1", "-/v1", "OLLAMA_HOST", OLLAMA_HOST),
        ("ollama-cloud", "", None, "OLLAMA_HOST", "https://ollama.com"),
    ],
)
def test_other_protocols_have_a_base_of_their_own(
    preset: str, base_url: str, reach: str | None, name: str, expected: str
) -> None:
    values = made(endpoint(preset, base_url), reach).values
    assert values[name] == expected
    assert values["GWCTL_BASE_URL"] == (base_url or endpoint(preset).base_url)


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        ("", {"OPENAI_API_KEY", "COPILOT_PROVIDER_API_KEY"}),
        ("azure-openai", {"OPENAI_API_KEY", "COPILOT_PROVIDER_API_KEY"}),
        ("cloudflare", {"OPENAI_API_KEY", "COPILOT_PROVIDER_API_KEY"}),
        ("litellm", {"OPENAI_API_KEY", "ANTHROPIC_AUTH_TOKEN", "COPILOT_PROVIDER_API_KEY"}),
        ("anthropic", {"ANTHROPIC_API_KEY", "COPILOT_PROVIDER_API_KEY"}),
        ("gemini", {"GEMINI_API_KEY"}),
        ("ollama-cloud", {"OLLAMA_API_KEY", "OPENAI_API_KEY", "COPILOT_PROVIDER_API_KEY"}),
    ],
)
def test_the_key_is_where_tools_look_for_it_and_nowhere_else(preset: str, expected: set[str]) -> None:
    result = made(endpoint(preset, "https://it.example"), key=Key("secret"))
    assert {name for name, value in result.with_key().items() if value == "secret"} == expected == set(result.key_names)
    assert "secret" not in result.values.values()
    assert "secret" not in repr(result)


def test_what_is_another_endpoint_s_does_not_leak_in() -> None:
    others = {name: "another's" for family in (OPENAI, ANTHROPIC) for name in family.names}
    for key in (Key("secret"), LeftOut(), None):
        for model in ("m", None):
            result = made(endpoint("litellm"), model=model, key=key, environ=others | {"KEPT": "yes"})
            after = result.over(others | {"KEPT": "yes", "GWCTL_MODEL": "another's"})
            assert "another's" not in after.values()
            assert after["KEPT"] == "yes"


def test_variables_of_other_protocols_are_left_alone() -> None:
    others = dict.fromkeys((*ANTHROPIC.names, *GEMINI.names), "mine")
    result = made(endpoint("openai"), key=Key("secret"), environ=others)
    assert {name: result.over(others)[name] for name in others} == others


@pytest.mark.parametrize(
    ("preset", "environ", "stays"),
    [
        ("openai", {}, True),
        ("openai", {"OPENAI_BASE_URL": "https://api.openai.com/v1/"}, True),
        ("openai", {"OPENAI_BASE_URL": "https://llm.example/v1"}, False),
        ("openai", {"OPENAI_API_BASE": "https://llm.example/v1"}, False),
        ("openai", {"OPENAI_BASE_URL": "http://[::1"}, False),
        ("groq", {}, False),
        ("groq", {"OPENAI_BASE_URL": "https://api.groq.com/openai/v1"}, True),
    ],
)
def test_an_account_stays_only_where_it_belongs(preset: str, environ: dict[str, str], stays: bool) -> None:
    environ = environ | {"OPENAI_ORG_ID": "org", "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer x"}
    after = made(endpoint(preset), key=Key("secret"), environ=environ).over(environ)
    assert ("OPENAI_ORG_ID" in after) is stays
    assert "OPENAI_CUSTOM_HEADERS" not in after


@pytest.mark.parametrize(
    ("base_url", "environ", "expected"),
    [
        ("http://localhost:4000", {}, None),
        ("http://localhost:4000", {"HTTP_PROXY": "http://proxy:3128"}, "localhost"),
        ("http://127.0.0.1:4000", {"ALL_PROXY": "socks5://proxy", "NO_PROXY": ".corp"}, ".corp,127.0.0.1"),
        ("http://[::1]:4000", {"http_proxy": "http://proxy", "no_proxy": "a", "NO_PROXY": "b"}, "a,b,::1"),
        ("http://localhost:4000", {"http_proxy": "http://proxy", "no_proxy": "localhost"}, "localhost"),
        ("https://llm.example", {"HTTPS_PROXY": "http://proxy:3128"}, None),
    ],
)
def test_this_machine_is_not_reached_through_a_proxy(
    base_url: str, environ: dict[str, str], expected: str | None
) -> None:
    values = made(endpoint("litellm", base_url), environ=environ).values
    assert values.get("NO_PROXY") == values.get("no_proxy") == expected


def test_without_a_key_there_is_a_placeholder_where_tools_insist() -> None:
    assert made(endpoint("litellm")).values["OPENAI_API_KEY"] == "none"
    assert made(endpoint("litellm")).values["ANTHROPIC_AUTH_TOKEN"] == "none"
    assert "ANTHROPIC_API_KEY" in made(endpoint("litellm")).unset
    assert "OLLAMA_API_KEY" in made(endpoint("ollama")).unset


@pytest.mark.parametrize(
    ("reference", "stays"),
    [
        (EnvReference("OPENAI_API_KEY"), True),
        (EnvReference("OTHER"), False),
        (FileReference("key", "/key"), False),
        (None, False),
    ],
)
def test_a_key_that_is_left_out_stays_where_it_is_the_caller_s(reference: KeyReference | None, stays: bool) -> None:
    result = made(endpoint("openai", key=reference), model=None, key=LeftOut())
    assert ("OPENAI_API_KEY" not in result.unset) is stays
    assert result.key_names == ("OPENAI_API_KEY",)


def test_a_vendor_s_own_variable_is_for_its_own_host_only() -> None:
    own = made(endpoint("deepgram"), key=Key("secret"))
    assert own.with_key()["DEEPGRAM_API_KEY"] == "secret"
    assert families_of(endpoint("deepgram", "https://elsewhere.example")) == ()
    assert families_of(endpoint("vertex", "https://eu-aiplatform.googleapis.com")) == ()


@pytest.mark.parametrize("preset", names())
def test_every_preset_has_names_or_is_refused(preset: str) -> None:
    document = load(preset)
    assert document
    families = families_of(
        endpoint(preset, document.base_url.format(region="eu", account="a", resource="r", project="p"))
    )
    assert families or document.dialect in ("bedrock", "vertex")


def test_a_chat_path_elsewhere_does_not_move_the_base() -> None:
    for path in ("https://evil.example/chat/completions", "/other/call"):
        preset = Preset(id="mine", chat_path=path, key="optional")
        endpoint = Endpoint(
            name="it",
            base_url="https://it.example/v1",
            preset=preset,
            key=None,
            models=(),
            discover=Discover(),
            headers=(),
            timeout=1.0,
            source=Source("f"),
        )
        assert made(endpoint).values["OPENAI_BASE_URL"] == "https://it.example/v1"


@pytest.mark.parametrize("tier", ["HAIKU", "SONNET", "OPUS", "FABLE", "NEXT5"])
@pytest.mark.parametrize("ending", ["", "_NAME", "_DESCRIPTION", "_SUPPORTED_CAPABILITIES"])
def test_every_tier_of_a_vendor_s_models_stays_with_that_vendor(tier: str, ending: str) -> None:
    environ = {f"ANTHROPIC_DEFAULT_{tier}_MODEL{ending}": "claude-of-my-own", "CLAUDE_CODE_USE_FOUNDRY": "1"}
    assert not environ.items() & made(endpoint("litellm"), environ=environ).over(environ).items()
    own = made(endpoint("anthropic"), environ=environ).over(environ)
    assert "claude-of-my-own" in own.values()
    assert "CLAUDE_CODE_USE_FOUNDRY" not in own


def test_copilot_is_told_of_a_model_or_of_nothing() -> None:
    stray = {"COPILOT_PROVIDER_WIRE_API": "responses", "COPILOT_PROVIDER_API_KEY": "another's"}
    text = made(endpoint("litellm"), key=Key("secret"), environ=stray).over(stray)
    assert text["COPILOT_PROVIDER_BASE_URL"] == "http://localhost:4000/v1"
    assert (text["COPILOT_PROVIDER_TYPE"], text["COPILOT_MODEL"]) == ("openai", "m")
    assert text["COPILOT_PROVIDER_API_KEY"] == "secret"
    assert "COPILOT_PROVIDER_WIRE_API" not in text
    assert made(endpoint("anthropic")).values["COPILOT_PROVIDER_TYPE"] == "anthropic"
    untold = made(endpoint("litellm"), model=None, key=Key("secret"), environ=stray).over(stray)
    assert not [name for name in untold if name.startswith("COPILOT")]


@pytest.mark.parametrize(
    ("words", "model", "told"),
    [
        (["gemini", "-p", "Hello"], "m", "selectedType"),
        (["/usr/bin/gemini"], None, "selectedType"),
        (["llm", "Hello"], "team-model", "extra-openai-models.yaml"),
        (["llm", "Hello"], "gpt-4o-mini", ""),
        (["llm", "Hello"], None, ""),
        (["claude"], "m", ""),
    ],
)
def test_what_no_variable_can_say_is_said(words: list[str], model: str | None, told: str) -> None:
    diagnostics = list(advice(words, model))
    assert (told in diagnostics[0].hint) if told else not diagnostics


def test_the_names_are_in_the_documents() -> None:
    text = (Path(__file__).parents[2] / "docs" / "using" / "tools.md").read_text(encoding="utf-8")
    for family in (OPENAI, ANTHROPIC, GEMINI, COPILOT, COPILOT_ANTHROPIC):
        for name in family.names:
            assert f"`{name}`" in text, name


@pytest.mark.parametrize(
    ("reference", "name"), [(EnvReference("MINE"), "MINE"), (FileReference("key", "/key"), "GWCTL_KEY_IT")]
)
def test_the_key_is_also_in_the_variable_that_the_file_of_a_tool_names(reference: KeyReference, name: str) -> None:
    result = made(endpoint("openai", key=reference), key=Key("secret"))
    assert result.with_key()[name] == "secret"
    assert name not in made(endpoint("openai", key=reference), key=LeftOut()).with_key()
