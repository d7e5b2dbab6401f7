"""The identity of a stack, its records in the ledger, and the way to the consents of a run.

All consents are settled before the first secret is sent. They come from the options of the run (`--allow-host`,
`--trust`, a typed `--state`), from the ledger, or from rules that need no question. One question covers the rest, if a
terminal is available. The ledger is read only if the options do not settle everything. What decides about the pairs of
a secret and a host is in `run_consents`, which is loaded with the first pair: an offline plan has none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.diagnostics import Diagnostic
from reconciler.engine.options import Options
from reconciler.ledger.stack_rows import Stack, StackBook, Stacks
from reconciler.state.stores.registry import canonical
from reconciler.store_url import is_remote

if TYPE_CHECKING:
    from reconciler.engine.trust.pairs import WantedPair
    from reconciler.engine.trust.run_consents import RunConsents
    from reconciler.secrets.binding import Pair


class Trust:
    """One stack in one run: its rows in the ledger, and its consents."""

    def __init__(self, options: Options, stack: Stack, main: Stack, ledger: Callable[[], Path]) -> None:
        self.options = options
        self._own = stack
        self._main = main  # the stack of the main checkout; a linked worktree shares its bindings
        self.ledger = ledger  # returns the path, or raises `Failed`
        self.elsewhere: tuple[Stack, ...] = ()  # stacks with the same state that may be this stack
        self.diagnostics: list[Diagnostic] = []

    @cached_property
    def consents(self) -> RunConsents:
        """The pairs of a secret and a host in this run, and the consents to them."""
        from reconciler.engine.trust.run_consents import RunConsents

        return RunConsents(self)

    @property
    def has_consents(self) -> bool:
        """Return whether this run has looked at pairs or commands. If not, nothing that decides is loaded."""
        return "consents" in self.__dict__

    @cached_property
    def book(self) -> StackBook:
        """The ledger's records of stacks and consents."""
        return Stacks(self.ledger()).read()

    @property
    def has_book(self) -> bool:
        """Return whether this run has read the ledger's records of stacks."""
        return "book" in self.__dict__

    @property
    def stack(self) -> Stack:
        """This stack, with its ID if the ledger has the stack."""
        there = self.book.at(self._own.path, self._own.store)
        return replace(there, lineage=self._own.lineage or there.lineage) if there else self._own

    @property
    def is_recorded(self) -> bool:
        """Return true if the ledger has records of this stack, which `gwctl leave` would remove."""
        return self.book.at(self._own.path, self._own.store) is not None

    @property
    def shares(self) -> str:
        """The ID of the main checkout's stack, if this stack is in a linked worktree, else "".

        A linked worktree shares the bindings of the main checkout.
        """
        main = self.book.at(self._main.path, self._main.store)
        return main.id if main and main.id != self.stack.id else ""

    @property
    def remembered(self) -> tuple[Pair, ...]:
        """The pairs with a consent in the ledger. There are none while it is open which stack this is."""
        if self.elsewhere:
            return ()
        main = self.book.at(self._main.path, self._main.store)
        return (*self.book.pairs(self.stack.id), *(self.book.pairs(main.id) if main else ()))

    @property
    def place(self) -> str:
        """The path of the gateway file, for a question."""
        return self._own.path

    @property
    def typed(self) -> str:
        """The options that select this stack in a `gwctl trust` command."""
        return self.options.typed

    @property
    def older(self) -> tuple[Stack, ...]:
        """The stacks that an older gwctl recorded for this state."""
        stacks = (*self.book.of_lineage(self._own.lineage), *self.older_here)
        return tuple(dict.fromkeys(stack for stack in stacks if stack.is_older))

    @property
    def older_here(self) -> tuple[Stack, ...]:
        """The older stacks whose state is in the same store.

        The same lineage proves nothing, because a lineage can be copied.
        """
        here = canonical(self._own.store)
        return tuple(stack for stack in self.book.stacks if stack.is_older and canonical(stack.store) == here)

    @property
    def others(self) -> tuple[Stack, ...]:
        """The other stacks with the same state.

        The list is empty if the ledger has this stack, or if gwctl has asked about the other stacks.
        """
        if self.is_recorded:
            return ()
        return tuple(stack for stack in self._others() if not stack.is_older)

    def has_lineage(self, lineage: str) -> None:
        """Set the lineage of the stack to the lineage in its state."""
        self._own = replace(self._own, lineage=lineage)

    def record_lineage(self, lineage: str) -> None:
        """Set the lineage of the stack. If the ledger has the stack, also set the lineage in the ledger."""
        self.has_lineage(lineage)
        if self.has_book and self.is_recorded:
            self.register()

    def tell_apart(self) -> None:
        """Find out whether another stack with the same state is this stack under its old path.

        gwctl asks at a terminal. Without an answer, `elsewhere` has the other stacks, and no consent in the ledger
        counts.
        """
        others = self.others
        if not others or self.elsewhere:
            return
        asker = self.options.asker
        moved = asker.is_moved(self._own, others[0]) if asker else None
        if moved is None:
            self.elsewhere = others
        elif moved:
            self.move(others[0])
        else:
            self.register()

    def move(self, there: Stack) -> None:
        """Record that the stack `there` was moved and is now this stack. This stack takes over the rows of `there`."""
        Stacks(self.ledger()).move(there, self._own)
        self.look_again()

    def register(self) -> Stack:
        """Record this stack in the ledger. Return the stack with its ID."""
        there = Stacks(self.ledger()).ensure(self.stack)
        self.look_again()
        return there

    def grant(self, pairs: Iterable[Pair], how: str, older: Collection[Stack] = ()) -> None:
        """Record the consent to these pairs, to their commands, and to the `older` records.

        `how` says how the user gave the consent.
        """
        agreed = list(pairs)
        Stacks(self.ledger()).remember(self.stack, dict.fromkeys(agreed, how), older, self.consents.facts(agreed))
        self.look_again()

    def forget_kept(self, endpoint: str) -> None:
        """Revoke the bindings of the endpoint's stored key, because that key no longer exists."""
        from reconciler.secrets.binding import kept_secret

        pairs = [pair for pair in self.book.pairs(self.stack.id) if pair.secret == kept_secret(endpoint)]
        if pairs:
            Stacks(self.ledger()).revoke(self.stack.id, pairs)
            self.look_again()

    def look_again(self) -> None:
        """Read the ledger again after a write. It is then known which stack this is."""
        self.__dict__.pop("book", None)
        self.elsewhere = ()
        _ = self.book

    def agree(self, wants: Sequence[WantedPair], kept: Collection[str] = ()) -> None:
        """Settle these pairs by options, ledger and rules. Ask one question about all other pairs.

        `kept` contains the endpoints whose key is stored.
        """
        if wants:
            self.consents.agree(wants, kept)

    def settle_older(self) -> None:
        """Ask about the records of an older gwctl, unless this run has already asked about the records."""
        self.tell_apart()
        self.consents.ask(())

    def write_down(self) -> None:
        """Write the answers of this run to the ledger, if there are any and the stack is known."""
        if self.has_consents:
            self.consents.write_down()

    @property
    def withheld(self) -> list[WantedPair]:
        """The pairs of a secret and a host that this run would use, and that nobody agreed to."""
        return self.consents.withheld if self.has_consents else []

    def withheld_of(self, endpoint: str) -> list[Pair]:
        """Return the pairs of this endpoint that nobody agreed to."""
        return self.consents.withheld_of(endpoint) if self.has_consents else []

    def _others(self) -> Iterable[Stack]:
        yield from self.book.of_lineage(self._own.lineage)
        if is_remote(self._own.store):
            yield from self.book.in_store(self._own.store)
