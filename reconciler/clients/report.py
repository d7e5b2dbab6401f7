"""The report about one tool on this machine."""

from __future__ import annotations

from reconciler.clients.fields import FileUse, KeyWay
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class UsedFile:
    """A file of the tool that contains values of gwctl."""

    client: str  # its name in the gateway file
    path: str
    gateway: str  # the name of the gateway


@dataclass(frozen=True, kw_only=True)
class ToolReport:
    """A tool that gwctl can configure, with its program, version and files on this machine."""

    name: str
    title: str
    program: str | None  # the path of its command; None if the command is not on the PATH
    version: str | None  # None: not known
    folder: str  # where its files are
    is_found: bool
    keys: tuple[KeyWay, ...]  # the ways in which it can get a key, the safest first
    uses: tuple[FileUse, ...]
    files: tuple[UsedFile, ...] = ()
