"""No decision hangs on wording: texts are for people, and programs decide by codes, types and values."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler

PACKAGE = Path(reconciler.__file__).parent
TEXTS = ("summary", "detail", "hint", "message", "msg", "reason", "why", "strerror")
METHODS = ("startswith", "endswith", "find", "index", "count", "match", "search", "fullmatch")

ALLOWED = {
    "live/http/errors.py": "httpcore has a proxy's status nowhere but at the beginning of its text; it is a number",
    "render/phrases.py": "an address is not printed twice on a line",
}


def decisions(source: str) -> Iterator[int]:
    """The lines that compare, or look into, the text of a diagnostic or of an exception."""
    tree = ast.parse(source)
    caught = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    caught |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and _is_exception(node.annotation)}
    for node in ast.walk(tree):
        if any(_is_text(operand, caught) for operand in _operands(node)):
            yield node.lineno


def _is_exception(annotation: ast.expr | None) -> bool:
    words = ast.unparse(annotation) if annotation else ""
    return any(word in words for word in ("Error", "Exception", "Fault", "Failed"))


def _operands(node: ast.AST) -> list[ast.expr]:
    """Return the operands of a comparison, and the arguments of a method that searches a text."""
    if isinstance(node, ast.Compare):
        return [node.left, *node.comparators]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in METHODS:
        return [node.func.value, *node.args]
    return []


def _is_text(node: ast.expr, caught: set[str]) -> bool:
    """The text itself, or what a method of it gives: `fault.detail.lower()`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _is_text(node.func.value, caught)
    if isinstance(node, ast.Subscript):
        return _is_text(node.value, caught)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("str", "repr"):
        return any(isinstance(each, ast.Name) and each.id in caught for each in node.args)
    return isinstance(node, ast.Attribute) and node.attr in TEXTS


def test_no_module_decides_by_the_words_of_a_message() -> None:
    result = {
        path.relative_to(PACKAGE).as_posix(): lines
        for path in sorted(PACKAGE.rglob("*.py"))
        if (lines := list(decisions(path.read_text("utf-8"))))
    }
    assert {place: lines for place, lines in result.items() if place not in ALLOWED} == {}
    assert set(result) == set(ALLOWED)


@pytest.mark.parametrize(
    "line",
    [
        "if '(HTML)' in seen.detail: pass",
        "x = 1 if found.summary == 'No list' else 2",
        "if diagnostic.hint.startswith('check'): pass",
        "x = [each for each in said if each.detail not in seen.detail]",
        "if fault.detail.lower()[:3] == 'no ': pass",
        "try: pass\nexcept OSError as fault:\n    x = 'disconnected' in str(fault)",
        "def kind(fault: httpx.HTTPError):\n    return re.search('closed', str(fault))",
    ],
)
def test_a_decision_on_words_is_seen(line: str) -> None:
    assert list(decisions(line))


@pytest.mark.parametrize(
    "line",
    [
        "if found.detail: yield found.detail",
        "x = found.detail or found.summary",
        "if found.code == codes.OFFLINE: pass",
    ],
)
def test_a_text_may_be_printed_and_may_be_empty(line: str) -> None:
    assert not list(decisions(line))
