"""The files of tools on this machine: their paths, their content, and the edits of gwctl's values."""

from __future__ import annotations

import errno
import json
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from importlib import import_module
from pathlib import Path
from typing import Any

from reconciler import safe_json
from reconciler.clients.tool import WHOLE, Format, Place, Tool, Values, nested
from reconciler.documents.edit import MISSING, DocumentFault
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.owned.clients.backup import Backup
from reconciler.owned.kind import OwnedFault
from reconciler.values import dataclass

LARGEST = 16 * 1024 * 1024  # bytes of a tool's file
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


@dataclass(frozen=True, kw_only=True)
class FilePart:
    """The part of a tool's file that belongs to a slot."""

    tool: Tool
    file: OwnFile
    covers: tuple[Place, ...]

    def spread(self, values: Values) -> Values:
        """Return the values of a plan by the places of this part. The plan has an own file as one value."""
        is_one = WHOLE in values and self.covers != (WHOLE,)
        return {(name,): value for name, value in values[WHOLE].items()} if is_one else values

    def gathered(self, values: Values) -> Values:
        """Return the values at the places of this part as a plan has them: an own file as one value."""
        is_one = values and self.covers != (WHOLE,) and self.covers == self.tool.own_covers
        return {WHOLE: nested(values)} if is_one else values

    def read(self) -> bytes | None:
        """Return the bytes of the file, or None if there is no file. Raise `OwnedFault` if the file cannot be read."""
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
        """Return the file's content with exactly these values at the part's places.

        Raise `DocumentFault` if gwctl cannot edit the content.
        """
        if self.covers == (WHOLE,):
            return Edited(data=encoded(values[WHOLE], self.tool.format))
        return with_values(self.tool.format, data or b"", self.covers, values)

    def give_back(self, data: bytes, before: Backup) -> bytes | None:
        """Return the file's content with the former values in place of gwctl's values.

        Return None if the file did not exist before gwctl's edit and nothing is left. Raise `DocumentFault` if gwctl
        cannot edit the content.
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


def obstacle_of(part: FilePart) -> OwnedFault | None:
    """Return the fault that any write to the file would cause, or None if a write is possible."""
    try:
        part.file.check_editable()
    except OSError as fault:
        return faulty(part.file.path, fault)
    return None


def put(part: FilePart, before: bytes | None, after: bytes | None) -> None:
    """Replace the content `before` of the file with `after`. Delete the file if `after` is None."""
    try:
        if after is None:
            part.file.remove(lambda start: start == before, len(before or b"") + 1)
        elif after != before:
            part.file.make_folder()
            part.file.edit(before, after)
    except OSError as fault:
        raise faulty(part.file.path, fault) from None


def value_in(form: Format, data: bytes, place: Place) -> Any:
    """Return the value at a place of a document, or `MISSING` if the place has no value.

    Raise `DocumentFault` if the document is not valid.
    """
    return _documents(form).value_at(data, place)


def with_values(form: Format, data: bytes, covers: Sequence[Place], values: Values) -> Edited:
    """Return the document with exactly these values at the places.

    Raise `DocumentFault` if gwctl cannot edit the document.
    """
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
