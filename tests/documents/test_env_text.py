"""Edits of a dotenv file: one variable changes, every other byte of the user's stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconciler.documents import env_text as document
from reconciler.documents.edit import MISSING, DocumentFault
from tests.support.laws import examples

pytestmark = pytest.mark.pure
NAME = ("OPENAI_BASE_URL",)
_LINES = ["A=1", "export B='x y'", "# OPENAI_BASE_URL=old", "", "D = 5 # note", "E=", "no sign", "F=$A", "  G=x"]
lines = st.sampled_from([*_LINES, 'C="two\nOPENAI_BASE_URL=no\nlines"', "MY_OPENAI_BASE_URL=x"])


@st.composite
def files(draw: Any) -> bytes:
    text = "\n".join(draw(st.lists(lines, max_size=6))) + draw(st.sampled_from(["", "\n", "\n\n"]))
    text = text.replace("\n", "\r\n") if draw(st.booleans()) else text
    return (draw(st.sampled_from(["", "\ufeff"])) + text).encode()


@examples(1000)
@given(data=files(), cycles=st.integers(1, 10))
def test_ten_cycles_of_add_change_remove_give_back_the_file_to_the_byte(data: bytes, cycles: int) -> None:
    before = data
    for number in range(cycles):
        added = document.with_value(data, NAME, "https://llm.example/v1")
        changed = document.with_value(added.data, NAME, f"a b {number}")
        assert document.value_at(changed.data, NAME) == f"a b {number}"
        data = document.without(changed.data, NAME, added.undo)
        assert data == before


def test_export_quotes_and_a_note_of_the_user_stay() -> None:
    before = b'export OPENAI_BASE_URL="x"  # mine\nB=1\n'
    changed = document.with_value(before, NAME, "https://y")
    assert changed.data == b"export OPENAI_BASE_URL=https://y  # mine\nB=1\n"
    assert b"# mine\nB=1\n" in document.without(changed.data, NAME)


@pytest.mark.parametrize("value", ["$HOME", "it's", "a\nb", "back\\slash", "`x`'"])
def test_a_value_that_readers_change_is_refused(value: str) -> None:
    with pytest.raises(DocumentFault, match="OPENAI_BASE_URL cannot be written"):
        document.with_value(b"", NAME, value)


def test_a_variable_that_is_set_twice_is_refused_with_its_place() -> None:
    with pytest.raises(DocumentFault, match="twice") as refused:
        document.with_value(b"OPENAI_BASE_URL=a\n\nexport OPENAI_BASE_URL=b\n", NAME, "c")
    assert refused.value.line == 3


def test_a_missing_variable_is_missing() -> None:
    assert document.value_at(b"# OPENAI_BASE_URL=x\n", NAME) is MISSING
    assert document.value_at(b"OPENAI_BASE_URL=\n", NAME) == ""
