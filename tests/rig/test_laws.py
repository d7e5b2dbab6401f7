"""The number of examples of each law comes from one function, so CI tries all examples and a local run few."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support import laws
from tests.support.laws import QUICK, examples, fewer

TESTS = Path(__file__).parents[1]
MODULES = sorted(TESTS.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(TESTS)))
def test_nobody_counts_examples_by_himself(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text if "max_examples" in text else "")
    words = {each.arg for each in ast.walk(tree) if isinstance(each, ast.keyword)}
    assert "max_examples" not in words or path.name == "laws.py"


@pytest.mark.parametrize(("asked", "quick"), [(1000, QUICK), (5, 5)])
def test_ci_tries_all_of_them(asked: int, quick: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GWCTL_TEST_LAWS", "full")
    assert examples(asked).max_examples == asked
    monkeypatch.delenv("GWCTL_TEST_LAWS")
    assert examples(asked).max_examples == quick


@pytest.mark.parametrize("number", range(8))
@pytest.mark.parametrize("values", [range(0), range(1), range(4), range(103)], ids=len)
def test_every_value_is_tried_once_and_measured_are_the_first(
    values: range, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    measured: list[int] = []
    monkeypatch.setattr(laws, "after_few", [lambda: measured.extend(tried)])
    for profile in ("few", "full"):
        monkeypatch.setenv("GWCTL_TEST_LAWS", profile)
        tried.clear()
        for value in fewer(values, number):
            tried.append(value)
        if profile == "few":
            few = list(tried)
    assert sorted(tried) == list(values)
    assert measured == [*few, *few]
    assert tried[: len(few)] == few
