"""The spans of YAML: libyaml's parser, which is fast, gives the same spans as PyYAML's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reconciler.yaml import spans
from tests.documents.test_yaml_text import files
from tests.support.laws import examples

pytestmark = pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML has no libyaml here")
ROOT = Path(__file__).parents[2]
FILES = [path for folder in ("examples", "reconciler", "tests") for path in sorted((ROOT / folder).rglob("*.y*ml"))]
# Every indicator of YAML, and what is known to be read differently.
PIECES = [
    *(
        "a",
        "b: ",
        "- ",
        "? ",
        ": ",
        "\n",
        "\n\n",
        "\r\n",
        " ",
        "    ",
        "# c\n",
        " # c\n",
        "&x ",
        "*x",
        "!t ",
        "! ",
        "!:~!!str ",
    ),
    *("|\n", "|+\n", ">-\n", "|2\n", "|# c\n", "'q'", '"d"', '"d\\\n  e"', "'it''s'", "[", "]", "{", "}", ",", "\t"),
    *("{a : }", "{a, b: }", "[a?b]", "{? a : b}", "[a: b]", "{a:1}", "[\n  a, # c\n]", "? a\n: b\n", "a: |\n  t\n\n"),
    *("é", "😀", "\u2028", "\x85", "\ufeff", "\u00a0", "\ud800", "\x01", "---\n", "...\n", "%YAML 1.1\n", "<<: ", "@"),
    *("key:\n", "key:\n- a\n", "key: # c\n", "- b\n", "  c: d\n", "k:v", "x\n  y\n", "http://x:1/?a=b", "~", "1"),
]


def read(text: str, reader: Any) -> Any:
    try:
        return reader(text)
    except spans.NoSpans as fault:
        return fault.reason, fault.index


def assert_same(text: str) -> None:
    quick, slow = read(text, spans.spans_of.__wrapped__), read(text, spans._slowly)
    assert quick == slow
    assert repr(quick) == repr(slow)  # also the types: 1 is not True


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_the_repository_has_the_same_spans(path: Path) -> None:
    for end in ("\n", "\r\n"):
        assert_same(path.read_text("utf-8").replace("\n", end))


@examples(100)
@given(text=files().map(bytes.decode))
def test_a_file_that_can_be_edited_has_the_same_spans(text: str) -> None:
    assert_same(text)


@examples(400)
@given(text=st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_a_text_of_any_pieces_has_the_same_spans_or_the_same_fault(text: str) -> None:
    assert_same(text)


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize(
    "around", ["{}", "a: 1\n{}\n", "a:\n  {}\nb: 2\n", "- {}\n- 1", "[{}, 1]", "a: {}", "a: {}\r\n"]
)
def test_every_piece_has_the_same_spans_in_every_place(piece: str, around: str) -> None:
    assert_same(around.replace("{}", piece))


def test_usual_files_need_only_the_fast_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "_slowly", None)
    for path in (ROOT / "examples").rglob("*.yaml"):
        assert spans.spans_of.__wrapped__(path.read_text("utf-8").replace("?", "")) is not None


def test_without_libyaml_the_slow_parser_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spans, "_FAST", None)
    span = spans.spans_of.__wrapped__("a: {b: 1}\n")
    assert span == spans._slowly("a: {b: 1}\n")


words = st.sampled_from(
    [*PIECES, *("no", "1.0", "null", "", " a ", "a, b", "a b", "é", "x" * 80, "x" * 81, "x" * 200, "\x1b", "=")]
)
things = st.recursive(
    words | st.sampled_from([None, True, False, 1, -2, 10**30, 0.5, float("inf")]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@examples(300)
@given(thing=things)
def test_a_value_on_one_line_is_as_the_dumper_writes_it(thing: Any) -> None:
    assert spans.inline(thing) == spans._dumped(thing)
