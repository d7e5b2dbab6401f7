"""The line of a file below a message: it fits the terminal, and the mark is under the fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler.render.formats.quote import quote_lines
from reconciler.render.formats.text import to_text
from reconciler.render.tree import Quote, document, line, section
from tests.render.test_text import CONTROLS


@pytest.mark.parametrize("room", [60, 80])
@pytest.mark.parametrize("at", [0, 3, 500, 999, 1000])
@pytest.mark.parametrize("letter", ["a", "型", "\t", "\u202e"])
def test_a_long_line_is_cut_around_the_fault(room: int, at: int, letter: str) -> None:
    text = letter * at + "FAULT" + letter * (995 - at)
    shown, marks = quote_lines(Quote(12, text, at, at + 5), 4, room, cell_len)
    assert cell_len(shown) <= room
    assert not CONTROLS.search(shown)
    begun = marks.index("^")
    assert (marks.count("^"), cell_len(shown[: shown.index("FAULT")])) == (5, begun)


def test_a_fault_after_the_end_of_the_line_is_marked_there() -> None:
    assert quote_lines(Quote(3, "name:", 5, 6), 4, 80, cell_len) == ("    3 | name:", "      |      ^")


@given(st.text(), st.integers(0, 40), st.integers(1, 40), st.integers(40, 90))
def test_every_line_fits_and_drives_no_terminal(text: str, start: int, length: int, room: int) -> None:
    for shown in quote_lines(Quote(1, text, start, start + length), 4, room, cell_len):
        assert cell_len(shown) <= room or start > len(text)
        assert not CONTROLS.search(shown)


def test_the_mark_is_there_without_colours_and_is_not_folded() -> None:
    quoted = line("x " * 60, under=[line("below")], quote=Quote(1, "a b " * 60, 0, 3))
    for colour in (False, True):
        lines = to_text(document(section(quoted)), colour, 60, folds=True).splitlines()
        assert sum("^^^" in each for each in lines) == 1
        assert sum("1 | a b" in each for each in lines) == 1
