"""The questions before a secret is sent to a new host; the command line asks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from reconciler.engine.trust.pairs import WantedPair
from reconciler.ledger.stack_rows import Stack


@dataclass(frozen=True)
class Question:
    """One question about everything new: the pairs, the store's first, and the records of an older gwctl."""

    path: str  # of the gateway file
    wants: tuple[WantedPair, ...]
    older: tuple[Stack, ...] = ()
    kept: tuple[str, ...] = ()  # the stored keys of `older`, as key.ENDPOINT


class Asker(Protocol):
    """Asks the person at the terminal; there is no asker without a terminal."""

    def agree(self, question: Question) -> bool:
        """Return true if the user agrees to everything in the question."""
        ...

    def is_moved(self, here: Stack, there: Stack) -> bool | None:
        """Return True if `there` was moved and is now `here`, False if they are different, None without an answer."""
        ...
