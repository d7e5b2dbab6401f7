"""Every decoder on what the corpus keeps, and on some mutations of it; `python -m tests.machinery.fuzz` tries more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.machinery.decoders import DECODERS, Decoder
from tests.machinery.fuzz import batch

INPUTS = 400  # for each decoder
KEPT = [
    pytest.param(decoder, name, id=f"{decoder.name}-{name}") for decoder in DECODERS for name in sorted(decoder.seeds())
]


@pytest.mark.parametrize(("decoder", "name"), KEPT)
def test_what_is_kept_is_taken_or_refused_in_words(decoder: Decoder, name: str, tmp_path: Path) -> None:
    """Those that begin with `refused` once broke the law; of the others every decoder of one format takes its own."""
    taken = decoder.try_out(decoder.seeds()[name], tmp_path)
    assert taken is not name.startswith("refused") or decoder.name.startswith("list of ")


@pytest.mark.parametrize("decoder", DECODERS, ids=lambda each: each.name)
def test_what_is_mutated_is_taken_whole_or_refused_in_words(decoder: Decoder) -> None:
    tally = batch(decoder.name, "in CI", INPUTS)
    assert not tally.faults, [f"{way}\n{told}\n{data!r}" for way, (_, data, told) in tally.faults.items()]
    assert tally.tried[decoder.name] == INPUTS
    assert 0 < tally.taken[decoder.name] < INPUTS, "mutations that are all refused, or none, try nothing"
