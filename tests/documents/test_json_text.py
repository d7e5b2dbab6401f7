"""Edits of JSON with comments: one value changes, every other byte of the user's stays."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents import json_text as document
from reconciler.documents.edit import MISSING, DocumentFault
from tests.support.laws import examples

pytestmark = pytest.mark.pure
OURS = ("provider", "acme")
VALUE = {"name": "acme", "models": {"gpt-x": {"limit": {"context": 128000}}}, "url": "https://llm.example/v1"}

_SPACES = ["", " ", "  ", "\n", "\n  ", "\n\t", " // a note\n", " /* a, {note} */ ", "\n\n    "]
spaces = st.sampled_from(_SPACES)
# A draw is of several things at once where it can be: hypothesis takes a time for each.
four_spaces = st.sampled_from(list(product(_SPACES, repeat=4)))
ends = st.sampled_from(list(product(["", ","], _SPACES)))
around = st.sampled_from(list(product(_SPACES, ["", "\n", "\n\n", "\n// the end\n"], [True, False], ["", "\ufeff"])))
names = st.sampled_from(["model", "theme", "a b", "é", "//", "provider", '\\"', "x{", "$schema"])
scalars = st.sampled_from(
    ["1", "-0.50", "1e5", "123456789012345678901234567890", "true", "null", '"text"', '"/* no */ //"', '"é"']
)


member_names = st.lists(names, max_size=4, unique=True)


@st.composite
def containers(draw: Any, inner: st.SearchStrategy[str]) -> str:
    """An object with spaces, comments and perhaps a trailing comma; no name stands in it twice."""
    members = []
    for name in draw(member_names):
        first, second, third, fourth = draw(four_spaces)
        value = draw(objects if name == "provider" else inner)
        members.append(f'{first}"{name}"{second}:{third}{value}{fourth}')
    trailing, last = draw(ends)
    return "{" + ",".join(members) + (trailing if members else "") + last + "}"


objects: st.SearchStrategy[str] = st.deferred(lambda: containers(values))
lists = st.lists(scalars, max_size=3).map(lambda items: "[" + ", ".join(items) + "]")
values: st.SearchStrategy[str] = st.deferred(lambda: st.one_of(scalars, lists, objects))


@st.composite
def files(draw: Any) -> bytes:
    first, end, has_carriage_returns, mark = draw(around)
    text = first + draw(objects) + end
    text = text.replace("\n", "\r\n") if has_carriage_returns else text
    return (mark + text).encode()


@examples(1000)
@given(data=files(), cycles=st.integers(1, 10))
def test_ten_cycles_of_add_change_remove_give_back_the_file_to_the_byte(data: bytes, cycles: int) -> None:
    before = data
    for number in range(cycles):
        added = document.with_value(data, OURS, VALUE)
        assert document.value_at(added.data, OURS) == VALUE
        changed = document.with_value(added.data, OURS, VALUE | {"name": str(number)})
        assert document.value_at(changed.data, OURS)["name"] == str(number)
        data = document.without(changed.data, OURS, added.undo)
        assert data == before


@examples(500)
@given(data=files())
def test_what_was_there_is_there_in_its_order_to_the_byte(data: bytes) -> None:
    edited = document.with_value(data, OURS, VALUE).data.decode()
    for line in re.findall(r"[^\s,{}]+", data.decode()):
        assert line in edited
    position = 0
    for character in data.decode().rstrip():
        if not character.isspace():
            position = edited.index(character, position) + 1


@pytest.mark.parametrize(
    ("text", "line", "column", "reason"),
    [
        ('{"a": 1 "b": 2}', 1, 9, "a comma or }"),
        ("{\n  \"a\": 'x'\n}", 2, 8, "a value is expected"),
        ("{a: 1}", 1, 2, "double quotes"),
        ('{"a": 1} {}', 1, 10, "after the end"),
        ('{"a": 1 /* no end', 1, 9, "a comment has no end"),
        ('{"a": NaN}', 1, 7, "a value is expected"),
        ("[" * 1000, 1, 201, "nested more than 200"),
        ('{"provider": []}', 1, 14, "expected inside an object"),
        ('{"provider": {}, "provider": {}}', 1, 18, "twice"),
        ('{"provider": {"acme": 1, "ac\\u006de": 2}}', 1, 26, "twice"),
        ('{"provider": ', 1, 14, "a value is expected"),
    ],
)
def test_a_file_that_cannot_be_edited_safely_is_refused_with_its_place(
    text: str, line: int, column: int, reason: str
) -> None:
    with pytest.raises(DocumentFault, match=re.escape(reason)) as refused:
        document.with_value(text.encode(), OURS, VALUE)
    assert (refused.value.line, refused.value.column) == (line, column)


def test_a_file_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(DocumentFault, match="not UTF-8"):
        document.value_at(b'{"a":\n "\xff"}', ("a",))


def test_a_missing_value_is_not_null() -> None:
    assert document.value_at(b'{"a": null}', ("a",)) is None
    assert document.value_at(b'{"a": null}', ("b",)) is MISSING
    assert document.value_at(b"", ("b",)) is MISSING


def test_an_object_of_a_list_is_found_by_its_fields() -> None:
    group = (("name", "acme"), ("vendor", "customendpoint"))
    before = b'[\n\t{"name": "acme", "vendor": "other"}\n]\n'
    added = document.with_value(before, (group,), {"models": [1]})
    assert json.loads(added.data)[1] == {"name": "acme", "vendor": "customendpoint", "models": [1]}
    changed = document.with_value(added.data, (group,), {"models": [2]})
    assert json.loads(changed.data)[1] == {"name": "acme", "vendor": "customendpoint", "models": [2]}
    assert document.without(changed.data, (group,), added.undo) == before


def test_a_tool_that_writes_the_file_anew_leaves_a_value_that_can_be_removed() -> None:
    added = document.with_value(b'{"a": 1, // mine\n "big": 12345678901234567890}', OURS, VALUE)
    rewritten = (
        b'{\n    "provider": {"acme": {"models": {}, "name": "acme"}},\n    "a": 1,\n    "big": 12345678901234567890\n}'
    )
    assert document.without(rewritten, OURS, added.undo) == b'{\n    "a": 1,\n    "big": 12345678901234567890\n}'


def test_a_comment_of_the_user_beside_our_value_stays() -> None:
    added = document.with_value(b'{\n  "a": 1\n}\n', ("model",), "acme/gpt-x")
    commented = added.data.replace(b'"acme/gpt-x"', b'"acme/gpt-x" // set by gwctl')
    assert b"// set by gwctl" in document.without(commented, ("model",), added.undo)
