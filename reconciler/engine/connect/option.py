"""A choice in a question, for the command line and the local page."""

from __future__ import annotations

from typing import Generic, TypeVar

from reconciler.values import dataclass

T = TypeVar("T")


@dataclass(frozen=True)
class Option(Generic[T]):
    """A choice: its value, its text, and whether it is picked at first."""

    value: T
    text: str
    picked: bool = False
