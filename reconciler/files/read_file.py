"""The door to files that somebody names: opened without waiting, regular files only, never more than so many bytes.

Links are followed here, as dotfiles and mounted secrets are links; what was opened is what is judged. Files that gwctl
makes itself have their own door, `reconciler.files.atomic_file`.
"""

from __future__ import annotations

import os
from pathlib import Path

from reconciler.files.fault import FileFault, check_regular, in_words

READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
STANDARD_INPUT = 0


def from_home(path: str) -> str:
    """The path with `~` or `~user` at its beginning written out, wherever a path is written; else as it is."""
    try:
        return os.path.expanduser(path)
    except ValueError:  # no user has such a name: it is said when the file is read
        return path


def read_file(path: Path, most: int) -> bytes:
    """The whole file; `FileFault` when it is none or has more than `most` bytes, else `OSError`."""
    with in_words(path):
        check_regular(path.stat().st_mode, path)  # nothing else is even opened: that alone may have an effect
        return content(os.open(path, READING), path, most)


def check_file(path: Path, most: int) -> None:
    """The same look at a file that only a library can open, by its name: OpenSSL a certificate."""
    with in_words(path):
        check_regular(path.stat().st_mode, path)
        with os.fdopen(os.open(path, READING), "rb") as file:
            status = os.fstat(file.fileno())
            check_regular(status.st_mode, path)
            if status.st_size > most:
                raise FileFault("large", f"it is larger than {_size(most)}", path)


def read_standard_input(most: int) -> bytes:
    """All that comes on standard input; `FileFault` when it is more than `most` bytes, `OSError` when it is closed."""
    return read_descriptor(STANDARD_INPUT, most)


def read_descriptor(number: int, most: int) -> bytes:
    """All that comes of what is open already, a shell's pipe: until its end, but never more than `most` bytes."""
    with os.fdopen(number, "rb", closefd=False) as file:
        return _bounded(file.read(most + 1), Path(f"/dev/fd/{number}"), most)


def open_nowhere(number: int) -> None:
    """Redirect the descriptor to the null device."""
    handle = os.open(os.devnull, os.O_RDWR)
    if handle != number:
        os.dup2(handle, number)
        os.close(handle)


def is_file(path: Path) -> bool:
    """Return whether a regular file is there."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def is_folder(path: Path) -> bool:
    """Return whether a directory is there."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def mode_of(path: Path) -> int | None:
    """Return kind and mode, as in `stat`; None where it cannot be read."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return None


def is_there(path: Path) -> bool:
    """Return whether there is anything of that name; what cannot be looked at is there."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        return True
    return True


def list_folder(path: Path) -> list[str]:
    """The names in a directory; none where there is no directory."""
    try:
        return [entry.name for entry in path.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []


def packaged(package: str, name: str) -> str:
    """The text of a file that belongs to the program itself."""
    from importlib.resources import files

    return files(package).joinpath(name).read_text(encoding="utf-8")


def packaged_names(package: str, folder: str) -> list[str]:
    """The names in a folder of the program itself."""
    from importlib.resources import files

    return [entry.name for entry in files(package).joinpath(folder).iterdir()]


def content(handle: int, path: Path, most: int) -> bytes:
    """All of an opened file, which is closed then."""
    with os.fdopen(handle, "rb") as file:
        check_regular(os.fstat(file.fileno()).st_mode, path)
        return _bounded(file.read(most + 1), path, most)


def _bounded(data: bytes, path: Path, most: int) -> bytes:
    if len(data) > most:
        raise FileFault("large", f"it is larger than {_size(most)}", path)
    return data


def _size(most: int) -> str:
    return f"{most // 1024 // 1024} MiB" if most >= 1024 * 1024 else f"{most // 1024} KiB"
