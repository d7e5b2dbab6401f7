"""The questions asked before a secret is sent to a new host; the command line does the asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reconciler.engine.trust.pairs import WantedPair
from reconciler.ledger.stack_rows import Stack


@dataclass(frozen=True)
class Question:
    """One question about everything that is new: the pairs, the store's first, and what an older gwctl recorded."""

    path: str  # of the gateway file
    wants: tuple[WantedPair, ...]
    older: tuple[Stack, ...] = ()
    kept: tuple[str, ...] = ()  # the keys that were kept for these, as key.ENDPOINT


class Asker(Protocol):
    """Asks the person who is there; it is not to be had where nobody is."""

    def agree(self, question: Question) -> bool:
        """Return whether all of it is right."""
        ...

    def is_moved(self, here: Stack, there: Stack) -> bool | None:
        """Return whether this stack is that one at a new place (True), or one of its own (False); None: nobody says."""
        ...
