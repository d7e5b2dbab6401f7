"""The door to files that users name: only regular files, with a limit in bytes, opened without waiting.

Links are followed here: dotfiles and mounted secrets are often links. The checks apply to the opened file. Files that
gwctl creates have their own door, `reconciler.files.atomic_file`.
"""

from __future__ import annotations

import os
from pathlib import Path

from reconciler.files.fault import FileFault, check_regular, in_words

READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
STANDARD_INPUT = 0


def from_home(path: str) -> str:
    """Return the path with `~` or `~user` at its beginning expanded."""
    try:
        return os.path.expanduser(path)
    except ValueError:  # no user can have such a name; reading the file reports that
        return path


def read_file(path: Path, most: int) -> bytes:
    """Return the whole file. Raise `FileFault` if it is not a regular file or has more than `most` bytes."""
    with in_words(path):
        check_regular(path.stat().st_mode, path)  # opening a device or a pipe may already have an effect
        return content(os.open(path, READING), path, most)


def check_file(path: Path, most: int) -> None:
    """Make the checks of `read_file` for a file that a library opens by its name, as OpenSSL opens certificates."""
    with in_words(path):
        check_regular(path.stat().st_mode, path)
        with os.fdopen(os.open(path, READING), "rb") as file:
            status = os.fstat(file.fileno())
            check_regular(status.st_mode, path)
            if status.st_size > most:
                raise FileFault("large", f"it is larger than {_size(most)}", path)


def read_standard_input(most: int) -> bytes:
    """Return all of standard input. Raise `FileFault` for more than `most` bytes, `OSError` if it is closed."""
    return read_descriptor(STANDARD_INPUT, most)


def read_descriptor(number: int, most: int) -> bytes:
    """Return everything from an open descriptor, such as a shell's pipe. Raise `FileFault` above `most` bytes."""
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
    """Return the file's type and mode, as in `stat`; None if they cannot be read."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return None


def is_there(path: Path) -> bool:
    """Return whether the path exists; a path that cannot be checked counts as existing."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return True


def list_folder(path: Path) -> list[str]:
    """Return the names in a directory; empty if there is no directory."""
    try:
        return [entry.name for entry in path.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def packaged(package: str, name: str) -> str:
    """Return the text of a data file of gwctl."""
    from importlib.resources import files

    return files(package).joinpath(name).read_text(encoding="utf-8")


def packaged_names(package: str, folder: str) -> list[str]:
    """Return the names in a data folder of gwctl."""
    from importlib.resources import files

    return [entry.name for entry in files(package).joinpath(folder).iterdir()]


def content(handle: int, path: Path, most: int) -> bytes:
    """Return the whole content of an opened file, and close it. Raise `FileFault` above `most` bytes."""
    with os.fdopen(handle, "rb") as file:
        check_regular(os.fstat(file.fileno()).st_mode, path)
        return _bounded(file.read(most + 1), path, most)


def _bounded(data: bytes, path: Path, most: int) -> bytes:
    if len(data) > most:
        raise FileFault("large", f"it is larger than {_size(most)}", path)
    return data


def _size(most: int) -> str:
    return f"{most // 1024 // 1024} MiB" if most >= 1024 * 1024 else f"{most // 1024} KiB"
