"""The planner, the executor, the ledger's rows and the renderers name no kind of owned resource."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import reconciler
from reconciler import address
from reconciler.address import KINDS, Kind, owned_kinds
from reconciler.owned.kind import OwnedRun
from reconciler.owned.registry import open_kinds

ROOT = Path(reconciler.__file__).parent
GENERAL = ("apply", "plan/owned", "plan/build.py", "plan/planner.py", "ledger/owned_rows.py", "render", "owned/kind.py")
GENERAL += ("owned/registry.py", "engine/owned.py")
OWN_VIEWS = {
    "render/views/machine/keys.py",
    "render/views/machine/clients.py",
    "render/json/keys.py",
    "render/json/types/keys.py",
    "render/json/hooks.py",
    "render/option_words.py",
}  # of `gwctl key`, `gwctl hook` and `gwctl clients`; the help of options
A_CAUSE = "key"  # also the name of a cause of changes, and of a field of endpoints


def modules() -> Iterator[tuple[str, ast.Module]]:
    """Return (path below the program, syntax tree) of every module that is to know no kind."""
    for name in GENERAL:
        paths = [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py"))
        for path in paths:
            below = path.relative_to(ROOT).as_posix()
            if below not in OWN_VIEWS:
                yield below, ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> set[str]:
    """Return the names that a module imports from others."""
    result = [node.names for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return {alias.name for names in result for alias in names}


def strings(tree: ast.Module) -> list[str]:
    """Return every string that is no docstring."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in docstrings]
    return [node.value for node in constants if isinstance(node.value, str)]


def test_no_general_module_names_a_kind() -> None:
    constants = {name for name, value in vars(address).items() if isinstance(value, Kind) and value.is_owned}
    words = {word for kind in owned_kinds() for word in (kind.name, kind.place, kind.noun)} - {A_CAUSE}
    assert constants
    trees = dict(modules())
    assert len(trees) > 30
    assert [path for path, tree in trees.items() if imported(tree) & constants] == []
    told = [(path, text) for path, tree in trees.items() for text in strings(tree)]
    assert [each for each in told if any(word in each[1].lower() for word in words)] == []


def test_every_owned_kind_of_the_table_has_a_module(tmp_path: Path) -> None:
    from reconciler.ledger.owned_rows import OwnedRows

    kinds = open_kinds(OwnedRun(ledger=OwnedRows(tmp_path / "ledger.sqlite3")))
    assert list(kinds) == list(owned_kinds())
    assert all(opened.rules.kind is kind for kind, opened in kinds.items())
    assert all(kind.place and kind.attributes and kind.scopes == ("machine",) for kind in kinds)
    assert all(KINDS[kind.name] is kind for kind in kinds)
