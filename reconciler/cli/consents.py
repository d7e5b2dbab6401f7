"""Approval of changes: from --auto-approve, or from the person at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.cli.console.prompts import confirm, nobody_there
from reconciler.diagnostics import error

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output


def approve(output: Output, auto_approve: bool, question: str, intro: str = "", option: str = "--auto-approve") -> bool:
    """Return true if `auto_approve` is true, or if the user answers yes.

    Without a terminal, report an error that names `option`, and return false.
    """
    if auto_approve:
        return True
    missing = nobody_there()
    if missing:
        summary = f"Approval is needed, but gwctl cannot ask: {missing}"
        output.report([error(codes.NOT_APPROVED, summary, hint=f"run the same command with {option}")])
        return False
    return confirm(question, intro=intro)
