"""The identity of a stack on this machine: the canonical path of its first gateway file, and its store."""

from __future__ import annotations

import os.path
from pathlib import Path

from reconciler.files.read_file import read_file
from reconciler.store_url import is_remote, path_of
from reconciler.values import dataclass

_LARGEST = 4096  # bytes; such a file of git contains one path


@dataclass(frozen=True)
class Whereabouts:
    """The place of a gateway file on this machine.

    In a linked git worktree, `root` is the directory of the worktree and `main` the directory of the main checkout.
    """

    path: str
    root: str = ""
    main: str = ""

    def in_main(self, path: str) -> str:
        """Return the path in the main checkout that corresponds to `path`."""
        whole = Path(path)
        inside = self.root and whole.is_relative_to(self.root)
        return str(Path(self.main) / whole.relative_to(self.root)) if inside else path


def whereabouts(file: Path) -> Whereabouts:
    """Return the canonical path of the gateway file.

    For a linked git worktree, return the path in the main checkout.
    """
    path = os.path.realpath(file)
    for folder in Path(path).parents:
        if (folder / ".git").is_dir():
            break
        main = _main_of(folder)
        if main is not None:
            here = Whereabouts(path, str(folder), str(main))
            return Whereabouts(here.in_main(path), here.root, here.main)
    return Whereabouts(path)


def store_at(url: str, directory: Path) -> str:
    """Return the identity of a store: its URL, or its canonical path. A relative path starts in `directory`."""
    return url if is_remote(url) else os.path.realpath(directory / path_of(url))


def _main_of(worktree: Path) -> Path | None:
    """Return the main checkout of a linked worktree, or None if git's own records do not confirm the link."""
    link = worktree / ".git"
    line = _line(link)
    if not line.startswith("gitdir: "):
        return None
    records = Path(os.path.realpath(worktree / line.removeprefix("gitdir: ")))
    points_back = _line(records / "gitdir")
    if records.parent.name != "worktrees" or not points_back:
        return None
    if os.path.realpath(records / points_back) != str(link):
        return None
    common = records.parent.parent
    return common.parent if common.name == ".git" else common


def _line(file: Path) -> str:
    try:
        return read_file(file, _LARGEST).decode().strip()
    except (OSError, ValueError):
        return ""
