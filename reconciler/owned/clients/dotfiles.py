"""The detection of other programs that write files in a home directory: chezmoi, and Nix with home-manager.

gwctl runs none of these programs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from reconciler.clients.tool import Surroundings
from reconciler.files.read_file import read_file
from reconciler.values import dataclass

NIX_STORE = Path("/nix/store")  # home-manager links files there; nobody can write there
_LONGEST = 4096  # bytes of .chezmoiroot
# In chezmoi's order: https://chezmoi.io/reference/source-state-attributes/. `create_` and `modify_` keep content.
_FILE = re.compile(r"(encrypted_)?(private_)?(readonly_)?(empty_)?(executable_)?(?P<name>.+)")
_KEPT = re.compile(rf"(create_|modify_|symlink_){_FILE.pattern}")
_FOLDER = re.compile(r"(?P<exact>exact_)?(private_)?(readonly_)?(?P<name>.+)")
_SUFFIXES = (".tmpl", ".age", ".asc")


@dataclass(frozen=True, kw_only=True)
class DotfileSource:
    """The entry in chezmoi's source directory that decides the content of a file in the home directory."""

    path: Path
    is_removed: bool  # chezmoi has no such file, and deletes files that it does not have from the directory


def chezmoi_source(path: Path, here: Surroundings) -> DotfileSource | None:
    """Return chezmoi's source entry for the path, or None if chezmoi does not write the path.

    Only chezmoi's usual source directory is searched.
    """
    home = Path(os.path.realpath(here.home))
    folder = _root(Path(here.folder("XDG_DATA_HOME", ".local/share")) / "chezmoi")
    if folder is None or not path.is_relative_to(home):
        return None
    *folders, name = path.relative_to(home).parts
    is_exact = False
    for part in folders:
        found = _entry(folder, part, _FOLDER)
        if found is None:
            return None
        folder, is_exact = found, found.name.startswith("exact_")
    file = _entry(folder, name, _FILE)
    if file is not None:
        return DotfileSource(path=file, is_removed=False)
    return DotfileSource(path=folder, is_removed=True) if is_exact and not _is_kept(folder, name) else None


def _root(source: Path) -> Path | None:
    """Return the root directory of chezmoi's source entries, or None if there is no source directory.

    The file `.chezmoiroot` may name the root. Otherwise the root is the source directory itself.
    """
    if not source.is_dir():
        return None
    try:
        named = read_file(source / ".chezmoiroot", _LONGEST).decode().strip()
    except (OSError, ValueError):
        return source
    return source / named


def _entry(folder: Path, wanted: str, pattern: re.Pattern[str]) -> Path | None:
    """Return the entry of the source directory whose target has the wanted name.

    If no entry has this target, return None.
    """
    return next((folder / name for name in _names(folder) if wanted in _targets(name, pattern)), None)


def _is_kept(folder: Path, wanted: str) -> bool:
    """Return whether chezmoi has an entry for the file but does not change the file's content."""
    return _entry(folder, wanted, _KEPT) is not None


def _names(folder: Path) -> Sequence[str]:
    try:
        return sorted(entry.name for entry in folder.iterdir())
    except OSError:
        return ()


def _targets(name: str, pattern: re.Pattern[str]) -> set[str]:
    """Return the names that the target of a source entry may have, with and without the entry's suffixes."""
    match = pattern.fullmatch(name)
    bare = match["name"] if match and not name.startswith(".") else ""
    bare = f".{bare[4:]}" if bare.startswith("dot_") else bare
    names = {bare}
    for _ in _SUFFIXES:
        names |= {each.removesuffix(suffix) for each in names for suffix in _SUFFIXES}
    return names - {""}
