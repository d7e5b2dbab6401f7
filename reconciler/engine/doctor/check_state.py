"""The check of the state: whether the state can be read, who can change the state, and who holds its lock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reconciler import codes
from reconciler.engine.doctor.case import DoctorRun
from reconciler.engine.doctor.file_modes import HAS_MODES, mode_of, shared
from reconciler.errors import Failed
from reconciler.files.read_file import is_there
from reconciler.resources.finding import Finding, of, ok

_GROUP = "state"


def state(case: DoctorRun) -> Iterator[Finding]:
    """Check whether the state can be read. A remote store must be reachable for this check."""
    for diagnostic in case.trouble:
        yield of(_GROUP, diagnostic)
    if case.store is not None and _is_unasked(case):
        yield Finding(
            group=_GROUP,
            grade="note",
            code=codes.NOT_LOOKED_AT,
            summary=f"{case.store.place}: not read (--offline)",
        )
    if case.store is None or case.state is None:
        return
    if not case.state.lineage:
        yield ok(_GROUP, f"{case.store.place}: nothing is applied yet")
    else:
        count = len(case.state.resources)
        yield ok(_GROUP, f"{case.store.place}: serial {case.state.serial}, {count} recorded")


def modes(case: DoctorRun) -> Iterator[Finding]:
    """Check whether other users can read or change the state and its directory."""
    file = case.store.file if case.store else None
    if file is None or not is_there(file.path):
        return
    if not HAS_MODES:
        yield Finding(
            group=_GROUP,
            grade="note",
            code=codes.NOT_LOOKED_AT,
            summary="permissions: not checked on this system",
        )
        return
    faults = [*_file(file.path), *_directory(file.path.parent)]
    yield from faults or [ok(_GROUP, "permissions: only the owner can read or change the state")]


def _file(path: Path) -> Iterator[Finding]:
    who = shared(path)
    if who:
        summary = f"{path} can be {who} by other users (mode {mode_of(path)})"
        detail = "Anyone who can change the state can make the next apply delete resources." if who == "written" else ""
        yield Finding(
            group=_GROUP,
            grade="warning",
            code=codes.FILE_MODE,
            summary=summary,
            detail=detail,
            hint=f"chmod 600 {path}",
        )


def _directory(path: Path) -> Iterator[Finding]:
    who = shared(path)
    if who == "written":
        summary = f"{path} can be written by other users (mode {mode_of(path)})"
        yield Finding(
            group=_GROUP,
            grade="warning",
            code=codes.FILE_MODE,
            summary=summary,
            detail="Other users can replace the state.",
            hint=f"chmod go-w {path}",
        )
    elif who:
        summary = f"{path} can be read by other users (mode {mode_of(path)}); the state contains no secret"
        yield Finding(
            group=_GROUP, grade="note", code=codes.FILE_MODE, summary=summary, detail="", hint=f"chmod 700 {path}"
        )


def lock(case: DoctorRun) -> Iterator[Finding]:
    """Check whether the state is locked, and who holds the lock."""
    if case.store is None or _is_unasked(case) or (case.store.is_shared and case.trouble):
        return
    try:
        holder = case.store.holder()
    except Failed as fault:
        yield from (of(_GROUP, diagnostic, "warning") for diagnostic in fault.diagnostics)
        return
    if holder is None:
        yield ok(_GROUP, "not locked" if not case.store.is_shared else "no known lock")
        return
    hint = "wait until the other run ends, or run `gwctl state unlock`; the lock of a killed run expires in a minute"
    yield Finding(
        group=_GROUP,
        grade="warning",
        code=codes.STATE_LOCKED,
        summary=f"The state is locked by {holder}",
        detail="An apply waits for the lock.",
        hint=hint,
    )


def _is_unasked(case: DoctorRun) -> bool:
    """Return true if the state is in a remote store that --offline does not open."""
    return case.store is not None and case.store.is_shared and case.options.offline
