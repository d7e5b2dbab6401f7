"""The temporary files of gwctl. Data is written to a temporary file, which is then renamed to its final name.

A temporary file is locked while it is written, so the one that a killed gwctl left behind can be told from one in use.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path

from reconciler.files.fault import check_regular
from reconciler.files.opened_folder import NEW, NOFOLLOW, POSIX, names_in
from reconciler.files.read_file import READING

_TEMPORARY = r"\.gwctl-([0-9a-f]{16})-([0-9a-f]{16})\.tmp"


def is_temporary(name: str) -> bool:
    """Return whether a file of this name is a temporary file that gwctl wrote."""
    return re.fullmatch(_TEMPORARY, name) is not None


def write(
    folder: int | None, name: str, path: Path, data: bytes, mode: int, owner: os.stat_result | None = None
) -> None:
    """Write a locked temporary file in the same directory, flush the file, and rename the file to its final name.

    If `owner` is given and the user is root, the new file gets the user and the group of `owner`.
    """
    handle, beside = _temporary(folder, path)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
            if POSIX:  # the file is still locked here; other systems cannot rename an open file
                if owner is not None and os.geteuid() == 0:
                    os.fchown(handle, owner.st_uid, owner.st_gid)
                os.fchmod(handle, mode)
                os.replace(beside, name, src_dir_fd=folder, dst_dir_fd=folder)
        if not POSIX:
            os.replace(beside, name)
    except BaseException:
        with suppress(FileNotFoundError):
            os.unlink(beside, dir_fd=folder)
        raise


def _temporary(folder: int | None, path: Path) -> tuple[int, str]:
    while True:
        drawn = os.urandom(8).hex()
        name = f".gwctl-{drawn}-{_seal(drawn, path.name)}.tmp"
        name = name if folder is not None else str(path.with_name(name))
        handle = os.open(name, NEW, 0o600, dir_fd=folder)
        if _hold(handle) is not False and os.fstat(handle).st_nlink:
            return handle, name
        os.close(handle)  # another gwctl deleted the new file as a leftover


def _seal(drawn: str, name: str) -> str:
    """Return the part of a temporary name that is made from the final name. Other programs make no such names."""
    import hashlib

    return hashlib.sha256(f"gwctl {drawn} {name}".encode(errors="surrogateescape")).hexdigest()[:16]


def _hold(handle: int) -> bool | None:
    """Lock an opened file until the file is closed.

    Return False if another process holds the lock. Return None if locks do not work.
    """
    if not POSIX:
        return None
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def tidy(folder: int | None, path: Path) -> None:
    """Delete the temporary files for `path` that a killed gwctl left behind.

    A running gwctl holds locks on its own files.
    """
    for entry in names_in(folder, path.parent) or ():
        match = re.fullmatch(_TEMPORARY, entry)
        if match and match[2] == _seal(match[1], path.name):
            with suppress(OSError):  # deleted meanwhile, or in use
                _take_away(folder, entry if folder is not None else str(path.with_name(entry)))


def _take_away(folder: int | None, name: str) -> None:
    check_regular(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode, Path(name))
    if folder is None:
        os.unlink(name)  # fails while another process has the file open
        return
    handle = os.open(name, READING | NOFOLLOW, dir_fd=folder)
    try:
        if _hold(handle):
            os.unlink(name, dir_fd=folder)
    finally:
        os.close(handle)
