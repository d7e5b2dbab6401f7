"""The reading side of `gwctl init --from`: which endpoints a configuration gives, and what is left out and why."""

from __future__ import annotations

import pytest

from reconciler import codes
from reconciler.errors import Failed
from reconciler.imports.configuration import Imported, ImportedEndpoint
from reconciler.imports.registry import imported
from tests.imports.samples import (
    CODEX,
    COMPOSE,
    CONTINUE,
    DOTENV,
    HELD,
    LIBRECHAT,
    LITELLM,
    LLM,
    OPEN_WEBUI,
    OPENCODE,
    SAMPLES,
)


def read(file: str, text: str) -> Imported:
    return imported([(file, text.encode())])


def by_name(found: Imported) -> dict[str, ImportedEndpoint]:
    return {endpoint.name: endpoint for endpoint in found.endpoints}


def places(found: Imported, code: str) -> list[tuple[int, int]]:
    return [(each.source.line, each.source.column) for each in found.diagnostics if each.source and each.code == code]


def test_litellm_gives_one_endpoint_for_each_base_url_and_key() -> None:
    there = by_name(read("config.yaml", LITELLM))
    assert sorted(there) == ["anthropic", "azure-openai", "local", "openai"]
    local = there["local"]
    assert (local.preset, local.base_url, local.variable) == ("", "http://127.0.0.1:9/v1", "GW_KEY")
    assert [(each.model_id, each.purpose, each.context, each.output) for each in local.models] == [
        ("gpt-4o", None, 128000, 16000),
        ("text-embed-3", "embedding", None, None),
    ]
    assert local.defaults == {"chat": "gpt-4o", "embedding": "text-embed-3"}
    assert not local.uses_list


def test_litellm_without_an_api_base_means_the_vendor() -> None:
    openai = by_name(read("config.yaml", LITELLM))["openai"]
    assert (openai.preset, openai.base_url) == ("openai", "https://api.openai.com/v1")
    assert openai.variable == "OPENAI_API_KEY"


def test_a_key_does_not_follow_litellm_to_an_own_api_base() -> None:
    """LiteLLM sends OPENAI_API_KEY to an `api_base` without `api_key`. gwctl sends no key there."""
    text = "model_list: [{model_name: m, litellm_params: {model: openai/m, api_base: 'https://else.example/v1'}}]"
    (endpoint,) = read("config.yaml", text).endpoints
    assert (endpoint.preset, endpoint.variable) == ("", "")


def test_a_wildcard_of_litellm_uses_the_list() -> None:
    there = by_name(read("config.yaml", LITELLM))
    assert (there["anthropic"].uses_list, there["anthropic"].patterns, there["anthropic"].models) == (True, (), ())
    text = "model_list: [{model_name: x, litellm_params: {model: 'groq/llama-*'}}]"
    (groq,) = read("config.yaml", text).endpoints
    assert (groq.uses_list, groq.patterns) == (True, ("llama-*",))


def test_a_named_credential_of_litellm_is_a_reference() -> None:
    azure = by_name(read("config.yaml", LITELLM))["azure-openai"]
    assert (azure.base_url, azure.variable) == ("https://acme.openai.azure.com/openai/v1", "AZURE_KEY")
    assert [model.model_id for model in azure.models] == ["my-gpt"]


def test_what_litellm_has_and_the_gateway_file_has_not_is_said() -> None:
    found = read("config.yaml", LITELLM)
    words = [f"{each.summary} {each.detail}" for each in found.diagnostics]
    assert any("bedrock/anthropic.claude-v2" in each for each in words)
    assert any("An included file" in each for each in words)
    assert any("`gpt-x`" in each for each in words)


BASE = """\
include: [models.yaml, ../other.yaml, /etc/passwd, gone.yaml]
model_list: [{model_name: a, litellm_params: {model: openai/a, litellm_credential_name: shared}}]
"""
INCLUDED = {
    "models.yaml": f"""\
include: [more.yaml, config.yaml]
credential_list:
  - credential_name: shared
    credential_values: {{api_base: "https://llm.acme.example/v1", api_key: {HELD}}}
""",
    "more.yaml": """\
include: [models.yaml]
model_list:
  - {model_name: b, litellm_params: {model: openai/b, litellm_credential_name: shared}}
""",
}


def included(files: dict[str, str]) -> Imported:
    read_files: list[str] = []

    def beside(file: str, name: str) -> bytes | None:
        assert file == "proxy/config.yaml"
        read_files.append(name)
        return files[name].encode() if name in files else None

    try:
        return imported([("proxy/config.yaml", BASE.encode())], beside)
    finally:
        assert len(read_files) == len(set(read_files)), "each file is read once"


