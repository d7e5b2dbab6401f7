"""The questions before a secret is sent to a new host. The command line asks these questions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from reconciler.engine.trust.pairs import WantedPair
from reconciler.ledger.stack_rows import Stack
from reconciler.secrets.binding import command_of
from reconciler.values import dataclass


@dataclass(frozen=True)
class Question:
    """One question about all new pairs of a secret and a host, and about the records of an older gwctl.

    The pair of the store comes first.
    """

    path: str  # of the gateway file
    wants: tuple[WantedPair, ...]
    older: tuple[Stack, ...] = ()
    kept: tuple[str, ...] = ()  # the stored keys of `older`, as key.ENDPOINT

    @property
    def intro(self) -> str:
        """The sentence before the items."""
        tools = [want for want in self.wants if want.pair.secret.kind == "tool"]
        does = [
            *(["sends these secrets"] if len(tools) < len(self.wants) else []),
            *(["configures these tools"] if tools else []),
            *(["uses these records of an older gwctl"] if self.older else []),
        ]
        return f"{self.path} {' and '.join(does)} for the first time on this machine:"

    @property
    def items(self) -> Iterator[str]:
        """One text for each pair, then one for each stack of an older gwctl."""
        for want in self.wants:
            command = command_of(want.pair.secret)
            runs = f", which runs a command in {command.directory}" if command and command.directory else ""
            yield f"{_whose(want)}: {want.pair.secret.whole} → {want.pair.exposure}{runs}"
        for stack in self.older:
            keys = f": {', '.join(self.kept)}" if self.kept else ""
            yield f"keys and records that an older gwctl stored for this state ({stack.store or stack.lineage}){keys}"


class Asker(Protocol):
    """The interface to the person at the terminal. Without a terminal, a run has no asker."""

    def agree(self, question: Question) -> bool:
        """Return true if the user agrees to everything in the question."""
        ...

    def is_moved(self, here: Stack, there: Stack) -> bool | None:
        """Return True if `there` was moved and is now `here`.

        Return False if they are different stacks, and None without an answer.
        """
        ...


def _whose(want: WantedPair) -> str:
    if want.pair.secret.kind == "tool":
        return want.what
    return f"endpoint.{want.endpoint}, {want.what}" if want.endpoint else want.what
