"""A directory that is opened once. Every further step uses the opened directory.

Below `base`, no directory of the path may be a link, because a repository may contain this part of the path.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from reconciler.files.fault import FileFault

POSIX = os.name == "posix"
NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
NEW = os.O_CREAT | os.O_EXCL | os.O_WRONLY | NOFOLLOW | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)


@contextmanager
def opened(path: Path, base: Path | None, make: bool = False) -> Iterator[int | None]:
    """Yield the directory. The directories of the path below `base` are opened one after the other.

    Yield None on a system that cannot open directories.
    """
    start, parts = _divided(path, base)
    if not POSIX:
        _walk_by_name(start, parts, make)
        yield None
        return
    if make:
        start.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ExitStack() as handles:
        handle = _kept(handles, os.open(start, _FOLDER))
        for number, part in enumerate(parts, 1):
            handle = _kept(handles, _next(handle, part, start.joinpath(*parts[:number]), make))
        yield handle


def _kept(handles: ExitStack, handle: int) -> int:
    handles.callback(os.close, handle)
    return handle


def _divided(path: Path, base: Path | None) -> tuple[Path, tuple[str, ...]]:
    if base is None or not path.is_relative_to(base):
        return path, ()
    return base, path.relative_to(base).parts


def _next(handle: int, part: str, shown: Path, make: bool) -> int:
    """Return the subdirectory `part`, opened. Raise `FileFault` if the subdirectory is a link."""
    if make:
        with suppress(FileExistsError):
            os.mkdir(part, 0o700, dir_fd=handle)
    _check_folder(os.stat(part, dir_fd=handle, follow_symlinks=False).st_mode, shown)
    return os.open(part, _FOLDER | NOFOLLOW, dir_fd=handle)


def _walk_by_name(start: Path, parts: tuple[str, ...], make: bool) -> None:
    if make:
        start.joinpath(*parts).mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, len(parts) + 1):
        shown = start.joinpath(*parts[:number])
        _check_folder(shown.lstat().st_mode, shown)


def _check_folder(mode: int, shown: Path) -> None:
    if stat.S_ISLNK(mode):
        raise FileFault("link", f"the directory {shown} is a symbolic link", shown)


def names_in(folder: int | None, path: Path) -> list[str] | None:
    """Return the names in the directory. Return None if the directory cannot be listed."""
    try:
        if folder is None:
            return os.listdir(path)
        handle = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
    except PermissionError:
        return None
    try:
        return os.listdir(handle)
    finally:
        os.close(handle)


def flush(folder: int | None) -> None:
    """Flush the directory, so that a new name survives a crash. A directory that cannot be read is not flushed."""
    if folder is None:
        return
    with suppress(PermissionError):
        handle = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=folder)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
