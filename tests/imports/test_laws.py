"""Whatever a file contains: it is read or refused in words, and no key that it holds is shown."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from reconciler.errors import Failed
from reconciler.imports.registry import imported
from tests.imports.samples import HELD, SAMPLES
from tests.machinery import mutations
from tests.support.laws import examples

PARTS = [HELD[at : at + 6] for at in range(len(HELD) - 5)]
files = st.sampled_from(sorted(SAMPLES))


def read(file: str, data: bytes) -> str:
    """Return all that is said of the file."""
    try:
        return repr(imported([(file, data)]).diagnostics)
    except Failed as fault:
        assert fault.diagnostics
        assert all(each.severity == "error" and each.summary for each in fault.diagnostics)
        return repr(fault.diagnostics)


@examples(2000)
@given(file=files, seed=st.integers(0, 2**32))
def test_a_mutated_file_is_read_or_refused_in_words(file: str, seed: int) -> None:
    others = [text.encode() for text in SAMPLES.values()]
    read(file, mutations.of_bytes(SAMPLES[file].encode(), others, random.Random(seed)))


@examples(2000)
@given(file=files, spot=st.integers(0, 10**6), text=st.text("\"'{}[]:=,\n #\\", min_size=1, max_size=3))
def test_a_file_with_an_error_does_not_show_its_keys(file: str, spot: int, text: str) -> None:
    whole = SAMPLES[file]
    spot %= len(whole)
    held = next((at for at in range(spot - len(HELD) + 1, spot) if whole.startswith(HELD, max(at, 0))), None)
    spot = spot if held is None else held
    said = read(file, (whole[:spot] + text + whole[spot:]).encode())
    assert not [part for part in PARTS if part in said]
