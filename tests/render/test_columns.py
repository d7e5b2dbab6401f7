"""Tables at 80, 100 and 200 columns: they fit, no word is broken, and what matters least goes first."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from reconciler.presets.load import load_all, names
from reconciler.render.formats.columns import fold
from reconciler.render.formats.text import to_text
from reconciler.render.tree import Span, Table, document, section
from reconciler.render.views.live import presets_view
from tests.support.laws import examples

words = st.sampled_from(
    [
        "a",
        "of",
        "endpoint",
        "模型模型",
        "🚀",
        "e\u0301a\u0301",
        "naïve",
        "x" * 20,
        "https://h.example/v1",
        "한국어",
        "(none)",
    ]
)
cells = st.lists(words, max_size=9).map(" ".join)


def table(rows: list[list[str]], spare: tuple[int, ...] = ()) -> Table:
    header = tuple(f"COLUMN {number}" for number in range(len(rows[0])))
    return Table(header, tuple(tuple(map(Span, row)) for row in rows), spare=spare)


def lines(table: Table, width: int | None) -> list[str]:
    return to_text(document(section(table)), width=width).splitlines()


@given(st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=5), st.sampled_from([80, 100, 200]))
@examples(200)
def test_a_table_fits_and_breaks_no_word(rows: list[list[str]], width: int) -> None:
    shown = lines(table(rows), width)
    assert all(cell_len(each) <= width for each in shown)
    said = {word for row in rows for cell in row for word in cell.split()}
    assert said <= {word for each in shown for word in each.split()}


@pytest.mark.parametrize("width", [80, 100, 200])
def test_presets_fit(width: int) -> None:
    shown = to_text(presets_view(load_all(), False), width=width).splitlines()
    assert max(map(len, shown)) <= width
    assert [name for name in names() if not any(re.match(rf"{name}(\s|$)", each) for each in shown)] == []


def test_a_url_folds_only_where_it_is_a_template() -> None:
    template = "https://{region}.acme.example/v1/projects/{project}/locations/{region}"
    assert fold(template, 30, len) == ["https://{region}.acme.example/", "v1/projects/{project}/", "locations/{region}"]
    whole = "https://llm.acme.example/v1/projects/some/locations/other"
    assert fold(whole, 30, len) == [whole]


def test_the_least_important_columns_go_first() -> None:
    wide = table([["n" * 30, "u" * 30, "t" * 30]], spare=(2, 1))
    assert lines(wide, 200)[0].split() == ["COLUMN", "0", "COLUMN", "1", "COLUMN", "2"]
    assert lines(wide, 80)[0].split() == ["COLUMN", "0", "COLUMN", "1"]
    assert lines(wide, 40)[0].split() == ["COLUMN", "0"]


def test_what_never_fits_side_by_side_stands_below_each_other() -> None:
    assert lines(table([["n" * 50, "u" * 50, ""]]), 80) == ["n" * 50, "  column 1: " + "u" * 50]


def test_without_a_width_nothing_is_folded_or_left_out() -> None:
    assert len(lines(table([["a b " * 50, "c", "d"]], spare=(1, 2)), None)) == 2