def test_litellm_s_included_files_belong_to_the_configuration() -> None:
    found = included(INCLUDED)
    (endpoint,) = found.endpoints
    assert endpoint.base_url == "https://llm.acme.example/v1"
    assert [(model.model_id, str(model.source)) for model in endpoint.models] == [
        ("a", "proxy/config.yaml:2:54"),
        ("b", "proxy/more.yaml:3:45"),
    ]
    assert [str(each.source) for each in found.diagnostics if each.code == codes.KEY_NOT_COPIED] == [
        "proxy/models.yaml:4:75"
    ]
    assert HELD not in repr(found)


def test_included_files_elsewhere_are_left_out_with_their_place() -> None:
    left = [each for each in included(INCLUDED).diagnostics if "An included file" in each.summary]
    assert [str(each.source) for each in left] == [f"proxy/config.yaml:1:{column}" for column in (24, 39, 52)]


def test_a_fault_of_an_included_file_names_that_file() -> None:
    with pytest.raises(Failed) as failed:
        included({"models.yaml": "model_list:\n  - model_name: ]"})
    assert [str(each.source) for each in failed.value.diagnostics] == ["proxy/models.yaml:2:17"]


def test_opencode_gives_its_models_with_limits_and_its_default() -> None:
    there = by_name(read("opencode.jsonc", OPENCODE))
    acme = there["acme"]
    assert (acme.base_url, acme.variable, acme.defaults) == (
        "https://llm.acme.example/v1",
        "ACME_KEY",
        {"chat": "gpt-x-mini"},
    )
    assert [(each.model_id, each.context, each.output) for each in acme.models] == [
        ("gpt-x", 32000, 4000),
        ("gpt-x-mini", None, None),
    ]


def test_opencode_names_vendors_of_its_catalog_and_files_of_keys() -> None:
    there = by_name(read("opencode.jsonc", OPENCODE))
    assert there["openrouter"].base_url == "https://openrouter.ai/api/v1"
    claude = there["claude"]
    assert (claude.preset, claude.base_url, claude.key_file) == ("anthropic", "https://c.acme.example", "~/c.key")
    assert "nobody" not in there


def test_codex_gives_its_servers_and_the_models_that_it_names() -> None:
    there = by_name(read("config.toml", CODEX))
    assert sorted(there) == ["command", "gw", "held"]
    assert (there["gw"].variable, there["gw"].uses_list, there["gw"].defaults) == ("GW_KEY", True, {"chat": "gpt-x"})
    assert [model.model_id for model in there["held"].models] == ["o9"]
    assert there["command"].variable == ""


def test_codex_of_openai_alone_is_openai() -> None:
    (endpoint,) = read("config.toml", 'model = "gpt-x"\n').endpoints
    assert (endpoint.name, endpoint.preset, endpoint.variable) == ("openai", "openai", "OPENAI_API_KEY")


def test_dotenv_gives_base_urls_and_usual_variables_and_nothing_else() -> None:
    there = by_name(read(".env", DOTENV))
    assert sorted(there) == ["groq", "mistral", "ollama", "openai"]
    assert there["openai"].base_url == "https://llm.acme.example/v1"
    assert there["openai"].preset == ""
    assert there["openai"].defaults == {"chat": "gpt-x"}
    assert there["mistral"].variable == "MISTRAL_API_KEY"


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("config.yaml", [(12, 53)]),
        ("opencode.jsonc", [(10, 42)]),
        ("config.toml", [(11, 29)]),
        (".env", [(3, 16), (5, 21)]),
    ],
)
def test_a_key_in_the_file_is_not_copied_and_its_place_is_said(file: str, expected: list[tuple[int, int]]) -> None:
    found = read(file, SAMPLES[file])
    assert places(found, codes.KEY_NOT_COPIED) == expected
    assert HELD not in repr(found)
    for finding in found.diagnostics:
        if finding.code == codes.KEY_NOT_COPIED:
            endpoint = by_name(found)[str(finding.address).removeprefix("endpoint.")]
            assert finding.hint == f"export {endpoint.variable}=…"
            assert endpoint.variable


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("config.yaml", "model_list:\n  - model_name: ]", "config.yaml:2:17"),
        ("config.yaml", "model_list: []\nmodel_list: []\n", "config.yaml:2:1"),
        ("opencode.json", '{"provider": {\n  x}}', "opencode.json:2:3"),
        ("opencode.json", '["a"]', "opencode.json:1:1"),
        ("config.toml", "a = 1\nb = = 2\n", "config.toml:2:"),
        ("a.env", "A=\udce4", "a.env:1:1"),
        ("config.yaml", "", "config.yaml"),
    ],
)
def test_a_malformed_file_is_refused_with_its_place(file: str, text: str, place: str) -> None:
    with pytest.raises(Failed) as refused:
        imported([(file, text.encode("latin-1", "surrogateescape"))])
    assert str(refused.value.diagnostics[0].source).startswith(place)


