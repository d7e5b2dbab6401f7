"""The handles of tools: listing the handles of a gateway file, and revoking a handle."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler import codes
from reconciler.diagnostics import error
from reconciler.engine.options import Options
from reconciler.engine.stack.session import open_session
from reconciler.errors import Failed
from reconciler.ledger.handle_rows import Handle, HandleRows
from reconciler.ledger.locate import ledger_path


def handles_of(options: Options) -> tuple[Handle, ...]:
    """Return the handles that the clients of this gateway file have."""
    trust = open_session(options, ()).trust
    return HandleRows(trust.ledger()).read(trust.stack.id)


def revoke(handle: str, environ: Mapping[str, str], undo: bool = False) -> None:
    """Revoke the handle, or allow the handle again if `undo` is true. Raise `Failed` if the handle is unknown."""
    rows = HandleRows(ledger_path(environ))
    found = [known for known in rows.read() if known.handle == handle]
    if not found:
        hint = "`gwctl key list` lists the handles of a gateway file"
        raise Failed(error(codes.HANDLE_UNKNOWN, "This machine has no such handle", hint=hint))
    for known in found:
        rows.revoke(known, undo)
