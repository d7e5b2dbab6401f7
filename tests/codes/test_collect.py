"""One way to collect diagnostics: a function yields what there is to say, and returns its value."""

from __future__ import annotations

import ast
from pathlib import Path

import reconciler
from reconciler import codes
from reconciler.diagnostics import Diagnosing, collect, error

PACKAGE = Path(reconciler.__file__).parent


def halved(number: int) -> Diagnosing[int]:
    if number % 2:
        yield error(codes.BAD_VALUE, f"{number} is odd")
    return number // 2


def quartered(number: int) -> Diagnosing[int]:
    half = yield from halved(number)
    return (yield from halved(half))


def test_the_value_comes_with_all_that_was_said_on_the_way() -> None:
    value, diagnostics = collect(quartered(7))
    assert value == 1
    assert [diagnostic.summary for diagnostic in diagnostics] == ["7 is odd", "3 is odd"]
    assert collect(quartered(8)) == (2, ())


def test_no_function_adds_to_a_list_of_diagnostics_that_it_is_given() -> None:
    given = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in PACKAGE.rglob("*.py")
        if "list[" in (text := path.read_text("utf-8")) and "Diagnostic" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.arg) and node.annotation and "list[Diagnostic" in ast.unparse(node.annotation)
    ]
    assert given == []
