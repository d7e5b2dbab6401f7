"""A variable that gwctl set is known for as long as it has the value that gwctl gave it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from reconciler.secrets.marks import VARIABLE, SetFor, marked, set_for

WHOSE = SetFor("acme-ai", "litellm")
SALT = bytes(range(16))


def test_what_gwctl_set_is_known_until_it_is_changed() -> None:
    values = {"OPENAI_API_KEY": "quokka-7351", "LITELLM_API_KEY": "quokka-7351"}
    environ = {**values, VARIABLE: marked({}, WHOSE, values, SALT), "MINE": "quokka-7351"}
    assert set_for(environ, "OPENAI_API_KEY") == WHOSE
    assert set_for(environ, "LITELLM_API_KEY") == WHOSE
    assert set_for(environ, "MINE") is None
    assert set_for(environ | {"OPENAI_API_KEY": "my own"}, "OPENAI_API_KEY") is None
    assert set_for({VARIABLE: environ[VARIABLE]}, "OPENAI_API_KEY") is None


def test_a_mark_holds_no_value() -> None:
    assert "quokka" not in marked({}, WHOSE, {"OPENAI_API_KEY": "quokka-7351"}, SALT)


@pytest.mark.parametrize(
    "text", ["", ":", "1:zz:a:b:K=1", "2::a:b:K=1", "1:00:a:b", "1:00:a:b:K", "x" * 100_000, "1:é:a:b:K="]
)
def test_a_mark_that_is_none_says_nothing(text: str) -> None:
    assert set_for({VARIABLE: text, "K": "v", "": ""}, "K") is None


@given(
    some.dictionaries(some.from_regex(r"[A-Z_]{1,8}", fullmatch=True), some.text(max_size=20), max_size=4), some.text()
)
def test_every_value_is_told_from_every_other(values: dict[str, str], other: str) -> None:
    built = marked({}, WHOSE, values, SALT)
    for name, value in values.items():
        assert set_for({VARIABLE: built, name: value}, name) == WHOSE
        assert set_for({VARIABLE: built, name: other}, name) == (WHOSE if other == value else None)


def test_a_value_that_was_there_already_is_the_users_own() -> None:
    environ = {"OPENAI_API_KEY": "quokka-7351"}
    assert marked(environ, WHOSE, environ, SALT) == ""


def test_what_an_outer_gwctl_set_stays_marked() -> None:
    outer = {"OPENAI_API_KEY": "quokka-7351", "GEMINI_API_KEY": "quokka-7351"}
    environ = {**outer, VARIABLE: marked({}, WHOSE, outer, SALT)}
    inner = {"ANTHROPIC_API_KEY": "zebra-fjord", "GEMINI_API_KEY": "zebra-fjord"}
    both = environ | inner | {VARIABLE: marked(environ, SetFor("acme-ai", "claude"), inner, bytes(16))}
    assert set_for(both, "OPENAI_API_KEY") == WHOSE
    assert set_for(both, "ANTHROPIC_API_KEY") == SetFor("acme-ai", "claude")
    assert set_for(both, "GEMINI_API_KEY") == SetFor("acme-ai", "claude")
    assert marked(both | {"OPENAI_API_KEY": "mine"}, WHOSE, {}, SALT).count(";") == 0
