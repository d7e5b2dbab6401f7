"""Questions to the person at the terminal; without one the answer is no."""

from __future__ import annotations

import sys
from collections.abc import Callable

import click

from reconciler.text import printable


def is_terminal() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty()


def confirm(question: str) -> bool:
    """Ask on stderr; anything but y or yes is no."""
    return click.confirm(question, default=False, err=True)


def host_question(auto_approve: bool) -> Callable[[str, str, str], bool] | None:
    """Whether a key may go to a new host: asked for each on a terminal, yes with --auto-approve."""
    if auto_approve:
        return lambda *_: True
    return _ask_host if is_terminal() else None


def _ask_host(endpoint: str, old: str, new: str) -> bool:
    return confirm(f"endpoint.{endpoint} was recorded with {printable(old)}. Send its key to {printable(new)}?")
