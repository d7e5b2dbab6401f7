"""The paths of tools' programs and files on this machine."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from functools import cache
from pathlib import Path

from reconciler.address import CLIENT
from reconciler.clients.tool import Surroundings, Tool
from reconciler.config.gateway import Client, Gateway
from reconciler.errors import Failed
from reconciler.files.read_file import list_folder
from reconciler.files.temporary_file import is_temporary
from reconciler.files.working_tree import working_tree_of
from reconciler.owned.clients.backup import Backup
from reconciler.owned.clients.dotfiles import NIX_STORE, DotfileSource, chezmoi_source
from reconciler.resources.presence import Rows
from reconciler.values import dataclass

Made = Callable[[], Collection[str]]  # returns the paths of the files that gwctl created for tools


def surroundings(environ: Mapping[str, str]) -> Surroundings:
    """Return this user's home directory and the environment variables that tools read."""
    return Surroundings(home=Path(environ.get("HOME") or os.path.expanduser("~")), environ=environ)  # noqa: PTH111


def is_found(tool: Tool, here: Surroundings, made: Made = frozenset) -> bool:
    """Return whether the tool is on this machine, or may run on another machine."""
    return tool.needs_path or is_installed(tool, here, made)


def is_installed(tool: Tool, here: Surroundings, made: Made = frozenset) -> bool:
    """Return whether the tool's command is found, or the directory of the tool's files is in use.

    `made` returns the files that gwctl created for tools. It is called only if their content decides.
    """
    return program_of(tool, here) is not None or has_settings(tool, here, made)


def has_settings(tool: Tool, here: Surroundings, made: Made = frozenset) -> bool:
    """Return whether the directory of the tool's files has an entry that gwctl did not create."""
    folder = Path(os.path.realpath(tool.folder(here)))
    return not tool.needs_path and _is_in_use(folder, frozenset()) and _is_in_use(folder, made())


def made_files(rows: Rows, besides: str = "") -> frozenset[str]:
    """Return the paths of the files that gwctl created for tools, from the ledger's rows.

    The files of the stack with the ID `besides` are left out.
    """
    return frozenset(
        slot.path[1]
        for slot, row in rows.items()
        if slot.kind is CLIENT and row.backup and not Backup.read(row.backup).was_there and not row.is_owned_by(besides)
    )


def made_here(environ: Mapping[str, str]) -> Made:
    """Return a function that returns the files that gwctl created for tools. The function reads the ledger once.

    If the ledger cannot be used, no file counts as created by gwctl.
    """

    @cache
    def made() -> frozenset[str]:
        from reconciler.ledger.locate import ledger_path
        from reconciler.ledger.owned_rows import OwnedRows

        try:
            return made_files(OwnedRows(ledger_path(environ)).read())
        except Failed:
            return frozenset()

    return made


def _is_in_use(folder: Path, made: Collection[str]) -> bool:
    """Return whether the directory has an entry, apart from gwctl's own. An unreadable directory is in use."""
    try:
        names = list_folder(folder)
    except OSError:
        return True
    return any(_is_used(folder / name, made) for name in names)


def _is_used(entry: Path, made: Collection[str]) -> bool:
    if entry.name.endswith(".gwctl") or is_temporary(entry.name) or str(entry) in made:
        return False
    return not any(Path(path).is_relative_to(entry) for path in made) or _is_in_use(entry, made)


def program_of(tool: Tool, here: Surroundings) -> Path | None:
    """Return the path of the tool's command, or None if the command is not found.

    Relative directories in PATH are ignored.
    """
    import shutil  # which loads modules for archives

    folders = [folder for folder in here.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]  # noqa: PTH117
    search = os.pathsep.join(folders)
    found = (shutil.which(program, path=search) for program in tool.programs) if search else ()
    return next((Path(path) for path in found if path), None)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """The path of a client's file, and the facts that decide whether gwctl may write the file.

    Links in the path of the directory are resolved. A link in place of the file is not resolved.
    """

    path: Path
    base: Path | None  # the gateway file's directory, if it contains the file
    link: str = ""  # a clause for a message: which link prevents a write; "" without such a link
    is_usual: bool = True  # below the gateway file, or where the tool keeps its files
    is_in_nix: bool = False  # the link leads into the Nix store, as the links of home-manager do
    dotfile: DotfileSource | None = None  # chezmoi's source of the path


def place_of(client: Client, tool: Tool, gateway: Gateway, here: Surroundings) -> Placed:
    """Return the path of the client's file, and the facts that decide whether gwctl may write the file."""
    written = client.path or _usual(client, tool, gateway, here)
    base = Path(os.path.realpath(gateway.directory))
    path = Path(os.path.realpath(written.parent)) / written.name
    is_below = path.is_relative_to(base)
    return Placed(
        path=path,
        base=base if is_below else None,
        link=_link(written, path, is_below),
        is_usual=client.path is None or is_below or _is_among_own(path, tool, here),
        is_in_nix=(Path(os.path.realpath(path)) if path.is_symlink() else path).is_relative_to(NIX_STORE),
        dotfile=chezmoi_source(path, here),
    )


def _is_among_own(path: Path, tool: Tool, here: Surroundings) -> bool:
    """Return whether the tool keeps its own files in a directory that contains the path."""
    folders = () if tool.needs_path else (tool.folder(here), tool.shared(here).parent)
    return any(path.is_relative_to(os.path.realpath(folder)) for folder in folders)


def _usual(client: Client, tool: Tool, gateway: Gateway, here: Surroundings) -> Path:
    if client.file == "shared":
        there = (Path(path) for path in tool.existing(here))
        return next((path for path in there if os.path.lexists(path)), Path(tool.shared(here)))
    name = gateway.name if client.name == tool.name else f"{gateway.name}-{client.name}"
    return Path(tool.own(here, name))


def _link(written: Path, path: Path, is_below: bool) -> str:
    """Return a clause about the link that prevents a write. Return "" if no link prevents a write.

    The file may be a link, or its directory may lead into another working tree.
    """
    if path.is_symlink():
        return f"{path} is a link to {os.path.realpath(path)}"
    led = path.parent != Path(os.path.abspath(written.parent))  # noqa: PTH100 - links stay
    if led and not is_below and working_tree_of(path.parent) is not None:
        return f"{written.parent} leads into the working tree {working_tree_of(path.parent)}"
    return ""
