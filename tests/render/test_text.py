"""The tree as text: safe, aligned, coloured only when asked, and folded only where it may be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.cli.console.output import wants_colour
from reconciler.render.formats.text import to_text
from reconciler.render.tree import Span, Table, document, line, section
from reconciler.render.views.plan import FOLD_OVER, plan_view
from reconciler.text import block, printable, sentence
from tests.plan.world import applied, endpoint, gateway, listed, plan

CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


@given(st.text())
def test_nothing_that_drives_a_terminal_gets_through(text: str) -> None:
    shown = to_text(document(section(line(Span(text, "code"), under=[line(text)]), Table(("id",), ((Span(text),),)))))
    assert not CONTROLS.search(shown)
    assert "\n" not in printable(text)
    assert len(printable(text, 50)) <= 50 * 6 + 1
    assert not CONTROLS.search(sentence(text))
    assert not CONTROLS.search(block(text))


@given(st.text(), st.sampled_from(["error", "create", "plain"]))
def test_colour_adds_codes_and_nothing_else(text: str, role: str) -> None:
    tree = document(section(line(Span(f"x{text}x", role))))
    assert re.sub(r"\x1b\[[0-9;]*m", "", to_text(tree, colour=True)) == to_text(tree)


def test_columns_line_up_whatever_the_width_of_their_letters() -> None:
    rows = (("模型", "one"), ("naïve", "two"), ("plain-id", "three"))
    tree = document(section(Table(("id", "what"), tuple(tuple(map(Span, row)) for row in rows))))
    assert to_text(tree) == "id        what\n模型      one\nnaïve     two\nplain-id  three\n"


def test_an_empty_document_is_nothing() -> None:
    assert to_text(document(section())) == ""


@pytest.mark.parametrize(
    ("color", "terminal", "environ", "expected"),
    [
        ("auto", True, {}, True),
        ("auto", False, {}, False),
        ("auto", True, {"NO_COLOR": "1"}, False),
        ("auto", True, {"NO_COLOR": ""}, True),
        ("auto", False, {"FORCE_COLOR": "1"}, True),
        ("auto", False, {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ("auto", True, {"TERM": "dumb"}, False),
        ("always", False, {"NO_COLOR": "1"}, True),
        ("never", True, {"FORCE_COLOR": "1"}, False),
    ],
)
def test_when_there_is_colour(color: str, terminal: bool, environ: dict[str, str], expected: bool) -> None:
    assert wants_colour(color, terminal, environ) is expected


def lines_of(plan, verbose: bool = False) -> list[str]:
    return to_text(plan_view(plan, verbose)).splitlines()


@pytest.mark.parametrize("count", [FOLD_OVER, FOLD_OVER + 1, 500])
def test_many_creates_fold_to_a_count_and_unfold_with_v(count: int) -> None:
    ids = [f"m-{number:03}" for number in range(count)]
    planned = plan(gateway(endpoint("a")), {"a": listed(*ids)})
    folded = [each for each in lines_of(planned) if each.startswith("  + m-")]
    assert len(folded) == (count if count <= FOLD_OVER else 0)
    assert any(f"+ {count} models" in each for each in lines_of(planned)) is (count > FOLD_OVER)
    assert len([each for each in lines_of(planned, verbose=True) if each.startswith("  + m-")]) == count
    assert lines_of(planned)[-1] == f"Plan: {count + 2} to create; 0 unchanged."


def test_deletes_are_never_folded_and_come_first() -> None:
    """Destroys hidden in a fold: usdr-gost PR#2966."""
    old = [f"old-{number:03}" for number in range(100)]
    recorded = applied(gateway(endpoint("a", *old)), {"a": listed(*old)})
    new = [f"new-{number:03}" for number in range(100)]
    gate = gateway(endpoint("a", *new, discover=False))
    shown = lines_of(plan(gate, {"a": listed(*new)}, recorded))
    deletes = [number for number, each in enumerate(shown) if each.startswith("  - old-")]
    creates = [number for number, each in enumerate(shown) if "+ 100 models" in each]
    assert len(deletes) == 100
    assert max(deletes) < min(creates)
