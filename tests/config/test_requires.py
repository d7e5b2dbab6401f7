"""`requires`: a specifier that certainly fits is seen without the library of version specifiers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from reconciler.config.checks.requires import _fits_plainly

pytestmark = pytest.mark.pure

RELEASES = st.lists(st.integers(0, 3), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))
SIGNS = st.sampled_from([">=", "<=", "<", ">", "==", "!=", "~=", "==="])
SPACES = st.sampled_from(["", " "])
PARTS = st.tuples(SIGNS, SPACES, RELEASES).map("".join)


@given(st.lists(PARTS, min_size=1, max_size=3).map(",".join), RELEASES)
def test_what_fits_plainly_fits(wanted: str, version: str) -> None:
    if _fits_plainly(wanted, version):
        assert SpecifierSet(wanted).contains(version, prereleases=True)


@given(st.lists(st.tuples(SIGNS.filter(lambda sign: sign in (">=", "<=", "<", ">")), RELEASES).map("".join)))
def test_bounds_are_compared_without_the_library(parts: list[str]) -> None:
    wanted, version = ",".join(parts), "1.2.0"
    if parts:
        assert _fits_plainly(wanted, version) == SpecifierSet(wanted).contains(version, prereleases=True)


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "1",
        ">=",
        ">=x",
        ">=0.1.*",
        "==0.1.0",
        "~=0.1",
        ">=0.1a1",
        ">=v0.1",
        ">=0..1",
        "≥0.1",
        ">=٠",
        ">=1!0",
        ">=0.1,",
    ],
)
def test_all_other_specifiers_are_left_to_the_library(wanted: str) -> None:
    assert not _fits_plainly(wanted, "0.1.0")


def test_a_version_that_is_no_plain_release_is_left_to_the_library() -> None:
    assert not _fits_plainly(">=0.1", "0.2.dev1") and _fits_plainly(">=0.1", "0.2")
