"""Every exception of gwctl has one root, and stands in the tree that the docstring of `reconciler.errors` shows."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import reconciler
from reconciler import errors
from reconciler.files.fault import FileFault

PACKAGE = Path(reconciler.__file__).parent
GROUP = "private to one module"
_ENTRY = re.compile(r"^(?P<lead>[ │├└─]*)(?P<name>_?[A-Z]\w+|private to one module)(?: {2,}|$)", re.MULTILINE)


def shown() -> dict[str, str | None]:
    """Each exception of the docstring's tree, and the one that it stands under."""
    parents: dict[str, str | None] = {}
    above: list[str] = []
    for entry in _ENTRY.finditer(errors.__doc__ or ""):
        depth = len(entry["lead"]) // 4
        above[depth:] = [entry["name"]]
        parents[entry["name"]] = above[depth - 1] if depth else None
    return {name: above if above != GROUP else "GatewayError" for name, above in parents.items() if name != GROUP}


def classes() -> Iterator[tuple[str, list[str]]]:
    """Every class of the package, and the names of its bases."""
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ClassDef):
                yield node.name, [ast.unparse(base).rpartition(".")[2] for base in node.bases]


def is_foreign_exception(name: str) -> bool:
    result = getattr(builtins, name, getattr(click, name, getattr(click.exceptions, name, None)))
    return isinstance(result, type) and issubclass(result, BaseException)


def test_every_exception_stands_in_the_tree_under_its_base() -> None:
    tree = shown()
    defined = [
        (name, next((base for base in bases if base in tree), None))
        for name, bases in classes()
        if any(base in tree or is_foreign_exception(base) for base in bases)
    ]
    assert sorted(defined, key=str) == sorted(tree.items(), key=str)


def test_what_a_room_catches_as_a_file_fault_is_an_os_error_too() -> None:
    fault = FileFault("directory", "the path is a directory", Path("here"))
    assert isinstance(fault, OSError)
    assert isinstance(fault, errors.GatewayError)
    assert (fault.strerror, fault.filename) == ("the path is a directory", "here")


@pytest.mark.parametrize("name", ["ValueError", "OSError", "ClickException", "UsageError"])
def test_a_foreign_exception_is_known_as_one(name: str) -> None:
    assert is_foreign_exception(name)
