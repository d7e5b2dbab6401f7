"""Consents: an option gives them, or somebody at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.cli.console.prompts import confirm, nobody_there
from reconciler.diagnostics import error

if TYPE_CHECKING:
    from reconciler.cli.console.output import Output


def approve(output: Output, auto_approve: bool, question: str, intro: str = "") -> bool:
    """Return whether the user agrees, by --auto-approve or a yes; without a terminal, False."""
    if auto_approve:
        return True
    missing = nobody_there()
    if missing:
        summary = f"Approval is needed, but gwctl cannot ask: {missing}"
        output.report([error(codes.NOT_APPROVED, summary, hint="run the same command with --auto-approve")])
        return False
    return confirm(question, intro=intro)
