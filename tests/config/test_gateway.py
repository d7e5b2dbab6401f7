"""The gateway that a valid file becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.address import parse
from reconciler.config.gateway import DeclaredModel, Discover
from reconciler.config.load import load
from reconciler.diagnostics import Source
from reconciler.resources.tls import Tls, TlsFile
from reconciler.secrets.header import HeaderLiteral, HeaderReference
from reconciler.secrets.reference import EnvReference, FileReference
from tests.config.gateway_files import HEAD, endpoint, gateway, loaded

EXAMPLE = Path(__file__).parents[2] / "examples" / "gateway.yaml"


def test_the_example_is_valid_and_needs_nothing_to_be_there() -> None:
    document = load([EXAMPLE], {}, {})
    assert document.diagnostics == ()
    assert document.gateway is not None
    assert all(endpoint.models and not endpoint.key_required for endpoint in document.gateway.endpoints.values())
    candidates = [each.model for some in document.gateway.defaults.values() for each in some]
    assert candidates
    assert all(document.gateway.declared(candidate) for candidate in candidates)
    assert EXAMPLE.read_text().splitlines()[0] == "# yaml-language-server: $schema=../schemas/gateway.schema.json"


def test_everything_that_an_endpoint_says() -> None:
    fields = (
        "base_url: https://h/v1/chat/completions\nkey: {env: A_KEY}\nmodels: [m, {id: n, purpose: voice}]\n"
        "discover: {include: [a*], exclude: [b*]}\nheaders: {X-A: a}\ntimeout: 500ms\nprotect: true"
    )
    built = gateway(endpoint(fields)).endpoints["x"]
    assert (built.base_url, built.timeout, built.attributes.protect) == ("https://h/v1", 0.5, True)
    assert (built.key, built.key_required) == (EnvReference("A_KEY"), True)
    assert built.models == (
        DeclaredModel("m", None, Source("gateway.yaml", 7, 14)),
        DeclaredModel("n", "voice", Source("gateway.yaml", 7, 17)),
    )
    assert built.discover == Discover(True, ("a*",), ("b*",))
    assert (built.headers, built.source) == ((("X-A", HeaderLiteral("a")),), Source("gateway.yaml", 4, 3))


def test_what_an_endpoint_does_not_say() -> None:
    built = gateway(endpoint("base_url: http://localhost:1")).endpoints["x"]
    assert (built.key, built.key_required, built.models, built.headers) == (None, False, (), ())
    assert (built.discover, built.timeout, built.attributes.protect) == (Discover(), 10.0, False)
    assert (built.preset.id, built.preset.dialect) == ("", "openai")


def test_no_endpoints_is_allowed_when_it_is_said() -> None:
    built = gateway(HEAD + "endpoints: {}\n")
    assert (built.endpoints, built.state, built.directory) == ({}, "file:.gwctl/state.json", Path())


@pytest.mark.parametrize(
    ("fields", "unasked"),
    [
        ("preset: openai", True),
        ("preset: openai\nbase_url: https://api.openai.com/v1/", True),
        ("preset: openai\nbase_url: https://API.openai.com:443/other", True),
        ("preset: openai\nbase_url: https://api.openai.com:8443/v1", False),
        ("preset: openai\nbase_url: http://localhost:1/v1", False),
        ("preset: openai\nbase_url: https://api.openai.com.evil.example/v1", False),
        ("preset: azure-openai\nbase_url: https://mine.openai.azure.com/openai/v1", False),
        ("preset: ollama", False),
    ],
)
def test_a_presets_variable_is_used_unasked_only_for_its_own_host(fields: str, unasked: bool) -> None:
    key = gateway(endpoint(fields)).endpoints["x"].key
    assert (key is not None) == unasked
    assert key is None or key == EnvReference("OPENAI_API_KEY", unasked=True)


def test_a_key_for_a_server_that_needs_none_is_allowed() -> None:
    assert gateway(endpoint("preset: ollama\nkey: {file: k}")).endpoints["x"].key == FileReference(
        "k", str(Path("k").absolute())
    )


def test_a_home_directory_that_is_not_there_is_no_fault_of_ours() -> None:
    key = gateway(endpoint("preset: ollama\nkey: {file: ~nobody-of-that-name/k}")).endpoints["x"].key
    assert isinstance(key, FileReference)
    assert key.path == "~nobody-of-that-name/k"


def test_a_key_over_http_is_allowed_when_it_is_said() -> None:
    fields = "base_url: http://h\nkey: {env: A}\ninsecure_http: true"
    assert gateway(endpoint(fields)).endpoints["x"].base_url == "http://h"


def test_a_preset_of_the_files_own() -> None:
    text = HEAD + (
        "presets:\n  p: {base_url: 'https://h/v1', key: required, variable: P_KEY, auth: {header: X-K, scheme: ''}}\n"
        "endpoints:\n  x: {preset: p}\n"
    )
    built = gateway(text)
    x = built.endpoints["x"]
    assert (x.base_url, x.key, x.preset.auth.header) == ("https://h/v1", EnvReference("P_KEY", unasked=True), "X-K")
    assert (built.presets, x.preset.builtin) == ({"p": x.preset}, False)


def test_defaults_removals_and_renames() -> None:
    text = HEAD + (
        "endpoints: {x: {base_url: 'https://h', models: [a/b]}}\ndefaults:\n  chat: [x/a/b, x/c]\n  voice: x/v\n"
        "removed: [{address: endpoint.old, keep: true}]\nmoved: [{from: model.y/m, to: model.x/m}]\n"
    )
    built = gateway(text)
    assert [str(each.model) for each in built.defaults["chat"]] == ["model.x/a/b", "model.x/c"]
    assert built.default_sources == {"chat": Source("gateway.yaml", 5, 3), "voice": Source("gateway.yaml", 6, 3)}
    assert [(str(each.address), each.keep) for each in built.removed] == [("endpoint.old", True)]
    assert [(each.origin, each.target) for each in built.moved] == [(parse("model.y/m"), parse("model.x/m"))]


def test_a_model_id_is_kept_byte_for_byte() -> None:
    fields = "base_url: https://h\nmodels: ['on', no, 'Meta/Llama 3:é@x', '12']"
    assert [model.id for model in gateway(endpoint(fields)).endpoints["x"].models] == [
        "on",
        "no",
        "Meta/Llama 3:é@x",
        "12",
    ]


def test_the_digest_is_of_what_is_meant() -> None:
    a = HEAD + "endpoints: {x: {preset: ollama, models: ['${M}']}, y: {preset: litellm}}\n"
    b = "# words\nname: acme\nendpoints:\n  x: {models: [m], preset: 'ollama'}\n  y: {preset: litellm}\nversion: 1\n"
    first = gateway(a, variables={"M": "m"}).digest
    assert first.startswith("sha256:")
    assert gateway(b).digest == first
    assert gateway(a, variables={"M": "n"}).digest != first
    # The order of endpoints can choose a default: another order is another meaning.
    assert (
        gateway(b.replace("  y: {preset: litellm}\n", "").replace("  x:", "  y: {preset: litellm}\n  x:")).digest
        != first
    )


def test_an_unknown_section_is_never_ignored() -> None:
    assert loaded(HEAD + "endpoints: {}\nassistants: {opencode: {}}\n").gateway is None


def test_how_an_endpoint_is_reached() -> None:
    fields = (
        "base_url: https://h/v1\n"
        "tls: {ca_file: '${DIR}/ca.pem', client_cert: me.pem, client_key: ~nobody-there/me.key}\n"
        "proxy: 'HTTP://${HOST}:3128/'"
    )
    built = gateway(endpoint(fields), variables={"DIR": "certs", "HOST": "Proxy.Example"}).endpoints["x"]
    assert built.proxy == "http://proxy.example:3128"
    assert built.tls == Tls(
        TlsFile("certs/ca.pem", str(Path("certs/ca.pem").absolute())),
        TlsFile("me.pem", str(Path("me.pem").absolute())),
        TlsFile("~nobody-there/me.key", str(Path("~nobody-there/me.key").absolute())),
    )


def test_the_files_of_tls_are_relative_to_the_file_that_says_them(directory: Path) -> None:
    (directory / "team").mkdir()
    (directory / "team" / "gateway.yaml").write_text(endpoint("base_url: https://h\ntls: {ca_file: ca.pem}"))
    (directory / "mine.yaml").write_text("endpoints: {x: {tls: {client_cert: me.pem}}}\n")
    gateway = load([Path("team/gateway.yaml"), Path("mine.yaml")], {}, {}).gateway
    assert gateway is not None
    tls = gateway.endpoints["x"].tls
    assert tls is not None
    assert tls.ca_file == TlsFile("ca.pem", str(directory / "team" / "ca.pem"))
    assert tls.client_cert == TlsFile("me.pem", str(directory / "me.pem"))


@pytest.mark.parametrize(
    ("fields", "code", "place"),
    [
        ("base_url: http://h\ntls: {ca_file: c}", "UNUSED_TLS", "6:5"),
        ("base_url: https://localhost\nproxy: http://p", "UNUSED_PROXY", "6:5"),
    ],
)
def test_what_is_never_used_is_said(fields: str, code: str, place: str) -> None:
    loaded_file = loaded(endpoint(fields))
    assert loaded_file.gateway is not None
    assert [
        (diagnostic.severity, diagnostic.code, str(diagnostic.source)) for diagnostic in loaded_file.diagnostics
    ] == [("warning", code, f"gateway.yaml:{place}")]


def test_a_header_may_refer_to_a_key() -> None:
    fields = "base_url: https://h\nkey: {env: A}\nheaders: {X-Token: {env: B}, X-A: '${V}', Cookie: {file: c}}"
    built = gateway(endpoint(fields), variables={"V": "v"}).endpoints["x"]
    cookie = FileReference("c", str(Path("c").absolute()))
    assert built.headers == (
        ("X-Token", HeaderReference(EnvReference("B"))),
        ("X-A", HeaderLiteral("v")),
        ("Cookie", HeaderReference(cookie)),
    )
    assert built.references == (EnvReference("A"), EnvReference("B"), cookie)


def test_a_header_may_take_the_place_of_the_key() -> None:
    fields = "preset: openai\nheaders: {authorization: {env: BASIC}}"
    built = gateway(endpoint(fields)).endpoints["x"]
    assert (built.key, built.key_required) == (None, False)
    assert built.references == (EnvReference("BASIC"),)
    other = gateway(endpoint("preset: openai\nheaders: {X-Token: {env: B}}")).endpoints["x"]
    assert (other.key, other.key_required) == (EnvReference("OPENAI_API_KEY", unasked=True), True)


def test_a_header_s_key_over_http_is_allowed_when_it_is_said_or_stays_here() -> None:
    for fields in ("base_url: http://h\ninsecure_http: true", "base_url: http://127.0.0.1:1"):
        assert gateway(endpoint(fields + "\nheaders: {X-Token: {env: B}}")).endpoints["x"].references
