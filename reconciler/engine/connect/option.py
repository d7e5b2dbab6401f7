"""A choice in a question, for the command line and the local page, and a tool that is offered as one."""

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


@dataclass(frozen=True)
class OfferedTool:
    """A tool on this machine: the value of its choice, its name for a person, and whether it was used here.

    `why_unserved` says why no endpoint can serve the tool. It is "" if an endpoint can.
    """

    value: str
    title: str
    why_unserved: str
    is_used: bool
