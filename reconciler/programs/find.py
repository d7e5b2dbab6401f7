"""The search for a program's resolved file.

gwctl tries the argument, then two variables, then the nearest applied gateway file.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from reconciler import codes
from reconciler.codes import Code
from reconciler.diagnostics import error
from reconciler.errors import Failed
from reconciler.files.read_file import read_file
from reconciler.programs.document import ResolvedFile, read_resolved, resolved_of
from reconciler.text import printable
from reconciler.values import dataclass

FROM_RUN = "GWCTL_RESOLVED_JSON"  # set by `gwctl run`
FROM_PATH = "GWCTL_RESOLVED"  # a path, set by whoever starts the program
_LARGEST = 64 * 1024 * 1024  # bytes
_EXPORT = "gwctl export resolved > resolved.json, then set GWCTL_RESOLVED to the path of that file"


@dataclass(frozen=True, kw_only=True)
class AppliedHere:
    """The stack of the found gateway file in the ledger. The keys of the stack are read only with a binding."""

    ledger: Path
    stack: str


@dataclass(frozen=True, kw_only=True)
class FoundFile:
    """A resolved file, and where gwctl found the file.

    `applied` is the stack, if a gateway file led to the resolved file.
    """

    file: ResolvedFile
    where: str
    applied: AppliedHere | None = None


def find_resolved(path: str | os.PathLike[str] | None, environ: Mapping[str, str]) -> FoundFile:
    """Return the resolved file of a program. Raise `Failed` if no file is found, or if the file is not valid."""
    if path is not None:
        return _at(Path(path))
    if environ.get(FROM_RUN):
        return _read(environ[FROM_RUN], FROM_RUN, "start the program with `gwctl run` again")
    if environ.get(FROM_PATH):
        return _at(Path(environ[FROM_PATH]))
    return _applied_above(Path.cwd(), environ)


def _at(path: Path) -> FoundFile:
    where = printable(str(path), 300)
    try:
        data = read_file(path, _LARGEST)
    except OSError as fault:
        summary = f"Cannot read the resolved file: {where}: {fault.strerror}"
        raise _failed(codes.NO_RESOLVED_FILE, summary, "check the path") from None
    return _read(data, where, f"write the file again: gwctl export resolved > {where}")


def _read(data: bytes | str, where: str, hint: str) -> FoundFile:
    try:
        return FoundFile(file=read_resolved(data), where=where)
    except ValueError as fault:
        raise _failed(codes.RESOLVED_FILE_BROKEN, f"{where} is not a valid resolved file: {fault}", hint) from None


def _applied_above(folder: Path, environ: Mapping[str, str]) -> FoundFile:
    """Return the resolved file of the nearest gateway file, as it was last applied on this machine.

    The search for the gateway file begins in `folder` and goes up. The gateway file itself is not read.
    """
    above = (each / "gateway.yaml" for each in (folder, *folder.parents))
    gateway = next((path for path in above if path.is_file()), None)
    if gateway is None:
        summary = "There is no resolved file, and no gateway.yaml here or in a folder above"
        raise _failed(codes.NO_RESOLVED_FILE, summary, f"start the program with `gwctl run`, or: {_EXPORT}")
    from reconciler.engine.trust.identify import whereabouts
    from reconciler.ledger.locate import ledger_path
    from reconciler.ledger.snapshot_rows import SnapshotRows
    from reconciler.ledger.stack_rows import Stacks

    ledger = ledger_path(environ, gateway.parent)
    stacks = [stack for stack in Stacks(ledger).read().stacks if stack.path == whereabouts(gateway).path]
    snapshots = {stack.id: SnapshotRows(ledger).read(stack.id) for stack in stacks}
    found = {stack: snapshot for stack, snapshot in snapshots.items() if snapshot}
    where = printable(str(gateway), 300)
    if not found:
        summary = f"{where} has not been applied on this machine"
        raise _failed(codes.NO_RESOLVED_FILE, summary, f"gwctl apply, or: {_EXPORT}")
    if len(found) > 1:
        summary = f"{where} was applied on this machine with more than one state"
        raise _failed(codes.NO_RESOLVED_FILE, summary, f"choose one: {_EXPORT}")
    ((stack, snapshot),) = found.items()
    try:
        file = resolved_of(snapshot.resolved)
    except ValueError as fault:
        summary = f"The ledger's copy of the resolved file for {where} is not valid: {fault}"
        raise _failed(codes.RESOLVED_FILE_BROKEN, summary, "gwctl apply") from None
    return FoundFile(file=file, where=where, applied=AppliedHere(ledger=ledger, stack=stack))


def _failed(code: Code, summary: str, hint: str) -> Failed:
    return Failed(error(code, summary, hint=hint))
