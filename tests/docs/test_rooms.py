"""The size of the rooms: a newcomer finds a module in a list that is read at a glance."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2] / "reconciler"
LARGEST = 12  # modules
REGISTRIES = {
    "cli/commands",
    "clients",
    "imports",
    "live/dialects",
}  # one module per command, tool, configuration or dialect: the list grows with them
TOP = "."  # the vocabulary of all rooms: the architecture page lists it


def test_no_room_has_more_than_twelve_modules() -> None:
    modules = (path for path in ROOT.rglob("*.py") if path.name != "__init__.py")
    sizes = Counter(path.parent.relative_to(ROOT).as_posix() for path in modules)
    crowded = {room: size for room, size in sizes.items() if size > LARGEST and room not in REGISTRIES | {TOP}}
    assert crowded == {}, "give some of the modules a room of their own, or merge two"
