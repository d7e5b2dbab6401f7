"""The path of this OS user's ledger, and the check that no repository brought it along.

A variable of the environment (GWCTL_LEDGER, XDG_STATE_HOME, HOME) may be set by a repository's `.envrc`; a ledger that
was committed with it would agree to everything.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.files.working_tree import working_tree_of
from reconciler.ledger.database import NOWHERE, default_path
from reconciler.text import printable


def ledger_path(environ: Mapping[str, str], gateway: Path | None = None) -> Path:
    """The ledger's path; `Failed` where it must not be. `gateway` is the directory of the gateway file, if any."""
    path = default_path(environ)
    if path == NOWHERE:
        return path
    place = Path(os.path.realpath(path))
    why = _misplaced(place, gateway)
    if why:
        hint = "set GWCTL_LEDGER to a path that only you can write, or unset it: the usual place is below your home"
        summary = f"The ledger must not be at {printable(str(path))}: {why}"
        detail = "It records where secrets can be sent, so only you should be able to write there. Nothing was done."
        raise Failed(error(codes.LEDGER_MISPLACED, summary, detail=detail, hint=hint))
    return path


def _misplaced(place: Path, gateway: Path | None) -> str:
    if gateway is not None and place.is_relative_to(os.path.realpath(gateway)) and not _is_usual(place):
        return "it is below the gateway file's directory"
    tree = working_tree_of(place.parent)
    if tree is not None and not _is_usual(place):
        return f"{printable(str(tree))} is a working tree"
    return _open_to_others(place) if os.name == "posix" else ""


def _is_usual(place: Path) -> bool:
    """Return whether it is below the home that the system, and not the environment, knows for this user."""
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return False
    return place == Path(os.path.realpath(home), ".local", "state", "gwctl", "ledger.sqlite3")


def _open_to_others(place: Path) -> str:
    """Return why another user could put a ledger there; "" when none could."""
    there = [parent for parent in place.parents if parent.exists()]
    for number, folder in enumerate(there):
        status = folder.stat()
        if status.st_uid not in (0, os.getuid()):
            return f"{printable(str(folder))} belongs to another user"
        is_its_own = number == 0 and folder == place.parent
        if _others_may_write(status) and (is_its_own or not status.st_mode & stat.S_ISVTX):
            return f"other users can write to {printable(str(folder))}"
    return ""


def _others_may_write(status: os.stat_result) -> bool:
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_private_group(status.st_gid)


def _is_private_group(gid: int) -> bool:
    """Return whether the group is root's, or the user's private group of the same name."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(os.getuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    return gid == 0 or (gid == user.pw_gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name})
