"""The errors for a ledger that cannot be used.

This module is imported only if there is an error. This keeps `gwctl key print` fast, because tools wait for its output.
"""

from __future__ import annotations

from pathlib import Path

from reconciler import codes
from reconciler.diagnostics import Diagnostic, error
from reconciler.installation import upgrade_hint
from reconciler.text import printable


def broken(path: Path, fault: Exception) -> Diagnostic:
    """Return the error for a ledger that cannot be used."""
    why = fault.strerror if isinstance(fault, OSError) else str(fault)
    return error(
        codes.LEDGER_BROKEN,
        f"Cannot use the ledger: {path}: {why}",
        detail="The ledger records which keychain entries belong to gwctl. Without the ledger, gwctl neither writes "
        "nor deletes a keychain entry.",
        hint="check the file's permissions; if the file is damaged, move the file away and delete the `gwctl:` "
        "entries in your keychain by hand",
    )


def no_place() -> Diagnostic:
    """Return the error for a user without a home directory for the ledger."""
    return error(
        codes.LEDGER_NOWHERE,
        "There is no home directory for the ledger",
        detail="The ledger records which keychain entries belong to gwctl. Without the ledger, gwctl writes no "
        "keychain entry.",
        hint="either set HOME or XDG_STATE_HOME, or set GWCTL_LEDGER to a path that only you can write to",
    )


def newer(path: Path) -> Diagnostic:
    """Return the error for a ledger that a newer gwctl wrote. The hint says how to upgrade."""
    return error(
        codes.LEDGER_NEWER,
        f"The ledger was written by a newer gwctl: {path}",
        detail="Nothing was done.",
        hint=upgrade_hint(),
    )


def misplaced(path: Path, why: str) -> Diagnostic:
    """Return the error for a ledger's path where another person could have put a file."""
    hint = "either set GWCTL_LEDGER to a path that only you can write to, or unset it to use the usual path"
    summary = f"The path {printable(str(path))} is not safe for the ledger: {why}"
    detail = "The ledger records where secrets can be sent. Other users must not write to it. Nothing was done."
    return error(codes.LEDGER_MISPLACED, summary, detail=detail, hint=hint)
