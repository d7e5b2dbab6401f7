"""The files that users name. Only regular files are read, up to a limit in bytes, and opening never waits.

Links are followed, because dotfiles and mounted secrets are often links. The checks apply to the opened file. Files
that gwctl creates are read by `reconciler.files.atomic_file`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from reconciler.files.fault import FileFault, check_regular, in_words

READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
STANDARD_INPUT = 0


def from_home(path: str) -> str:
    """Return the path. If the path begins with `~` or `~user`, this part is expanded."""
    try:
        return os.path.expanduser(path)
    except ValueError:  # no user can have such a name; reading the file reports that
        return path


def read_file(path: Path, most: int) -> bytes:
    """Return the content of the file. Raise `FileFault` if the file is not regular or has more than `most` bytes."""
    with in_words(path):
        check_regular(path.stat().st_mode, path)  # opening a device or a pipe may already have an effect
        return content(os.open(path, READING), path, most)


def check_file(path: Path, most: int) -> None:
    """Check the file in the same way as `read_file`, for a library that opens the file by its name, such as OpenSSL."""
    with in_words(path):
        check_regular(path.stat().st_mode, path)
        with os.fdopen(os.open(path, READING), "rb") as file:
            status = os.fstat(file.fileno())
            check_regular(status.st_mode, path)
            if status.st_size > most:
                raise FileFault("large", f"the file is larger than {_size(most)}", path)


def read_standard_input(most: int) -> bytes:
    """Return all data from standard input.

    Raise `FileFault` if there are more than `most` bytes, and `OSError` if standard input is closed.
    """
    return read_descriptor(STANDARD_INPUT, most)


def read_descriptor(number: int, most: int) -> bytes:
    """Return all data from an open descriptor, such as a shell's pipe. Raise `FileFault` for more than `most` bytes."""
    with os.fdopen(number, "rb", closefd=False) as file:
        return _bounded(file.read(most + 1), Path(f"/dev/fd/{number}"), most)


def open_nowhere(number: int) -> None:
    """Redirect the descriptor to the null device."""
    handle = os.open(os.devnull, os.O_RDWR)
    if handle != number:
        os.dup2(handle, number)
        os.close(handle)


def is_file(path: Path) -> bool:
    """Return whether the path is a regular file."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Return whether the path is a directory."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def mode_of(path: Path) -> int | None:
    """Return the type and the mode of the file, as in `stat`. Return None if they cannot be read."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return None


def is_there(path: Path) -> bool:
    """Return whether the path exists. A path that cannot be checked counts as existing."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return True


def list_folder(path: Path) -> list[str]:
    """Return the names in a directory. Return an empty list if there is no directory."""
    try:
        return [entry.name for entry in path.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def packaged(package: str, name: str) -> str:
    """Return the text of a data file in a package of gwctl."""
    return (_folder(package) / name).read_text(encoding="utf-8")


def packaged_names(package: str, folder: str) -> list[str]:
    """Return the names in a data folder of a package of gwctl."""
    return [entry.name for entry in (_folder(package) / folder).iterdir()]


def _folder(package: str) -> Path:
    # `importlib.resources` would load a dozen modules for archives, in which gwctl is never installed.
    return Path(sys.modules[package].__path__[0])


def content(handle: int, path: Path, most: int) -> bytes:
    """Return the content of an opened file, and close the file. Raise `FileFault` for more than `most` bytes."""
    with os.fdopen(handle, "rb") as file:
        check_regular(os.fstat(file.fileno()).st_mode, path)
        return _bounded(file.read(most + 1), path, most)


def _bounded(data: bytes, path: Path, most: int) -> bytes:
    if len(data) > most:
        raise FileFault("large", f"the file is larger than {_size(most)}", path)
    return data


def _size(most: int) -> str:
    return f"{most // 1024 // 1024} MiB" if most >= 1024 * 1024 else f"{most // 1024} KiB"
