"""Everything a person types goes through one module: no question can be overwritten, cut, or answered too early."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import reconciler

ROOT = Path(reconciler.__file__).parent
DOORS = (
    ROOT / "cli" / "console" / "prompts.py",
    ROOT / "cli" / "console" / "terminal.py",
    ROOT / "files" / "read_file.py",
)
ASKING = {
    "click": {"prompt", "confirm", "getchar", "pause", "edit", "confirmation_option", "password_option"},
    "getpass": {"getpass", "unix_getpass", "win_getpass", "fallback_getpass"},
    "sys": {"stdin", "__stdin__"},
    "fileinput": {"input"},
}
OPTIONS = ("option", "argument", "password_option", "confirmation_option", "Option")  # click's, which may ask
BARE = {"input", "raw_input"}
INPUTS = (0, "/dev/tty", "/dev/stdin")


def asked_in(source: str) -> list[str]:
    """Whatever in that source asks somebody, or reads standard input."""
    return [what for node in ast.walk(ast.parse(source)) for what in _asked(node)]


def _asked(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.attr in ASKING.get(node.value.id, ()):
            yield f"{node.value.id}.{node.attr}"
    elif isinstance(node, ast.ImportFrom):
        yield from (
            f"{node.module}.{name.name}" for name in node.names if name.name in ASKING.get(node.module or "", ())
        )
    elif isinstance(node, ast.Call):
        if isinstance(node.func, ast.Name) and node.func.id in BARE:
            yield node.func.id
        if getattr(node.func, "attr", "") in OPTIONS:
            yield from (f"{keyword.arg}=" for keyword in node.keywords if keyword.arg in ("prompt", "hide_input"))
        if any(
            isinstance(each, ast.Constant) and each.value in (0, "/dev/tty", "/dev/stdin") for each in node.args[:1]
        ):
            yield from _read_of(node.func)


def _read_of(function: ast.expr) -> Iterator[str]:
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if name in ("open", "fdopen", "read", "Path"):
        yield f"{name} of standard input"


def test_nobody_is_asked_around_the_door() -> None:
    rooms = [path for path in ROOT.rglob("*.py") if path not in DOORS]
    result = {str(path.relative_to(ROOT)): asked_in(path.read_text(encoding="utf-8")) for path in rooms}
    assert {name: asked for name, asked in result.items() if asked} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import click\nclick.confirm('?')",
        "from click import prompt",
        "click.option('--key', prompt=True)",
        "import sys\nsys.stdin.buffer.read()",
        "from sys import stdin",
        "import getpass\ngetpass.getpass()",
        "input('?')",
        "open('/dev/tty')",
        "import os\nos.read(0, 10)",
    ],
)
def test_a_way_around_the_door_is_seen(source: str) -> None:
    assert asked_in(source)
