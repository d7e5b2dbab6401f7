"""A diagnostic's code is declared once, with sentences on it; the rest of the code names it and never spells it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import reconciler
from reconciler import codes

PACKAGE = Path(reconciler.__file__).parent
DECLARED = {name: value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)}

# The same letters with another meaning: OpenSSL's names of TLS alerts.
OTHER_MEANINGS = {("live/http/tls_errors.py", "CERTIFICATE_EXPIRED")}


@cache
def nodes() -> tuple[tuple[str, ast.AST], ...]:
    return tuple(_walked())


def _walked() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).as_posix()
        if place != "codes.py":
            yield from ((place, node) for node in ast.walk(ast.parse(path.read_text("utf-8"))))


def test_a_code_is_called_what_it_says() -> None:
    assert {name: name for name in DECLARED} == DECLARED
    assert list(DECLARED.values()) == list(codes.EXPLANATIONS)


def test_codes_stand_in_alphabetical_order() -> None:
    assert list(DECLARED) == sorted(DECLARED)


def test_no_module_spells_a_code() -> None:
    spelt = {
        (place, node.value)
        for place, node in nodes()
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value in DECLARED
    }
    assert spelt == OTHER_MEANINGS


def test_no_module_makes_a_code_but_from_a_saved_plan_and_what_somebody_types() -> None:
    makers = {
        place
        for place, node in nodes()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Code"
    }
    assert makers == {"cli/commands/explain.py", "plan/file/schema.py"}


def test_no_code_is_declared_for_nothing() -> None:
    used = {
        node.attr
        for _, node in nodes()
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "codes"
    }
    assert used == set(DECLARED)


@pytest.mark.parametrize("code", codes.EXPLANATIONS)
def test_a_code_is_explained_in_whole_sentences(code: codes.Code) -> None:
    for sentence in codes.EXPLANATIONS[code]:
        assert sentence[0].isupper() or sentence.startswith(("`", "gwctl "))
        assert sentence.endswith(".")
        assert len(sentence) <= 140
