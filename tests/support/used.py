"""The directory of a tool that a person uses."""

from __future__ import annotations

from pathlib import Path


def used(folder: Path) -> Path:
    """Make the directory as the tool would: with a file, because an empty one does not count as the tool's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "history.jsonl").touch()
    return folder