@pytest.mark.parametrize("file", [*SAMPLES])
def test_a_file_without_servers_is_refused(file: str) -> None:
    text = "{}" if file.endswith("jsonc") else "a: 1" if file.endswith("yaml") else "a=1"
    with pytest.raises(Failed) as refused:
        read(file, text)
    assert refused.value.diagnostics[0].code == codes.NOTHING_IMPORTED


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_there_are() -> None:
    with pytest.raises(Failed) as refused:
        read("settings.ini", "a=1")
    (fault,) = refused.value.diagnostics
    assert fault.code == codes.UNKNOWN_CONFIGURATION
    assert "LiteLLM" in fault.detail


def test_the_faults_of_all_files_are_reported_at_once() -> None:
    with pytest.raises(Failed) as refused:
        imported([("a.json", b"{"), ("b.toml", b"="), (".env", DOTENV.encode())])
    assert [each.source.file for each in refused.value.diagnostics if each.source] == ["a.json", "b.toml"]


def test_two_files_give_one_endpoint_for_one_server() -> None:
    first = b"model_list: [{model_name: a, litellm_params: {model: groq/a}}]"
    second = b"model_list: [{model_name: b, litellm_params: {model: groq/b}}]"
    (groq,) = imported([("a.yaml", first), ("b.yaml", second)]).endpoints
    assert [model.model_id for model in groq.models] == ["a", "b"]


def test_two_keys_of_one_server_are_two_endpoints() -> None:
    text = """\
model_list:
  - {model_name: a, litellm_params: {model: groq/a, api_key: os.environ/ONE}}
  - {model_name: b, litellm_params: {model: groq/b, api_key: os.environ/TWO}}
"""
    found = read("config.yaml", text)
    assert [(each.name, each.variable) for each in found.endpoints] == [("groq", "ONE"), ("groq-2", "TWO")]
    assert [dict(each.defaults) for each in found.endpoints] == [{"chat": "a"}, {}]


@pytest.mark.parametrize(
    ("url", "base_url"),
    [
        ("os.environ/GATEWAY_URL", "${GATEWAY_URL}"),
        ("https://{env:HOST}/v1", "https://${HOST}/v1"),
        ("$GATEWAY_URL", "${GATEWAY_URL}"),
    ],
)
def test_a_variable_in_a_base_url_becomes_a_variable_of_the_gateway_file(url: str, base_url: str) -> None:
    text = f'{{"provider": {{"gw": {{"options": {{"baseURL": "{url}"}}}}}}}}'
    (endpoint,) = read("opencode.json", text).endpoints
    assert endpoint.base_url == base_url


def test_a_small_model_is_a_finding_with_its_position() -> None:
    found = read("opencode.json", '{"provider": {},\n "small_model": "acme/mini"}')
    assert places(found, codes.NOT_IMPORTED) == [(2, 17)]


@pytest.mark.parametrize("url", [f"https://u:{HELD}@x.example", f"https://x.example/v1?api_key={HELD}", HELD])
def test_a_base_url_with_a_password_is_left_out_and_not_shown(url: str) -> None:
    found = read("opencode.json", f'{{"provider": {{"gw": {{"options": {{"baseURL": "{url}"}}}}}}}}')
    assert found.endpoints == ()
    assert places(found, codes.NOT_IMPORTED)
    assert HELD not in repr(found)


@pytest.mark.parametrize(
    ("url", "preset", "base_url"),
    [
        ("https://api.openai.com", "openai", "https://api.openai.com/v1"),
        ("https://api.anthropic.com/v1", "anthropic", "https://api.anthropic.com"),
        ("http://127.0.0.1:4000/v1", "litellm", "http://127.0.0.1:4000"),
        ("http://localhost:11434/v1/", "ollama", "http://localhost:11434"),
        ("https://generativelanguage.googleapis.com/v1beta/openai/", "gemini-openai", None),
        ("https://api.cohere.com/compatibility/v1", "", None),
        ("http://localhost:8080/v1", "", None),  # several servers have this port
        ("https://api.openai.com.evil.example/v1", "", None),
    ],
)
def test_a_preset_is_recognised_by_its_base_url(url: str, preset: str, base_url: str | None) -> None:
    (endpoint,) = read("opencode.json", f'{{"provider": {{"gw": {{"options": {{"baseURL": "{url}"}}}}}}}}').endpoints
    assert (endpoint.preset, endpoint.base_url) == (preset, base_url or url.rstrip("/"))


