"""The texts of a gateway file that are credentials: by a header's name, by the look of a value."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.config.checks.literals import known
from reconciler.secrets.literal import is_credential_name, looks_random, why_credential, why_header

PAYLOADS = Path(__file__).parents[1] / "payloads"
# Put together here, so that no scanner takes this file for a leak.
DRAWN = "0123456789abcdef" * 2
SIGNED = ".".join(("eyJ" + "hbGciOiJIUzI1", "eyJ" + "zdWIiOiIx", "c2ln"))

CREDENTIAL_NAMES = [
    "Ocp-Apim-Subscription-Key",
    "X-Team-Auth",
    "Helicone-Auth",
    "X-Api-Key",
    "x_api_key",
    "XApiKey",
    "APIKEY",
    "xapikey",
    "api.key",
    "accessToken",
    "X-Access-Token",
    "X-Auth-Token-2",
    "PRIVATE-TOKEN",
    "X-Client-Secret",
    "SECRET",
    "Authentication",
    "Proxy-Authorization",
    "X-Credential",
    "X-Amz-Credential",
    "Credentials",
    "subscriptionkey",
    "X-User-Password",
    "X-Pwd",
    "X-Session",
    "X-Session-Id",
    "Cookie",
    "Set-Cookie",
    "Cookie2",
    "X-Signature",
    "X-Hub-Signature-256",
    "X-Sig",
    "X-Jwt",
    "X-Csrf-Token",
    "X-Api-Key-Id",
    "X-Functions-Key",
]
OTHER_NAMES = [
    "X-Team",
    "X-Cost-Centre",
    "User-Agent",
    "X-Keyboard",
    "X-Monkey",
    "X-Auth-Request-Email",
    "X-Token-Limit",
    "X-Author",
    "X-Design",
    "X-Tokenizer",
    "Accept",
]


@pytest.mark.parametrize("name", CREDENTIAL_NAMES)
def test_a_name_says_that_it_carries_a_credential_whatever_its_case(name: str) -> None:
    """ruby-openai#279: a gateway's own header for its key."""
    for each in (name, name.lower(), name.upper(), name.replace("-", "_")):
        assert why_header(each, "v", known()), each


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_names_say_nothing(name: str) -> None:
    assert not is_credential_name(name)


CREDENTIALS = [
    "Bearer abc",
    "bearer  x",
    "a Bearer abc",
    "Authorization: Bearer abc",
    "Basic dXNlcjpwYXNz",
    "Token 12345678ab",
    "ApiKey abcd1234efgh",
    "key=abcdefg12345",
    "sk-" + "abcdefgh1234",
    "sk-" + "ant-" + "quokka-zebra",
    "ghp_" + "a1" * 18,
    "AIza" + "Sy" * 17,
    "xai-" + "aB3" * 16,
    SIGNED,
    "https://u:p@h.example/",
    "https://token@h.example/",
    "https://h.example/?api_key=v",
    "-----BEGIN " + "PRIVATE KEY-----",
]


@pytest.mark.parametrize("text", CREDENTIALS)
def test_a_value_is_a_credential_under_any_name(text: str) -> None:
    assert why_credential(text, known())
    assert why_header("X-Team", text, known())
    assert why_header("OpenAI-Organization", text, known())


HARMLESS = [
    "platform",
    "rhine-bank",
    "quokka-7351-zebra-fjord",
    "123e4567-e89b-12d3-a456-426614174000",
    "2026-11-26T10:15:00Z",
    "v2.3.1-rc.1+build5",
    "https://acme.example/a/b?x=1",
    "claude-3-5-sonnet-20241022",
    "anthropic.claude-3-5-sonnet-20241022-v2:0",
    "DeepSeek-R1-Distill-Qwen-32B-GGUF-Q4_K_M",
    "Qwen/Qwen2.5-VL-72B-Instruct-AWQ",
    "pplx-70b-online",
    "xai-grok-4-fast-reasoning",
    "Basic support",
    "token bucket",
    "projects/my-proj-123456/locations/us-central1",
    "gateway-7d9f8b6c5d-x2k4j",
    "application/json; charset=utf-8",
    '{"team": "platform", "user": 12345}',
    "PlatformEngineeringTeamEurope",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_people_write_into_headers_passes(text: str) -> None:
    assert why_header("X-Team", text, known()) == ""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OpenAI-Organization", "org-" + "AbC123xYz456" * 2),
        ("openai-project", "proj_" + "AbC123xYz456" * 2),
        ("anthropic-version", "2023-06-01"),
        ("Anthropic-Beta", "prompt-caching-2024-07-31"),
        ("HTTP-Referer", "https://acme.example"),
        ("X-Title", "Acme AI"),
        ("X-Max-Tokens", "4096"),
    ],
)
def test_headers_that_presets_know_pass(name: str, value: str) -> None:
    assert why_header(name, value, known()) == ""


def test_a_word_that_was_drawn_is_known() -> None:
    drawn = [secrets.token_urlsafe(32) for _ in range(200)] + [secrets.token_hex(16) for _ in range(200)]
    assert sum(map(looks_random, drawn)) >= 390
    assert why_header("X-Team", DRAWN, known())


def test_no_model_of_a_recorded_list_is_a_credential() -> None:
    ids = {each for path in PAYLOADS.glob("*.json") for each in ids_in(json.loads(path.read_text(encoding="utf-8")))}
    assert len(ids) > 100
    assert [each for each in ids if why_credential(each, known())] == []
    assert [each for each in ids if looks_random(each) and len(each) != 64] == []  # these are digests


def ids_in(document: Any) -> list[str]:
    if isinstance(document, list):
        return [each for part in document for each in ids_in(part)]
    if not isinstance(document, dict):
        return []
    named = [each for key, each in document.items() if key in ("id", "name", "model_name") and isinstance(each, str)]
    return named + [each for part in document.values() for each in ids_in(part)]


@given(st.text(max_size=40), st.text(max_size=200))
def test_no_reason_repeats_the_value(name: str, value: str) -> None:
    why = why_header(name, value, known())
    assert len(value) < 4 or value not in why
