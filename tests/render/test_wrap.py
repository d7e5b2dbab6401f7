"""Lines that are folded for a terminal: at words, counted in cells, with commands whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler import codes
from reconciler.diagnostics import warning
from reconciler.render.formats.text import to_text
from reconciler.render.formats.wrap import fold_text
from reconciler.render.phrases import diagnostics_section
from reconciler.render.tree import document, line, section

WORDS = st.lists(st.text("ab模`:, 型é(", min_size=1, max_size=12), max_size=20).map(" ".join)
DETAIL = "The missing models are kept: a short list is often a fault of the server that has it."


def shown(hint: str, width: int, colour: bool = False) -> list[str]:
    """The lines of a warning with that hint."""
    found = warning(codes.NO_KEY, "The list no longer contains 4 of the 7 recorded models", detail=DETAIL, hint=hint)
    return to_text(document(diagnostics_section([found])), colour, width, folds=True).splitlines()


@given(text=WORDS, room=st.integers(1, 60), later=st.integers(0, 8))
def test_no_word_is_lost_broken_or_beyond_the_width(text: str, room: int, later: int) -> None:
    lines = fold_text(text, room, cell_len, later)
    assert " ".join(lines).split() == text.split()
    for each in lines:
        assert cell_len(each) <= room or not re.sub("`[^`]*`", "", each.strip()).strip().count(" ")


@pytest.mark.parametrize("width", [30, 45, 60, 80])
def test_a_command_in_a_hint_stays_in_one_line(width: int) -> None:
    command = "gwctl plan --accept-catalog litellm --scope shared"
    lines = shown(f"if they were removed on purpose: {command}; then look again", width)
    assert sum(command in each for each in lines) == 1
    others = [each for each in lines if command not in each]
    assert all(len(each) <= width for each in others)


@pytest.mark.parametrize(
    "typed",
    [
        "`gwctl trust litellm client.claude-code client.codex`",
        'OPENCODE_CONFIG_DIR="/a place/with spaces" opencode run',
        "{address: endpoint.litellm, protect: false, and: more}",
        'eval "$(gwctl env --model litellm/gpt-4o-mini, x)"',
    ],
)
def test_what_a_user_types_is_whole(typed: str) -> None:
    assert sum(typed in each for each in shown(f"one of several ways is this one: {typed}", 40)) == 1


def test_a_command_that_fits_is_not_moved() -> None:
    assert "  hint: do this first, please: gwctl plan" in shown("do this first, please: gwctl plan", 80)


def test_colours_take_no_room() -> None:
    plain = shown("add `--key-env NAME`, which is the name of a variable and not a key", 50)
    coloured = shown("add `--key-env NAME`, which is the name of a variable and not a key", 50, colour=True)
    assert [re.sub(r"\x1b\[[0-9;]*m", "", each) for each in coloured] == plain
    assert len(plain) > 4


def test_wide_characters_take_two_columns() -> None:
    lines = to_text(document(section(line("模型 " * 30))), width=40, folds=True).splitlines()
    assert [cell_len(each) for each in lines][:2] == [39, 38]


def test_a_document_that_is_not_folded_has_whole_lines() -> None:
    found = document(section(line("word " * 60)))
    assert len(to_text(found, width=40).splitlines()) == 1