@pytest.mark.parametrize("placeholder", ["none", "EMPTY", "dummy", "not-needed", ""])
def test_a_placeholder_is_no_key(placeholder: str) -> None:
    text = f'{{"provider": {{"gw": {{"options": {{"baseURL": "http://x.example", "apiKey": "{placeholder}"}}}}}}}}'
    found = read("opencode.json", text)
    assert (found.endpoints[0].variable, found.diagnostics) == ("", ())


def test_a_key_at_the_place_of_a_model_is_left_out() -> None:
    token = "sk-" + "proj-" + "a1B2c3D4" * 5
    found = read("config.toml", f'model = "{token}"\n')
    assert found.endpoints[0].models == ()
    assert token not in repr(found)


ACME = "https://llm.acme.example/v1"


def test_librechat_gives_its_entries_and_a_key_that_it_asks_for_gets_a_variable() -> None:
    found = read("librechat.yaml", LIBRECHAT)
    there = by_name(found)
    acme = there["acme"]
    assert (acme.base_url, acme.variable, acme.uses_list) == (ACME, "ACME_KEY", True)
    assert [model.model_id for model in acme.models] == ["gpt-x", "gpt-y"]
    assert (there["asked"].variable, there["held"].variable) == ("ASKED_API_KEY", "HELD_API_KEY")
    assert (there["held"].uses_list, there["acme"].defaults) == (False, {"chat": "gpt-x"})
    words = " ".join(each.summary for each in found.diagnostics)
    assert ("The headers" in words, "azureOpenAI" in words) == (True, True)


def test_continue_gives_its_models_with_purpose_limits_and_references() -> None:
    found = read("config.yaml", CONTINUE)
    there = by_name(found)
    (acme,) = [each for each in there.values() if each.base_url == ACME]
    assert acme.variable == "ACME_KEY"
    assert [(each.model_id, each.purpose, each.context, each.output) for each in acme.models] == [
        ("gpt-x", "chat", 32000, 4000),
        ("e1", "embedding", None, None),
    ]
    assert (there["anthropic"].preset, there["anthropic"].variable) == ("anthropic", "ANTHROPIC_API_KEY")
    words = " ".join(each.summary for each in found.diagnostics)
    assert ("`nova`" in words, "hub" in words) == (True, True)


def test_llm_gives_one_endpoint_for_each_base_url_and_its_named_key_becomes_a_variable() -> None:
    found = read("extra-openai-models.yaml", LLM)
    there = by_name(found)
    assert [model.model_id for model in there["acme"].models] == ["gpt-x", "gpt-y"]
    assert (there["acme"].variable, there["local"].variable) == ("ACME_API_KEY", "")
    hints = [each.hint for each in found.diagnostics if each.code == codes.NOT_IMPORTED]
    assert hints.count("to see the key: llm keys get acme") == 1


def test_open_webui_gives_each_base_url_with_the_key_at_the_same_place() -> None:
    there = by_name(read("open-webui.env", OPEN_WEBUI))
    acme = there["acme"]
    assert (acme.base_url, acme.variable, acme.uses_list) == (ACME, "ACME_KEY", False)
    assert [(model.model_id, model.purpose) for model in acme.models] == [
        ("gpt-x", None),
        ("gpt-y", None),
        ("e1", "embedding"),
    ]
    assert acme.defaults == {"chat": "gpt-y", "embedding": "e1"}
    (held,) = [each for each in there.values() if each.base_url == "https://held.example/v1"]
    assert (held.uses_list, bool(held.variable)) == (True, True)
    assert "https://off.example/v1" not in [each.base_url for each in there.values()]


def test_open_webui_is_found_in_a_compose_file() -> None:
    there = by_name(read("compose.yaml", COMPOSE))
    variables = {each.base_url: each.variable for each in there.values()}
    assert (variables[ACME], variables["http://127.0.0.1:9/v1"]) == ("ACME_KEY", "")
    assert variables["https://held.example/v1"]


def test_a_file_is_recognised_by_what_it_contains_whatever_its_name() -> None:
    samples = ((LITELLM, "openai"), (LIBRECHAT, "asked"), (CONTINUE, "anthropic"), (LLM, "acme"))
    for text, name in samples:
        assert name in by_name(read("any.yml", text))
