"""The files and links that a `git pull` may change, in a working tree or below the gateway file's directory.

gwctl recognises such a file by its content, and any other file by its path. Links that a `git pull` may change are not
trusted.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from reconciler.files.read_file import read_file

_MARKS = (".git", ".hg", ".jj", ".svn", ".bzr", ".fslckout", "_FOSSIL_", "_darcs", ".pijul", ".sl")
_MOST_LINKS = 40  # the limit of Linux, which stops cycles
LARGEST = 64 * 1024 * 1024  # bytes; a file of all public root certificates has about 256 KiB
ABSENT = "absent"  # replaces a digest if the file is missing or cannot be read


def is_working_tree(folder: Path) -> bool:
    """Return whether the directory is the top directory of a checkout, for any version control system."""
    # Path.exists raises PermissionError, and every directory above a file is looked at.
    return any(os.path.exists(os.path.join(folder, mark)) for mark in _MARKS)  # noqa: PTH110, PTH118


def working_tree_of(folder: Path) -> Path | None:
    """Return the top directory of the checkout that contains the directory. Return None if there is no checkout."""
    return next((path for path in (folder, *folder.parents) if is_working_tree(path)), None)


def content_of(path: str, *beside: str) -> str:
    """Return the digest of a file that a `git pull` may change. Return "" for any other file.

    `beside` has the directories of the gateway files. If the file is missing or cannot be read, return `ABSENT`.
    """
    try:
        if not any(_is_inside(path, beside) for path in (*_links(path), Path(os.path.realpath(path)))):
            return ""
        return digest_of(read_file(Path(path), LARGEST))
    except (OSError, ValueError):
        return ABSENT


def digest_of(data: bytes) -> str:
    """Return the digest of a file of certificates, in the form `sha256:…`.

    A file without certificates may be a secret that a stranger's gateway file names. All such files have the same
    digest, so the digest reveals nothing about the content.
    """
    from hashlib import sha256

    return f"sha256:{sha256(data if b'CERTIFICATE-----' in data else b'').hexdigest()}"


def is_led_by_link(path: str, *beside: str) -> bool:
    """Return whether the path contains a link that a `git pull` may change."""
    try:
        return any(_is_inside(path, beside) for path in _links(path))
    except (OSError, ValueError):
        return True


def _is_inside(place: Path, beside: Sequence[str]) -> bool:
    below = any(place.is_relative_to(os.path.realpath(folder)) for folder in beside)
    return below or working_tree_of(place.parent) is not None


def _links(path: str) -> Iterator[Path]:
    """Yield every link that is followed on the way to a file, also the links that other links lead to."""
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
