"""The files of tools on this machine: their paths, their content, and the edits of gwctl's values."""

from __future__ import annotations

import errno
import json
import os
import shlex
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from reconciler import safe_json
from reconciler.clients.tool import Format, Place, Surroundings, Tool, Values, canonical, place_in
from reconciler.config.gateway import Client, Gateway
from reconciler.documents.edit import MISSING, DocumentFault
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.files.working_tree import working_tree_of
from reconciler.owned.client_dotfiles import NIX_STORE, DotfileSource, chezmoi_source
from reconciler.owned.kind import OwnedFault

LARGEST = 16 * 1024 * 1024  # bytes of a tool's file
WHOLE: Place = ()
_CHECK = "check the file and its permissions"
_FULL = (errno.ENOSPC, errno.EDQUOT)
_HINTS = {
    "read-only": "if gwctl may change the file: chmod u+w {path}",
    "link": "replace the link with a copy of the file, or choose another file with `path:`",
    "owner": "replace the file with a copy that you own, or choose another file with `path:`",
    "directory": "move the directory away, or choose another file with `path:`",
    "special": "move the file away, or choose another file with `path:`",
    "large": "remove content that the tool does not need, or choose another file with `path:`",
    "changed": "make a new plan: gwctl plan",
}


def surroundings(environ: Mapping[str, str]) -> Surroundings:
    """Return this user's home directory and the environment variables that tools read."""
    return Surroundings(home=Path(environ.get("HOME") or os.path.expanduser("~")), environ=environ)  # noqa: PTH111


def is_found(tool: Tool, here: Surroundings) -> bool:
    """Return whether gwctl writes the tool's file: the tool is on this machine, or may run on another machine."""
    return tool.needs_path or is_installed(tool, here)


def is_installed(tool: Tool, here: Surroundings) -> bool:
    """Return whether the tool is on this machine: its command is found, or the directory of its files exists."""
    return program_of(tool, here) is not None or (not tool.needs_path and Path(tool.folder(here)).is_dir())


def program_of(tool: Tool, here: Surroundings) -> Path | None:
    """Return the path of the tool's command, or None if it is not found. Relative directories in PATH are ignored."""
    folders = [folder for folder in here.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(folder)]  # noqa: PTH117
    search = os.pathsep.join(folders)
    found = (shutil.which(program, path=search) for program in tool.programs) if search else ()
    return next((Path(path) for path in found if path), None)


@dataclass(frozen=True, kw_only=True)
class Placed:
    """The path of a client's file. Links in the path of the directory are resolved. The file itself is not a link."""

    path: Path
    base: Path | None  # the gateway file's directory, if it contains the file
    link: str = ""  # a clause for a message: which link prevents a write; "" without such a link
    is_usual: bool = True  # below the gateway file, or where the tool keeps its files
    is_in_nix: bool = False  # the link leads into the Nix store, as the links of home-manager do
    dotfile: DotfileSource | None = None  # chezmoi's source of the path


def place_of(client: Client, tool: Tool, gateway: Gateway, here: Surroundings) -> Placed:
    """Return the path of the client's file, and whether it may be written."""
    written = client.path or _usual(client, tool, gateway, here)
    base = Path(os.path.realpath(gateway.directory))
    path = Path(os.path.realpath(written.parent)) / written.name
    is_below = path.is_relative_to(base)
    usual = () if tool.needs_path else (tool.folder(here), tool.shared(here).parent)
    folders = [Path(os.path.realpath(folder)) for folder in usual]
    return Placed(
        path=path,
        base=base if is_below else None,
        link=_link(written, path, is_below),
        is_usual=client.path is None or is_below or any(path.is_relative_to(folder) for folder in folders),
        is_in_nix=Path(os.path.realpath(path)).is_relative_to(NIX_STORE),
        dotfile=chezmoi_source(path, here),
    )


