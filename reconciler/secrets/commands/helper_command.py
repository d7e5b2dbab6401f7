"""The command `gwctl key print` in a tool's file. The tool runs this command to get a key."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import reconciler
from reconciler.files.ownership import why_open_to_others
from reconciler.files.working_tree import working_tree_of
from reconciler.text import printable
from reconciler.values import dataclass

INSTALL = (
    "install gwctl in a directory that only you can write to, outside of every repository; in a clone of gwctl: "
    "`python3 -m venv ~/.gwctl && ~/.gwctl/bin/pip install .`, then use ~/.gwctl/bin/gwctl"
)
_MODULE = ("-I", "-m", "reconciler", "key", "print")  # `key_request` reads the words that follow
# The groups of administrators: Homebrew's folders belong to such a group on macOS, /usr/local on Debian.
_ADMINISTRATORS = {"darwin": ("admin", "wheel"), "linux": ("staff",)}


# Clones in which Python itself is installed. They contain no files of a team.
_BELOW_HOME = (".pyenv", ".asdf")
_OF_SYSTEM = (Path("/opt/homebrew"), Path("/home", "linuxbrew", ".linuxbrew"))


@dataclass(frozen=True)
class HelperRefused:
    """The reason why a tool's file must not name this gwctl. `reason` is a sentence without a full stop."""

    reason: str
    hint: str


def helper_command(handle: str, origin: str, ledger: Path) -> tuple[str, ...] | HelperRefused:
    """Return the words of the command. The words contain no secret, and no shell is needed.

    The first word is the absolute path of the Python interpreter. Return `HelperRefused` if a `git pull` or another
    user of this machine could replace a file that the command runs.
    """
    if not ledger.is_absolute() or not os.path.isabs(sys.executable):  # noqa: PTH117 - it may be empty
        return HelperRefused("The command of a tool needs absolute paths", "set GWCTL_LEDGER to an absolute path")
    why = why_replaceable()
    if why:
        return HelperRefused(f"A tool cannot run this gwctl to get the tool's key: {why}", INSTALL)
    return (sys.executable, *_MODULE, handle, "--for", origin, "--ledger", str(ledger))


def why_replaceable() -> str:
    """Return the reason why a `git pull` or another user could replace a file of this gwctl, or "" if neither can."""
    return next((why for why in map(_why_not, _places()) if why), "")


def _places() -> dict[Path, None]:
    """Return the files that the command runs: the interpreter, with links followed, and gwctl's own code."""
    files = (sys.executable, os.path.realpath(sys.executable), os.path.realpath(reconciler.__file__))
    return dict.fromkeys(map(Path, files))


def _why_not(place: Path) -> str:
    tree = working_tree_of(place.parent)
    if tree is not None and not _is_installation(tree):
        return f"{printable(str(place))} is in the working tree {printable(str(tree))}"
    return why_open_to_others(place, _ADMINISTRATORS.get(sys.platform, ()))


def _is_installation(tree: Path) -> bool:
    """Return whether the working tree is an installation of pyenv, asdf or Homebrew in the usual place."""
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return False
    homes = (home, os.path.realpath(home))
    return tree in (*_OF_SYSTEM, *(Path(home, name) for home in homes for name in _BELOW_HOME))
