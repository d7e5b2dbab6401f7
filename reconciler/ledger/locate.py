"""The path of this OS user's ledger, and the check that the ledger does not come from a repository.

A repository's `.envrc` may set GWCTL_LEDGER, XDG_STATE_HOME or HOME to a ledger in the same repository. Such a ledger
could contain any consent.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from reconciler.errors import Failed
from reconciler.files.ownership import why_open_to_others
from reconciler.files.working_tree import working_tree_of
from reconciler.ledger.database import NOWHERE, default_path
from reconciler.text import printable


def ledger_path(environ: Mapping[str, str], gateway: Path | None = None) -> Path:
    """Return the path of the ledger. Raise `Failed` if another person could have put a file at this path.

    `gateway` is the directory of the gateway file, if there is a gateway file.
    """
    path = default_path(environ)
    return path if path == NOWHERE else checked_path(path, gateway)


def checked_path(path: Path, gateway: Path | None = None) -> Path:
    """Return the path. Raise `Failed` if another person could have put a file at this path."""
    why = _misplaced(Path(os.path.realpath(path)), gateway)
    if why:
        from reconciler.ledger import messages

        raise Failed(messages.misplaced(path, why))
    return path


def usual_path(environ: Mapping[str, str]) -> Path:
    """Return the path of the ledger below the user's home directory. GWCTL_LEDGER does not change this path."""
    return default_path({name: value for name, value in environ.items() if name != "GWCTL_LEDGER"})


def _misplaced(place: Path, gateway: Path | None) -> str:
    if gateway is not None and place.is_relative_to(os.path.realpath(gateway)) and not _is_usual(place):
        return "the path is below the gateway file's directory"
    tree = working_tree_of(place.parent)
    if tree is not None and not _is_usual(place):
        return f"{printable(str(tree))} is a working tree"
    return why_open_to_others(place)


def _is_usual(place: Path) -> bool:
    """Return whether this is the usual path of the ledger.

    The usual path is below the home directory in the system's user database.
    """
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return False
    return place == Path(os.path.realpath(home), ".local", "state", "gwctl", "ledger.sqlite3")
