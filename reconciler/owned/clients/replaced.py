"""The content that a write replaces in a part of a file, and the test whether the content may be a secret."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from reconciler.clients.tool import WHOLE, Values, canonical, dotted
from reconciler.documents.edit import DocumentFault
from reconciler.owned.clients.backup import Backup
from reconciler.owned.clients.file_part import FilePart, faulty
from reconciler.owned.kind import OwnedFault
from reconciler.secrets.literal import Known, looks_random, why_credential

_NAMED = re.compile(r"key|token|secret|passw|credential|bearer", re.IGNORECASE)  # in a file that gwctl takes over whole
_LONGEST = 65536  # bytes; a larger file is not copied to the ledger, so gwctl could not restore it


def backup_of(part: FilePart, data: bytes | None, wanted: Values) -> Backup:
    """Return the backup of this part of the file. The backup includes values that may be secrets."""
    try:
        undo = {} if part.covers == (WHOLE,) else part.change(data, wanted).undo
        return replace(former(part, data), undo=undo)
    except DocumentFault as fault:
        raise faulty(part.file.path, fault) from None


def former(part: FilePart, data: bytes | None) -> Backup:
    """Return the present content of this part of the file. Raise `DocumentFault` if the file is not valid."""
    if part.covers == (WHOLE,):
        return Backup(was_there=data is not None, text=None if data is None else _text(part, data))
    return Backup(was_there=data is not None, values=part.values(data))


def added(part: FilePart, data: bytes | None, written: Values) -> Values:
    """Return the values of the user at places of this part where gwctl has written none.

    `written` contains the values that gwctl wrote. Raise `OwnedFault` if such a value may be a secret, because the
    ledger must not contain secrets.
    """
    if part.covers == (WHOLE,):
        return {}
    there = former(part, data)
    own = {place: value for place, value in there.values.items() if place not in written}
    if has_secret(part, data, replace(there, values=own), {}):
        raise OwnedFault(
            f"{part.file.path} has a value that may be a secret at a place that gwctl is about to write: "
            f"{', '.join(map(dotted, own))}",
            "remove the value from the file",
        )
    return own


def has_secret(part: FilePart, data: bytes | None, backup: Backup, wanted: Values) -> bool:
    """Return whether the backup may contain a secret. The ledger must not contain secrets."""
    if part.covers == (WHOLE,):
        text = as_text(data)
        return not _is_wanted(part, data, wanted) and bool(_NAMED.search(text) or _may_be_secret(text))
    if canonical(backup.values) == canonical(wanted):  # a value that gwctl would write is not a secret
        return False
    values = ((place, value) for place, value in backup.values.items() if value)
    return any(place not in part.tool.plain or _may_be_secret(json.dumps(value)) for place, value in values)


def _is_wanted(part: FilePart, data: bytes | None, wanted: Values) -> bool:
    try:
        return canonical(part.values(data)) == canonical(wanted)
    except DocumentFault:
        return False


def _text(part: FilePart, data: bytes) -> str:
    try:
        text = data.decode()
    except ValueError:
        text = ""
    if (not text.strip() and data.strip()) or len(data) > _LONGEST:
        raise OwnedFault(
            f"{part.file.path} is too large, or is not text, so gwctl could not restore the file later",
            "move the file to another directory",
        )
    return text


def _may_be_secret(text: str) -> bool:
    return bool(why_credential(text, Known())) or looks_random(text)


def as_text(data: bytes | None) -> str:
    """Return the bytes as text, with one character for each byte. Use this for a file that is not a document."""
    return (data or b"").decode("latin-1")
