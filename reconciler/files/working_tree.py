"""The parts of a path that a repository may change: those inside a working tree.

A path is the machine's word where no pull can change what it leads to. Below the gateway file's directory, or in any
working tree, a pull may: there a file is known by its content, and a link is nobody's word.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from reconciler.files.read_file import read_file

_MARKS = (".git", ".hg", ".jj", ".svn", ".bzr", ".fslckout", "_FOSSIL_", "_darcs", ".pijul", ".sl")
_MOST_LINKS = 40  # as Linux has it: who follows more goes in circles
LARGEST = 64 * 1024 * 1024  # bytes; all roots that there are have a quarter of one
ABSENT = "absent"  # in the place of a digest: there is no such file, or it cannot be read


def is_working_tree(folder: Path) -> bool:
    """Return whether the directory is the top of a checkout of any version control."""
    return any(os.path.exists(folder / mark) for mark in _MARKS)  # noqa: PTH110 - a Path raises what it may not see


def working_tree_of(folder: Path) -> Path | None:
    """The checkout that the directory is in."""
    return next((path for path in (folder, *folder.parents) if is_working_tree(path)), None)


def content_of(path: str, *beside: str) -> str:
    """The digest of a file that a pull may change; "" for any other, whose path says enough.

    `beside` are the directories of the gateway files.
    """
    try:
        if not any(_is_inside(path, beside) for path in (*_links(path), Path(os.path.realpath(path)))):
            return ""
        return digest_of(read_file(Path(path), LARGEST))
    except (OSError, ValueError):
        return ABSENT


def digest_of(data: bytes) -> str:
    """Return the digest by which the content of a file of certificates is known.

    A file without any may be a secret that a stranger's gateway file names: of that, nothing is told.
    """
    return f"sha256:{sha256(data if b'CERTIFICATE-----' in data else b'').hexdigest()}"


def is_led_by_link(path: str, *beside: str) -> bool:
    """Return whether a link that a pull may change decides where the path leads."""
    try:
        return any(_is_inside(path, beside) for path in _links(path))
    except (OSError, ValueError):
        return True


def _is_inside(place: Path, beside: Sequence[str]) -> bool:
    below = any(place.is_relative_to(os.path.realpath(folder)) for folder in beside)
    return below or working_tree_of(place.parent) is not None


def _links(path: str) -> Iterator[Path]:
    """Every link on the way to a file, each by its real place; those that other links lead to are among them."""
    whole = Path(path).absolute()
    at, rest, number = Path(whole.anchor), list(reversed(whole.parts[1:])), 0
    while rest and number < _MOST_LINKS:
        part = rest.pop()
        at, before = at.parent if part == ".." else at / part, at
        if at.is_symlink():
            yield at
            target, number = Path(os.readlink(at)), number + 1  # noqa: PTH115 - as it is written
            at = Path(target.anchor) if target.is_absolute() else before
            rest += reversed(target.parts[1:] if target.is_absolute() else target.parts)
