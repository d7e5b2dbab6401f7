"""Edits of YAML: one value changes, every other byte of the user's stays."""

from __future__ import annotations

import re
from functools import cache
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reconciler.documents import yaml_text as document
from reconciler.documents.edit import MISSING, DocumentFault
from tests.support.laws import examples

pytestmark = pytest.mark.pure
OURS = ("clients", "acme")
VALUE = {"tool": "codex", "models": ["gpt-*", "no", "1.0"], "deep": {"a": {"b": 1, "list": [{"id": "x"}]}}}

names = st.sampled_from(["name", "x-y", "é", '"a b"', "clients", "'q'", "endpoints", "12"])
_SCALARS = ["1", "no", "text # not", "text  # note", "'its'", '"a: b"', "", "~", "[a, b]", "{a: 1, b: [c]}", "{}"]
scalars = st.sampled_from([*_SCALARS, "12345678901234567890123"])
_GAPS = ["", "", "", "\n", "# a note: here\n", "\n    # deep\n\n"]
_SHAPES = ["scalar", "mapping", "list", "literal"]
# Each strategy is made once, and a draw is of two things at once where it can be: hypothesis takes a time for both.
fields = st.sampled_from([(gap, shape) for gap in _GAPS for shape in _SHAPES])
deepest_fields = st.sampled_from([(gap, "scalar") for gap in _GAPS])
field_names = st.lists(names, min_size=1, max_size=4, unique=True)
steps = st.sampled_from([2, 4])
after_colon = st.sampled_from(["", " ", "   # note"])
empties = st.sampled_from(["", "~", "{}", "{a: 1}", "{a: 1, }"])


@cache
@st.composite
def mappings(draw: Any, indent: int, deepest: int) -> str:
    """A block mapping with notes and blank lines between its fields; no name stands in it twice."""
    step = draw(steps)
    text = ""
    for name in draw(field_names):
        gap, shape = draw(fields if deepest else deepest_fields)
        text += gap + " " * indent + name + ":"
        if shape == "mapping" or (shape != "scalar" and name == "clients"):
            text += draw(after_colon) + "\n" + draw(mappings(indent + step, deepest - 1))
        elif shape == "list":
            dash = " " * (indent + draw(dashes(step))) + "- "
            text += "\n" + dash + draw(scalars) + "\n" + dash + "id: x\n" + " " * len(dash) + "k: y  # z\n"
        elif shape == "literal":
            text += f" |\n{' ' * (indent + step)}some: text\n"
        else:
            text += " " + draw(empties if name == "clients" else scalars) + "\n"
    return text


@cache
def dashes(step: int) -> st.SearchStrategy[int]:
    return st.sampled_from([0, step])


_TOPS = ["", "# top\n", "---\n"]
_ENDS = ["", "\n", "# the end\n", "\n# the end"]
around = st.sampled_from(list(product(_TOPS, _ENDS, [True, False], [True, False], ["", "\ufeff"])))
contents = st.one_of(st.just(""), mappings(0, 3))


@st.composite
def files(draw: Any) -> bytes:
    top, end, is_stripped, has_carriage_returns, mark = draw(around)
    text = top + draw(contents) + end
    text = text.rstrip("\n") if is_stripped else text
    text = text.replace("\n", "\r\n") if has_carriage_returns else text
    return (mark + text).encode()


def _can_be_edited(data: bytes) -> bool:
    """Return whether the text can get one more line: a last line without an end may be of a literal."""
    return data.endswith(b"\n") or not data.endswith(b"some: text")


@examples(1000)
@given(data=files(), cycles=st.integers(1, 10))
def test_ten_cycles_of_add_change_remove_give_back_the_file_to_the_byte(data: bytes, cycles: int) -> None:
    before = data
    assume(_can_be_edited(data))
    for number in range(cycles):
        added = document.with_value(data, OURS, VALUE)
        assert document.value_at(added.data, OURS) == VALUE
        text = document.with_value(added.data, OURS, str(number))
        assert document.value_at(text.data, OURS) == str(number)
        changed = document.with_value(text.data, OURS, VALUE | {"tool": "opencode"})
        assert document.value_at(changed.data, OURS)["tool"] == "opencode"
        data = document.without(changed.data, OURS, added.undo)
        assert data == before


@examples(300)
@given(data=files())
def test_what_was_there_is_there_in_its_order(data: bytes) -> None:
    assume(_can_be_edited(data))
    edited = document.with_value(data, OURS, VALUE).data.decode()
    position = 0
    for line in data.decode().splitlines():
        if line.strip() and not line.lstrip("\ufeff").startswith("clients:"):
            position = edited.index(line.strip(), position) + 1


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: [1\nb: 2\n", 2, "not YAML"),
        ("a: 1\n\tb: 2\n", 2, "not YAML"),
        ("a: 1\n---\nb: 2\n", 2, "more than one document"),
        ("x: &x {y: 1}\nclients: *x\n", 2, "an alias"),
        ("clients: [1]\n", 1, "expected inside a mapping"),
        ("clients: {}\nclients: {}\n", 2, "twice"),
        ("- a\n", 1, "expected inside a mapping"),
        ("clients: |+\n  text\n", 1, "expected inside a mapping"),
        ("clients:\n  x: |+\n    text\n\n\n", 0, "without a change to another value"),
        ("[" * 500, 1, "not YAML"),
        ("a: |\n  text", 0, "no line end"),
    ],
)
def test_a_file_that_cannot_be_edited_safely_is_refused_with_its_place(text: str, line: int, reason: str) -> None:
    with pytest.raises(DocumentFault, match=re.escape(reason)) as refused:
        document.with_value(text.encode(), OURS, VALUE)
    assert refused.value.line == line


def test_text_that_yaml_reads_otherwise_is_written_in_quotes() -> None:
    words = [
        "no",
        "on",
        "1.0",
        "0o7",
        "0x1",
        "1_000",
        "12:30",
        "null",
        "",
        " a ",
        "a: b",
        "#",
        "é",
        "*x",
        "\x1b[31m",
        "a\nb",
    ]
    edit = document.with_value(b"", ("a",), words)
    assert document.value_at(edit.data, ("a",)) == words


def test_an_object_of_a_list_is_found_by_its_fields() -> None:
    before = b"models:\n- id: a\n  purpose: chat\n- plain\n"
    path = ("models", (("id", "b"),))
    added = document.with_value(before, path, {"purpose": "voice"})
    assert added.data == before + b"- id: b\n  purpose: voice\n"
    assert document.value_at(added.data, path) == {"id": "b", "purpose": "voice"}
    assert document.without(added.data, path, added.undo) == before


def test_a_missing_value_is_not_null() -> None:
    assert document.value_at(b"a: ~\n", ("a",)) is None
    assert document.value_at(b"a: ~\n", ("b",)) is MISSING
    assert document.value_at(b"", ("b",)) is MISSING


def test_a_new_endpoint_stands_apart_where_the_others_do() -> None:
    before = b"endpoints:\n  a:\n    preset: x   # note\n\n  b: {preset: y}\n\ndefaults: {}\n"
    edited = document.with_value(before, ("endpoints", "c"), {"preset": "z", "models": ["m"]})
    assert b"  b: {preset: y}\n\n  c:\n    preset: z\n    models: [m]\n\ndefaults: {}\n" in edited.data
