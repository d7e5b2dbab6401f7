"""The number of examples of each law comes from one function, so CI tries all examples and a local run few."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.support.laws import QUICK, examples

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
