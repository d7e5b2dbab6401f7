"""The tree of a JSON document: what is skipped is as sound as what is divided, and work grows in a straight line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents import json_text, json_tree
from reconciler.documents.edit import DocumentFault
from reconciler.documents.json_tree import JsonSpan
from tests.documents.test_json_text import files
from tests.support.laws import examples

pytestmark = pytest.mark.pure
PARTS: list[tuple[tuple[str, ...], Any]] = [
    (("provider", "acme"), {"models": {"gpt-x": {}}}),
    (("model",), "acme/gpt-x"),
    (("small_model",), "acme/gpt-y"),
]
MOST = 2.2  # times as many steps for twice as much
ENTRY = '"p{n}": {{"path": "~/code/{n}", "url": "https://h.example/{n}", "tags": ["a", "b"], "sum": {n}.5}}'


class Walking(json_tree._Reader):
    """The reader without Python's decoder: it looks into every value."""

    def _skipped(self, at: int) -> int | None:
        return None


def tree(span: JsonSpan | None) -> Any:
    if span is None:
        return None
    below = [(entry.key, entry.start, entry.comma, tree(entry.value)) for entry in span.entries]
    return span.start, span.end, span.kind, below


def result(reader: json_tree._Reader) -> Any:
    try:
        return tree(reader.document())
    except DocumentFault as fault:
        return fault.reason, fault.line, fault.column


@st.composite
def damaged(draw: Any) -> str:
    """A file in which a few characters are missing, or too many."""
    text = draw(files()).decode().removeprefix("\ufeff")
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from([*'{}[],:"\\/*\n1 \x01', ",}", "/*", "NaN", "01"])) + text[at:]
        cut = draw(st.integers(0, len(text)))
        text = text[:cut] + text[cut + draw(st.integers(0, 1)) :]
    return text


@examples(1000)
@given(text=damaged())
def test_what_is_skipped_is_as_sound_as_what_is_divided(text: str) -> None:
    assert result(json_tree._Reader(text)) == result(Walking(text))


@pytest.mark.parametrize("levels", [json_tree.DEEPEST, json_tree.DEEPEST + 1])
@pytest.mark.parametrize("around", ["{}", '{{"a": {}}}', '{{"s": "]]]", "a": {} }} // note'])
def test_a_document_has_at_most_so_many_levels(levels: int, around: str) -> None:
    inner = levels - around.count("{{")
    text = around.format("[" * inner + "]" * inner)
    if levels > json_tree.DEEPEST:
        with pytest.raises(DocumentFault, match="nested more than 200 levels"):
            json_tree.scan(text)
    else:
        assert json_tree.scan(text) is not None


def document_of(count: int, after: str, last: str) -> bytes:
    entries = ",\n    ".join(ENTRY.format(n=n) + after for n in range(count))
    return f'{{\n  "projects": {{\n    {entries}{last}\n  }}\n}}\n'.encode()


DOCUMENTS: dict[str, Callable[[int], bytes]] = {
    "plain": lambda count: document_of(count, "", ""),
    "with comments": lambda count: document_of(count, " /* note, } */", ", // the last"),
    "many values beside ours": lambda count: document_of(count, "", "").replace(b'"projects"', b'"provider"'),
    "broken at the end": lambda count: document_of(count, "", ' "no comma"'),
}


def edited(data: bytes) -> None:
    try:
        for path, value in PARTS:
            data = json_text.with_value(data, path, value).data
    except DocumentFault:
        return


def steps(data: bytes) -> int:
    """Calls of functions, of Python's and of C's."""
    edited(data)  # imports, caches
    count = 0

    def on(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    json_tree.scan.cache_clear()
    sys.setprofile(on)
    try:
        edited(data)
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_twice_as_much_takes_twice_as_many_steps(kind: str) -> None:
    once, twice = (steps(DOCUMENTS[kind](count)) for count in (300, 600))
    assert twice <= MOST * once, (once, twice)


def test_what_an_edit_does_not_look_into_costs_no_steps() -> None:
    once, twice = (steps(DOCUMENTS["plain"](count)) for count in (300, 600))
    assert twice < 1.2 * once, (once, twice)


def test_all_parts_of_a_file_are_edited_on_one_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of an edit reads what it made, and the next edit begins with that."""
    read: list[str] = []

    class Counted(json_tree._Reader):
        def document(self) -> JsonSpan | None:
            read.append(self.text)
            return super().document()

    monkeypatch.setattr(json_tree, "_Reader", Counted)
    json_tree.scan.cache_clear()
    data = DOCUMENTS["with comments"](3)
    for path, value in PARTS:
        data = json_text.with_value(data, path, value).data
        assert json_text.value_at(data, path) == value
    assert len(read) == len(set(read)) == len(PARTS) + 1
    json_tree.scan.cache_clear()  # its trees keep the reader of this test


def test_a_number_out_of_range_inside_of_a_value_has_its_place() -> None:
    with pytest.raises(DocumentFault, match="out of range") as refused:
        json_text.value_at(b'{"a": {\n  "b": [1, 1e999]}}', ("a",))
    assert (refused.value.line, refused.value.column) == (2, 12)
    assert json.loads(json_text.with_value(b'{"a": {"b": 1e999}}', ("c",), 1).data)["c"] == 1