def _usual(client: Client, tool: Tool, gateway: Gateway, here: Surroundings) -> Path:
    if client.file == "shared":
        there = (Path(path) for path in tool.existing(here))
        return next((path for path in there if os.path.lexists(path)), Path(tool.shared(here)))
    name = gateway.name if client.name == tool.name else f"{gateway.name}-{client.name}"
    return Path(tool.own(here, name))


def _link(written: Path, path: Path, is_below: bool) -> str:
    """Return a clause about a link on the path that leads to another owner's file or working tree."""
    if path.is_symlink():
        return f"{path} is a link to {os.path.realpath(path)}"
    led = path.parent != Path(os.path.abspath(written.parent))  # noqa: PTH100 - links stay
    if led and not is_below and working_tree_of(path.parent) is not None:
        return f"{written.parent} leads into the working tree {working_tree_of(path.parent)}"
    return ""


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """A part of a tool's file that a slot identifies."""

    tool: Tool
    file: OwnFile
    covers: tuple[Place, ...]

    def read(self) -> bytes | None:
        """Return the bytes of the file; None if there is no file. Raise `OwnedFault` if the file cannot be read."""
        try:
            return self.file.read(LARGEST)
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise faulty(self.file.path, fault) from None

    def values(self, data: bytes | None) -> dict[Place, Any]:
        """Return the values of this part in the file's content, by place.

        Raise `DocumentFault` if the content is not valid.
        """
        if data is None:
            return {}
        if self.covers == (WHOLE,):
            whole = decoded(data, self.tool.format)
            return {} if self.tool.empty is not None and whole == self.tool.empty else {WHOLE: whole}
        found = {place: _documents(self.tool.format).value_at(data, place) for place in self.covers}
        return {place: value for place, value in found.items() if value is not MISSING}

    def change(self, data: bytes | None, values: Values) -> Edited:
        """Return the file's content with these values as the only values at the part's places.

        Raise `DocumentFault` if gwctl cannot edit the content.
        """
        if self.covers == (WHOLE,):
            return Edited(data=encoded(values[WHOLE], self.tool.format))
        return with_values(self.tool.format, data or b"", self.covers, values)

    def give_back(self, data: bytes, before: Backup) -> bytes | None:
        """Return the file's content as it was before gwctl's edit, or None if the file did not exist.

        Raise `DocumentFault` if gwctl cannot edit the content.
        """
        if self.covers == (WHOLE,):
            empty = None if self.tool.empty is None else encoded(self.tool.empty, self.tool.format)
            return empty if before.text is None else before.text.encode()
        documents = _documents(self.tool.format)
        for place in reversed(self.covers):
            if place in before.values:
                data = documents.with_value(data, place, before.values[place]).data
            else:
                data = documents.without(data, place, before.undo.get(place, {}))
        return data if data.strip() or before.was_there else None


def value_in(form: Format, data: bytes, place: Place) -> Any:
    """Return the value at a place of a document; `MISSING` if there is none. Raise `DocumentFault`."""
    return _documents(form).value_at(data, place)


def with_values(form: Format, data: bytes, covers: Sequence[Place], values: Values) -> Edited:
    """Return the document with these values and nothing else at the places. Raise `DocumentFault`."""
    documents, edited = _documents(form), Edited(data=data)
    for place in covers:
        if place in values:
            edit = documents.with_value(edited.data, place, values[place])
            edited = Edited(data=edit.data, undo={**edited.undo, place: dict(edit.undo)})
        else:
            edited = Edited(data=documents.without(edited.data, place), undo=edited.undo)
    return edited


