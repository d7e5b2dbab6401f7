"""The merge of gwctl's parts into a copy of the user's file. The merge is for dotfiles that another program writes."""

from __future__ import annotations

from pathlib import Path

from reconciler import codes
from reconciler.clients.offer import Offer
from reconciler.clients.tool import Part, Place, Tool, dotted
from reconciler.config.gateway import Client, Gateway
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.documents.edit import MISSING, DocumentFault
from reconciler.errors import Failed
from reconciler.files.fault import FileFault
from reconciler.files.read_file import read_file, read_standard_input
from reconciler.owned.clients.file_part import LARGEST, value_in, with_values
from reconciler.text import printable
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Merge:
    """The user's file before the merge: its name in messages, and its content."""

    name: str
    data: bytes


def merge_from(path: str) -> Merge:
    """Return the file at `path`, or standard input if `path` is `-`.

    A file that does not exist counts as empty. Raise `Failed` if the file cannot be read.
    """
    shown = "standard input" if path == "-" else printable(path)
    try:
        data = read_standard_input(LARGEST) if path == "-" else read_file(Path(path), LARGEST)
    except FileNotFoundError:
        data = b""
    except OSError as fault:
        why = fault.why if isinstance(fault, FileFault) else fault.strerror
        raise Failed(_unreadable(f"{shown} cannot be read: {why}")) from None
    return Merge(name=shown, data=data)


def _unreadable(summary: str) -> Diagnostic:
    hint = "check the path and its permissions"
    return error(codes.FILE_UNREADABLE, summary, detail="Nothing was printed.", hint=hint)


def merged(tool: Tool, client: Client, offer: Offer, merge: Merge, gateway: Gateway) -> bytes:
    """Return the user's file with gwctl's parts in it. Raise `Failed` if the file cannot be edited safely."""
    try:
        return _edited(tool, client, offer, merge, gateway)
    except DocumentFault as fault:
        where = Source(merge.name, fault.line, fault.column)
        summary, detail = f"gwctl cannot edit the file: {fault.reason}", "Nothing was printed."
        raise Failed(error(codes.FILE_NOT_EDITABLE, summary, detail=detail, hint=fault.hint, source=where)) from None


def _edited(tool: Tool, client: Client, offer: Offer, merge: Merge, gateway: Gateway) -> bytes:
    """Return the user's file with gwctl's parts, and without gwctl's entries for endpoints outside of the offer."""
    parts, data = tool.parts(offer, "shared"), merge.data
    there = {part.name for part in parts}
    places = tool.places(gateway.name, gateway.endpoints)
    for name, covered in places.items():
        if name not in there and name not in tool.covers:
            data = with_values(tool.format, data, covered, {}).data
    for part in parts:
        _refuse_own_credential(tool, part, data, merge)
        if not part.is_default or _is_to_set(tool, part.covers[0], data, client):
            data = with_values(tool.format, data, part.covers, part.values).data
    return data


def _is_to_set(tool: Tool, place: Place, data: bytes, client: Client) -> bool:
    is_unset = value_in(tool.format, data, place) is MISSING
    return client.set_default == "always" or (is_unset and client.set_default == "if-unset")


def _refuse_own_credential(tool: Tool, part: Part, data: bytes, merge: Merge) -> None:
    """Raise `Failed` if the file has a credential of the user where gwctl would write."""
    for place in part.covers:
        if place in tool.credentials:
            value = value_in(tool.format, data, place)
            if value is not MISSING and value and value != part.values.get(place):
                summary = f"The file has a credential of your own at {printable(dotted(place), 200)}"
                raise Failed(
                    error(
                        codes.OWN_CREDENTIAL,
                        summary,
                        detail="gwctl would overwrite the credential. Nothing was printed.",
                        hint="remove the credential from the file",
                        source=Source(merge.name),
                    )
                )
