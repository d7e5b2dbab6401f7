"""The check whether another user of this machine could put a file at a path."""

from __future__ import annotations

import os
import stat
from collections.abc import Container
from pathlib import Path

from reconciler.text import printable


def why_open_to_others(place: Path, groups: Container[str] = ()) -> str:
    """Return the reason why another user could put a file at the path.

    Return "" if no other user could, or if the system has no file modes. `groups` are the names of groups whose members
    count as administrators.
    """
    if os.name != "posix":
        return ""
    there = [parent for parent in place.parents if parent.exists()]
    for number, folder in enumerate(there):
        status = folder.stat()
        if status.st_uid not in (0, os.getuid()):
            return f"{printable(str(folder))} belongs to another user"
        is_its_own = number == 0 and folder == place.parent
        if _others_may_write(status, groups) and (is_its_own or not status.st_mode & stat.S_ISVTX):
            return f"other users can write to {printable(str(folder))}"
    return ""


def _others_may_write(status: os.stat_result, groups: Container[str]) -> bool:
    if status.st_mode & stat.S_IWOTH:
        return True
    return bool(status.st_mode & stat.S_IWGRP) and not _is_private_group(status.st_gid, groups)


def _is_private_group(gid: int, groups: Container[str]) -> bool:
    """Return whether the group is root's group, one of `groups`, or the private group with the user's name."""
    import grp
    import pwd

    try:
        user, group = pwd.getpwuid(os.getuid()), grp.getgrgid(gid)
    except KeyError:
        return False
    if gid == 0 or group.gr_name in groups:
        return True
    return gid == user.pw_gid and group.gr_name == user.pw_name and set(group.gr_mem) <= {user.pw_name}
