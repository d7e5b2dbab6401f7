"""The fields that people paste from web pages or write from habit: each is named, with its form here."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.config.load import load


def said(tmp_path: Path, text: str, variables: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """(code, everything that the finding says) of a file with that text."""
    path = tmp_path / "gateway.yaml"
    path.write_text(text, encoding="utf-8")
    diagnostics = load([path], variables or {}, {}).diagnostics
    return [
        (diagnostic.code, f"{diagnostic.summary} {diagnostic.detail} {diagnostic.hint}") for diagnostic in diagnostics
    ]


def endpoint(field: str) -> str:
    return f"version: 1\nname: acme\nendpoints:\n  litellm:\n    base_url: https://h\n    {field}\n"


CASES = [
    (endpoint("\u00a0models: [m]"), "ODD_SPACE", "U+00A0 looks like a space"),
    (endpoint("models:\u00a0[m]"), "ODD_SPACE", "use plain spaces"),
    (endpoint("key: {env:\u00a0X}"), "ODD_SPACE", "U+00A0"),
    (endpoint("\u3000models: [m]"), "ODD_SPACE", "U+3000"),
    (endpoint("proxy: \u201chttp://p:1\u201d"), "CURLY_QUOTE", "use a straight quote"),
    (endpoint("models: [\u2018m\u2019]"), "CURLY_QUOTE", "not a quote in YAML"),
    (endpoint('tls: {ca_file: "C:\\pki\\ca.pem"}'), "YAML_SYNTAX", "for each backslash"),
    (endpoint("key: LITELLM_API_KEY"), "BAD_KEY", "did you mean {env: LITELLM_API_KEY}?"),
    (endpoint("key: ${LITELLM_API_KEY}"), "VARIABLE_IN_KEY", "did you mean {env: LITELLM_API_KEY}?"),
    (endpoint("key: $LITELLM_API_KEY"), "BAD_KEY", "did you mean {env: LITELLM_API_KEY}?"),
    (endpoint("key: os.environ/LITELLM_API_KEY"), "BAD_KEY", "did you mean {env: LITELLM_API_KEY}?"),
    (endpoint("key: 'env:LITELLM_API_KEY'"), "BAD_KEY", "did you mean {env: LITELLM_API_KEY}?"),
    (endpoint("key: '{{ env.LITELLM_API_KEY }}'"), "BAD_KEY", "did you mean {env: LITELLM_API_KEY}?"),
    (endpoint("key: {env: $LITELLM_API_KEY}"), "BAD_KEY", "did you mean {env: LITELLM_API_KEY}?"),
    (endpoint("models: [gpt-4o]") + "defaults: {chat: litellm:gpt-4o}\n", "BAD_DEFAULT", "`litellm/gpt-4o`?"),
    (endpoint("timeout: 1h"), "BAD_VALUE", "at most 10m"),
    (endpoint("models: [{id: m, purpose: audio}]"), "BAD_VALUE", "did you mean `voice`?"),
    (endpoint("models: [m]") + "defaults: {audio: litellm/m}\n", "UNKNOWN_PURPOSE", "did you mean `voice`?"),
    (endpoint("models: [m]").replace("version: 1", "version: '1'"), "UNKNOWN_VERSION", "without quotes"),
    (endpoint("models: [m]").replace("acme", "Acme AI!"), "BAD_VALUE", "as in `acme-ai`"),
    (endpoint("models: [m]") + "state: 's3://'\n", "UNKNOWN_STORE", "s3://BUCKET/PATH/state.json"),
    (endpoint("models: [m]") + "state: 's3://bucket'\n", "UNKNOWN_STORE", "needs a bucket and an object"),
]


@pytest.mark.parametrize(("text", "code", "words"), CASES)
def test_it_is_named_once_with_the_right_way(tmp_path: Path, text: str, code: str, words: str) -> None:
    result = said(tmp_path, text)
    assert [each for each, _ in result] == [code]
    assert words in result[0][1]
    assert "rotate this key" not in result[0][1]


def test_a_misspelt_list_of_endpoints_is_told_without_what_follows_from_it(tmp_path: Path) -> None:
    text = endpoint("models: [m]").replace("endpoints:", "endpoint:") + "defaults: {chat: litellm/m}\n"
    result = said(tmp_path, text)
    assert [code for code, _ in result] == ["UNKNOWN_FIELD"]
    assert "did you mean `endpoints`?" in result[0][1]


def test_what_may_be_a_key_is_no_name_of_a_variable(tmp_path: Path) -> None:
    for text in ("AKIA" + "IOSFODNN7EXAMPLE", "Sekret1", "sk-" + "a1b2c3d4e5"):
        ((code, words),) = said(tmp_path, endpoint(f"key: {text}"))
        assert code == "LITERAL_KEY"
        assert text not in words


def test_fields_of_one_s_own_are_a_place_for_anchors(tmp_path: Path) -> None:
    text = "x-common: &common {exclude: ['*-preview']}\n" + endpoint("discover: *common")
    assert said(tmp_path, text) == []
    assert [code for code, _ in said(tmp_path, text.replace("x-common", "y-common"))] == ["UNKNOWN_FIELD"]


def test_a_variable_in_another_case_is_named(tmp_path: Path) -> None:
    ((code, words), *_) = said(tmp_path, endpoint("models: ['${ENV}']"), {"env": "m"})
    assert code == "UNSET_VARIABLE"
    assert "--var env is given, but names are case-sensitive: --var ENV=…" in words
