"""The laws of any file: messages instead of exceptions, no key shown, no meaning in the order."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reconciler.config.load import LoadedGateway, load
from reconciler.config.schema import gateway_schema
from tests.config.gateway_files import HEAD
from tests.support.laws import examples
from tests.support.libraries import library

NOT_OF_THIS_TEST = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
SECRET = "zz7-not-a-key-zz7"

FIELDS = [
    "version",
    "name",
    "requires",
    "state",
    "endpoints",
    "presets",
    "defaults",
    "removed",
    "moved",
    "preset",
    "base_url",
    "key",
    "env",
    "file",
    "command",
    "models",
    "id",
    "purpose",
    "discover",
    "include",
    "exclude",
    "headers",
    "timeout",
    "protect",
    "insecure_http",
    "auth",
    "header",
    "scheme",
    "dialect",
    "variable",
    "chat",
    "x",
    "address",
    "keep",
    "from",
    "to",
    "[key]",
    "as:text",
    "as:fields",
    "keyring",
    "tls",
    "ca_file",
    "client_cert",
    "client_key",
    "proxy",
]
LEAVES = (
    st.sampled_from(
        [None, True, 1, 1.5, "", "x", "ollama", "azure-openai", "https://h/v1", "http://u:p@h", "10s", "x/m"]
    )
    | st.sampled_from(
        ["endpoint.x", "model.x/m", "${A}", "${A:-b}", "${", "$${", "~nobody/x", "file:s", "\0", "ü", "\ud800"]
    )
    | st.text(max_size=6)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=4), inner),
    max_leaves=25,
)
NEAR = st.fixed_dictionaries(
    {"version": st.just(1), "name": st.just("a"), "endpoints": st.dictionaries(st.sampled_from(["x", "y"]), TREES)},
    optional=dict.fromkeys(("presets", "defaults", "removed", "moved", "state", "requires"), TREES),
)


def _load(data: str | bytes) -> LoadedGateway:
    Path("gateway.yaml").write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return load([Path("gateway.yaml")], {"A": "a"}, {})


def _is_whole(loaded: LoadedGateway) -> bool:
    """Either a gateway, or an error that says why there is none."""
    return (loaded.gateway is None) == any(diagnostic.severity == "error" for diagnostic in loaded.diagnostics)


@NOT_OF_THIS_TEST
@given(st.binary(max_size=200) | st.text(max_size=200))
@example("a: &a [*a]")
@example("'[key]': 1")
def test_any_bytes_give_words(data: str | bytes) -> None:
    assert _is_whole(_load(data))


@NOT_OF_THIS_TEST
@given(st.text("abk:{}[]&*!|>'\"#-?,%@` \n\t<~0.", max_size=60))
def test_any_punctuation_gives_words(text: str) -> None:
    assert _is_whole(_load(text))


@examples(400, NOT_OF_THIS_TEST)
@given(TREES | NEAR)
def test_any_tree_gives_words_each_with_a_place(tree: Any) -> None:
    loaded = _load(json.dumps(tree))
    assert _is_whole(loaded)
    assert all(
        diagnostic.source and diagnostic.source.file == "gateway.yaml"
        for diagnostic in loaded.diagnostics
        if diagnostic.code != "UNUSED_VARIABLE"
    )
    assert not [
        diagnostic
        for diagnostic in loaded.diagnostics
        if "type=" in diagnostic.summary or "pydantic" in str(diagnostic)
    ]


@NOT_OF_THIS_TEST
@given(
    st.sampled_from(
        [
            "{s}",
            "'{s}'",
            "[{s}]",
            "{{{s}}}",
            "{{{s}: 1, {s}: 2}}",
            "{{env: {s}}}",
            "{{env: {s}, file: a}}",
            "{{keyring: {s}}}",
            "{{value: {s}}}",
            "{{{s}: {{{s}: {s}}}}}",
            "*{s}",
            "!{s} x",
            "!{s}!x x",
            "&{s} {s}",
            "${{{s}}}",
            "|\n      {s}\n",
            "'{s}",
            "[{s}",
            "{{file: [{s}]}}",
            "{{command: {s}}}",
            "{{command: [[{s}]]}}",
            "%{s}",
            "@{s}",
            "{s}: {s}",
        ]
    ),
    st.sampled_from(["", "bogus: 1\n", "key: x\n", "\t\n"]),
)
def test_no_scalar_under_key_is_ever_shown(shape: str, after: str) -> None:
    text = HEAD + "endpoints:\n  x:\n    base_url: https://h\n    key: " + shape.format(s=SECRET) + "\n    " + after
    loaded = _load(text)
    assert loaded.gateway is None
    assert SECRET not in str(loaded.diagnostics)


@NOT_OF_THIS_TEST
@given(st.data())
def test_the_order_of_fields_has_no_meaning(data: st.DataObject) -> None:
    x = {"preset": "litellm", "models": ["a"], "headers": {"X-A": "a", "X-B": "b"}, "timeout": "5s", "protect": True}
    whole = {"version": 1, "name": "a", "endpoints": {"x": x}, "defaults": {"chat": "x/a", "voice": "x/b"}}
    shuffled: dict[str, Any] = dict(data.draw(st.permutations(list(whole.items()))))
    shuffled["endpoints"] = {"x": dict(data.draw(st.permutations(list(x.items()))))}
    one, other = _load(json.dumps(whole)).gateway, _load(json.dumps(shuffled)).gateway
    assert one is not None
    assert other is not None
    assert (one.digest, one.defaults.keys()) == (other.digest, other.defaults.keys())
    assert _meaning(one.endpoints["x"]) == _meaning(other.endpoints["x"])


def _meaning(endpoint: Any) -> Any:
    models = [(model.id, model.purpose) for model in endpoint.models]
    return endpoint.base_url, endpoint.key, models, dict(endpoint.headers), endpoint.timeout, endpoint.plain


@examples(200, NOT_OF_THIS_TEST)
@given(NEAR)
def test_what_is_accepted_is_valid_by_the_published_schema(tree: Any) -> None:
    jsonschema = library("jsonschema")

    if _load(json.dumps(tree)).gateway is not None:
        jsonschema.validate(tree, gateway_schema())


def test_the_published_schema_refuses_what_we_refuse() -> None:
    jsonschema = library("jsonschema")

    good = {"version": 1, "name": "a", "endpoints": {"x": {"key": {"env": "A"}}}}
    check = jsonschema.Draft202012Validator(gateway_schema())
    assert check.is_valid(good)
    assert not check.is_valid(good | {"bogus": 1})
    assert not check.is_valid(good | {"endpoints": {"x": {"key": "zz"}}})
    assert not check.is_valid(good | {"endpoints": {"x": {"models": [1]}}})
