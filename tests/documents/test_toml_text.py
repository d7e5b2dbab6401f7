"""Edits of TOML: a key of the root or a table changes, every other byte of the user's stays."""

from __future__ import annotations

import re
import tomllib
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents import toml_text as document
from reconciler.documents.edit import MISSING, DocumentFault
from tests.support.laws import examples

pytestmark = pytest.mark.pure
TABLE, KEY = ("model_providers", "acme"), ("model",)
VALUE = {
    "name": 'a "b" \\ é',
    "port": 4000,
    "on": True,
    "auth": {"command": "/usr/bin/python3", "args": ["-I", "-m", "reconciler"], "deep": {"x y": 0.5}},
}
_PLAIN = [
    "1",
    "1_000",
    "123456789012345678901",
    "-0.5e3",
    "true",
    "2026-11-26T08:00:00Z",
    '"a # b"',
    "'c:\\x'",
    "[1, 2]",
]
_LONG = [
    "[ # a note\n  1,\n  2, # more\n]",
    '"""\n[model_providers.acme]\n# no\n"""',
    "'''x = 1'''",
    "{a = 1, b = {c = []}}",
]
values = st.sampled_from([*_PLAIN, *_LONG])
names = st.sampled_from(["sandbox", "a-b", '"x y"', "'q.r'", "a.b", "12"])
_NOTES = ["", "", "\n", "# [model_providers.acme]\n", "  # a note\n\n"]
_HEADERS = ["[tools]", "[ x . y ]", '[projects."/srv/a"]', "[model_providers.other]", "[z]  # z"]
# Each strategy is made once, and a draw is of several things at once where it can be: hypothesis takes a time for both.
notes = st.sampled_from(_NOTES)
key_names = st.lists(names, max_size=3, unique=True)
around_keys = st.sampled_from(list(product(_NOTES, ["", "  "], [" = ", "="], ["", "  # note"])))
headers = st.lists(st.sampled_from(_HEADERS), max_size=3, unique=True)
arrays = st.integers(0, 2)
ends = st.sampled_from(list(product(_NOTES, [True, False], [True, False], ["", "\ufeff"])))


@st.composite
def keys(draw: Any) -> str:
    text = ""
    for name in draw(key_names):
        note, indent, equals, end = draw(around_keys)
        text += note + indent + name + equals + draw(values) + end + "\n"
    return text


some_keys = keys()


@st.composite
def files(draw: Any) -> bytes:
    text = draw(some_keys)
    for header in draw(headers):
        text += draw(notes) + header + "\n" + draw(some_keys)
    for _ in range(draw(arrays)):
        text += "[[hooks]]\n" + draw(some_keys)
    note, is_stripped, has_carriage_returns, mark = draw(ends)
    text += note
    text = text.rstrip("\n") if is_stripped else text
    text = text.replace("\n", "\r\n") if has_carriage_returns else text
    return (mark + text).encode()


@examples(1000)
@given(data=files(), cycles=st.integers(1, 10))
def test_ten_cycles_of_add_change_remove_give_back_the_file_to_the_byte(data: bytes, cycles: int) -> None:
    before = data
    for number in range(cycles):
        table = document.with_value(data, TABLE, VALUE)
        key = document.with_value(table.data, KEY, "gpt-x")
        assert document.value_at(key.data, TABLE) == VALUE
        changed = document.with_value(key.data, TABLE, VALUE | {"port": number})
        changed = document.with_value(changed.data, KEY, f"gpt-{number}")
        assert document.value_at(changed.data, TABLE)["port"] == number
        assert document.value_at(changed.data, KEY) == f"gpt-{number}"
        data = document.without(document.without(changed.data, KEY, key.undo), TABLE, table.undo)
        assert data == before


def test_a_table_that_the_tool_adds_behind_ours_stays() -> None:
    added = document.with_value(b"a = 1", TABLE, VALUE)
    appended = added.data + b'[projects."/x"]\ntrust_level = "trusted"\n'
    rest = document.without(appended, TABLE, added.undo)
    assert tomllib.loads(rest.decode()) == {"a": 1, "projects": {"/x": {"trust_level": "trusted"}}}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a = \n", 1, "not TOML"),
        ("a = 1\na = 2\n", 2, "not TOML"),
        ("x = " + "[" * 5000, 0, "not TOML"),
        ("model_providers = {acme = {name = 'a'}}\n", 1, "not written as one table"),
        ("model_providers.acme.name = 'a'\n", 1, "not written as one table"),
        ("[model_providers]\nacme.name = 'a'\n", 1, "not written as one table"),
        ("[model_providers.acme]\n[b]\n[model_providers.acme.auth]\n", 1, "not written as one table"),
        ("[[model_providers.acme]]\n", 1, "not written as one table"),
    ],
)
def test_a_file_that_cannot_be_edited_safely_is_refused_with_its_place(text: str, line: int, reason: str) -> None:
    with pytest.raises(DocumentFault, match=re.escape(reason)) as refused:
        document.with_value(text.encode(), TABLE, VALUE)
    assert refused.value.line == line


def test_a_table_in_the_way_of_a_key_is_refused() -> None:
    with pytest.raises(DocumentFault, match="not written as one table"):
        document.with_value(b"[model]\nname = 'x'\n", KEY, "gpt-x")


def test_a_note_of_the_user_inside_our_table_is_not_lost_silently() -> None:
    added = document.with_value(b"", TABLE, {"name": "a", "port": 1})
    with pytest.raises(DocumentFault, match="another value"):
        document.without(added.data.replace(b"port", b"# mine\nport"), TABLE, added.undo)


def test_a_missing_value_is_missing() -> None:
    assert document.value_at(b"a = 1\n", ("b",)) is MISSING
    assert document.value_at(b"a = 1\n", ("a", "b")) is MISSING
    assert document.without(b"a = 1\n", TABLE) == b"a = 1\n"