@dataclass(frozen=True, kw_only=True)
class Edited:
    """The new content of a file, and the text that a later removal of the values must also remove."""

    data: bytes
    undo: Mapping[Place, Mapping[int, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Backup:
    """The content that gwctl's values replaced in a part of a tool's file.

    A backup in the ledger contains no secret.
    """

    was_there: bool  # the file
    text: str | None = None  # of a whole file that gwctl took over
    values: Values = field(default_factory=dict)
    undo: Mapping[Place, Mapping[int, str | None]] = field(default_factory=dict)

    def as_text(self) -> str:
        """Return this backup as text for the ledger."""
        undo = {
            json.dumps(place): {str(depth): inside for depth, inside in each.items()}
            for place, each in self.undo.items()
        }
        values = {json.dumps(place): value for place, value in self.values.items()}
        return json.dumps({"file": self.was_there, "text": self.text, "values": values, "undo": undo})

    @property
    def without_values(self) -> Backup:
        """A copy without the user's values. The copy still says which text to remove around gwctl's values."""
        return replace(self, text=None, values={})

    def has_the_values_of(self, other: Backup) -> bool:
        """Return whether both backups restore the same values."""
        return (self.text, canonical(self.values)) == (other.text, canonical(other.values))

    def beside(self, other: Backup) -> Backup:
        """Return this backup plus the containers that gwctl created in the file for the other part.

        If this part is removed last, these containers are removed with this part.
        """
        made = {
            place: {
                depth: inside
                for at, undo in other.undo.items()
                for depth, inside in undo.items()
                if _holds(at, place, depth)
            }
            for place in self.undo
        }
        undo = {place: {**made[place], **own} for place, own in self.undo.items()}
        return replace(self, was_there=self.was_there and other.was_there, undo=undo)

    @classmethod
    def read(cls, text: str) -> Backup:
        """Return the backup from a text that `as_text` made. The text "" means that the file had no value before."""
        if not text:
            return cls(was_there=False)
        document = safe_json.loads(text)
        return cls(
            was_there=document["file"],
            text=document["text"],
            values={place_in(place): value for place, value in document["values"].items()},
            undo={
                place_in(place): {int(depth): inside for depth, inside in each.items()}
                for place, each in document["undo"].items()
            },
        )


def _holds(made_for: Place, place: Place, depth: int) -> bool:
    """Return whether both paths go through the same container at this depth."""
    return depth < 1 or (depth < len(place) and made_for[:depth] == place[:depth])


def decoded(data: bytes, form: Format) -> Any:
    """Return the value of a whole file in the named format. Raise `DocumentFault` if the file is not valid."""
    try:
        return _reader(form)(data.decode())
    except ValueError:  # the errors of tomllib and of the codec are ValueErrors
        reason, hint = f"the file is not valid {form.upper()}", "correct the file, or move it to another directory"
        raise DocumentFault(reason, hint) from None


def _reader(form: Format) -> Callable[[str], Any]:
    if form == "toml":
        import tomllib

        return tomllib.loads
    if form == "yaml":
        return lambda text: _documents(form).value_at(text.encode(), WHOLE)
    return str if form == "text" else safe_json.loads


def encoded(value: Any, form: Format) -> bytes:
    """Return the bytes of a file that contains only this value, in the named format."""
    if form == "json":
        return (json.dumps(value, indent=2) + "\n").encode()
    if form == "text":
        return str(value).encode()
    data = b""
    for name, part in sorted(value.items(), key=lambda item: isinstance(item[1], dict)):  # in TOML, tables come last
        data = _documents(form).with_value(data, (name,), part).data
    return data


def _documents(form: Format) -> Any:
    return import_module(f"reconciler.documents.{form}_text")


def faulty(path: Path, fault: OSError | DocumentFault) -> OwnedFault:
    """Return the fault for a file that cannot be used."""
    if isinstance(fault, DocumentFault):
        where = f"{path}:{fault.line}:{fault.column}" if fault.line else str(path)
        return OwnedFault(f"{where}: {fault.reason}", fault.hint)
    if isinstance(fault, FileFault):
        return OwnedFault(f"{path}: {fault.why}", _HINTS.get(fault.kind, _CHECK).format(path=shlex.quote(str(path))))
    hint = "free some space on the disk, then run the command again" if fault.errno in _FULL else _CHECK
    return OwnedFault(f"{path}: {fault.strerror or 'the file cannot be used'}", hint)
