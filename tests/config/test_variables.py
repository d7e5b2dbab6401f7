"""`${NAME}`: where it works, what it reads, and what it never reads."""

from __future__ import annotations

import pytest

from reconciler.secrets.header import HeaderLiteral
from tests.config.gateway_files import endpoint, gateway, loaded, places, the_one

AT = "gateway.yaml:5:15"


def _url(written: str, variables: dict[str, str] | None = None, environ: dict[str, str] | None = None) -> str:
    text = endpoint(f"base_url: '{written}'")
    return gateway(text, variables=variables or {}, environ=environ or {}).endpoints["x"].base_url


def test_the_environment_is_read_under_a_prefix() -> None:
    assert _url("https://${HOST}/v1", environ={"GWCTL_VAR_HOST": "h"}) == "https://h/v1"


def test_var_wins_over_the_environment() -> None:
    assert _url("https://${HOST}", {"HOST": "a"}, {"GWCTL_VAR_HOST": "b"}) == "https://a"


@pytest.mark.parametrize("environ", [{}, {"GWCTL_VAR_HOST": ""}])
def test_a_default_stands_in_for_what_is_unset_or_empty(environ: dict[str, str]) -> None:
    assert _url("https://${HOST:-d}", environ=environ) == "https://d"


def test_a_value_is_not_looked_into_again() -> None:
    text = endpoint("base_url: 'https://h'\nheaders: {X-A: '${A}'}")
    assert gateway(text, variables={"A": "${B}"}).endpoints["x"].headers == (("X-A", HeaderLiteral("${B}")),)


def test_two_dollars_are_a_literal() -> None:
    text = endpoint("base_url: 'https://h'\nheaders: {X-A: '$${A} $x${B:-}'}")
    assert gateway(text).endpoints["x"].headers == (("X-A", HeaderLiteral("${A} $x")),)


def test_unset_is_an_error_and_nothing_more_is_said_of_that_place() -> None:
    diagnostic = the_one(loaded(endpoint("base_url: ${HOST}")))
    assert (diagnostic.code, str(diagnostic.source)) == ("UNSET_VARIABLE", AT)
    assert "set GWCTL_VAR_HOST, pass --var HOST=…" in diagnostic.hint


def test_a_variable_without_the_prefix_is_never_read_nor_shown() -> None:
    diagnostic = the_one(
        loaded(endpoint("base_url: 'https://h/${CLOUD_SECRET}'"), environ={"CLOUD_SECRET": "zz-secret"})
    )
    assert "only GWCTL_VAR_CLOUD_SECRET is read" in diagnostic.hint
    assert "zz-secret" not in str(diagnostic)


@pytest.mark.parametrize("written", ["${", "${}", "${1A}", "${A", "${A:b}", "${A-b}", "x ${ A }"])
def test_a_broken_reference_is_an_error_and_never_sent_as_it_is(written: str) -> None:
    diagnostic = the_one(loaded(endpoint(f"base_url: '{written}'"), variables={}))
    assert (diagnostic.code, str(diagnostic.source)) == ("BAD_VARIABLE", AT)


def test_a_default_within_a_default_is_not_sent_as_it_is() -> None:
    loaded_file = loaded(endpoint("base_url: 'https://h/${A:-${B}}'"), environ={"GWCTL_VAR_B": "b"})
    assert places(loaded_file) == [("BAD_VARIABLE", AT)]


def test_the_result_is_text_whatever_it_looks_like() -> None:
    text = endpoint("base_url: https://h\nmodels: ['${ID}']")
    assert [model.id for model in gateway(text, variables={"ID": "12"}).endpoints["x"].models] == ["12"]
    diagnostic = the_one(loaded(endpoint("base_url: https://h\nprotect: ${P}"), variables={"P": "true"}))
    assert (diagnostic.code, str(diagnostic.source)) == ("WRONG_KIND", "gateway.yaml:6:14")


@pytest.mark.parametrize("key", ["{file: '${A}'}", "{env: '${A}'}", "{command: [a, '${A}']}"])
def test_key_references_take_none(key: str) -> None:
    diagnostic = the_one(loaded(endpoint(f"base_url: https://h\nkey: {key}"), variables={"A": "zz"}))
    assert diagnostic.code == "VARIABLE_IN_KEY"
    assert "zz" not in str(diagnostic)


def test_keys_of_mappings_take_none() -> None:
    loaded_file = loaded("version: 1\nname: a\nendpoints: {'${A}': {preset: ollama}}\n", variables={"A": "x"})
    assert ("BAD_NAME", "gateway.yaml:3:13") in places(loaded_file)


def test_a_var_that_nothing_asks_for_is_a_warning() -> None:
    loaded_file = loaded(endpoint("base_url: 'https://${HOST}'"), variables={"HOST": "h", "HOTS": "i"})
    assert [(diagnostic.severity, diagnostic.code) for diagnostic in loaded_file.diagnostics] == [
        ("warning", "UNUSED_VARIABLE")
    ]
    assert "`HOST`" in loaded_file.diagnostics[0].hint
    assert loaded_file.gateway is not None
