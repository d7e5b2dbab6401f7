"""The last question about an edit of the gateway file."""

from __future__ import annotations

from typing import Literal

from reconciler.engine.connect.option import Option

Decision = Literal["apply", "save", "stop"]

SAVE_AND_APPLY = "Save and apply?"


def save_options(path: str) -> list[Option[Decision]]:
    """Return the choices for the edit of this file."""
    return [
        Option("apply", f"Save {path} and apply the plan"),
        Option("save", f"Only save {path}"),
        Option("stop", "Change nothing"),
    ]
