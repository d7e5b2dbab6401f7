"""This gwctl as if it were installed outside of every repository, for forks that install hooks and are killed."""

from __future__ import annotations

from reconciler.secrets.commands import helper_command


def register() -> None:
    """Let no file of this gwctl be in a working tree, in this process."""
    helper_command._why_not = lambda place: ""
