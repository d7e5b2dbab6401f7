"""The identity of a stack, and the secrets that the stack may send in this run.

All consents are settled before the first secret is sent. They come from the options of the run (`--allow-host`,
`--trust`, a typed `--state`), from the ledger, or from rules that need no question. One question covers the rest, if a
terminal is available. The ledger is read only if the options do not settle everything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.address import CLIENT
from reconciler.diagnostics import Diagnostic, note
from reconciler.engine.options import Options
from reconciler.errors import Failed

if TYPE_CHECKING:
    from reconciler.engine.trust.commands import KeyCommands
    from reconciler.engine.trust.pairs import WantedPair
    from reconciler.engine.trust.questions import Question
    from reconciler.ledger.stack_rows import Stack, StackBook
    from reconciler.secrets.binding import Bindings, Pair


class Trust:
    """The consents of one stack in one run."""

    def __init__(self, options: Options, stack: Stack, main: Stack, ledger: Callable[[], Path]) -> None:
        self._options = options
        self._own = stack
        self._main = main  # the stack of the main checkout; a linked worktree shares its bindings
        self.ledger = ledger  # returns the path, or raises `Failed`
        self._wants: list[WantedPair] = []  # all pairs that this run would send
        self._given: list[Pair] = []  # the pairs that are allowed in this run
        self._waiting: list[WantedPair] = []  # the pairs that the shared state may have
        self._answers: dict[Pair, str] = {}  # {pair: how it was allowed}, not yet in the ledger
        self._may_run: dict[str, str] = {}  # the commands that are allowed in this run: {digest: facts}
        self._withheld: tuple[object, dict[str, list[Pair]]] | None = None  # by endpoint, and what it was made from
        self._taken_over: tuple[Stack, ...] = ()
        self._has_asked_of_older = False
        self.elsewhere: tuple[Stack, ...] = ()  # stacks with the same state that may be this stack
        self.diagnostics: list[Diagnostic] = []

    @cached_property
    def book(self) -> StackBook:
        """The ledger's records of stacks and consents."""

        from reconciler.ledger.stack_rows import Stacks

        return Stacks(self.ledger()).read()

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
    def bindings(self) -> Bindings:
        """The pairs of a secret and a host that are allowed now."""

        from reconciler.secrets.binding import Bindings

        return Bindings((*self._given, *(self._remembered() if "book" in self.__dict__ else ())))

    @property
    def commands(self) -> KeyCommands:
        """The key commands that may run now."""

        from reconciler.engine.trust.commands import KeyCommands

        options = self._options
        if options.allow_commands:
            return KeyCommands(True, {}, options.environ)
        known = {} if self.elsewhere else self.book.commands.get(self.stack.id, {})
        return KeyCommands(False, {**known, **self._may_run}, options.environ)

    @property
    def typed(self) -> str:
        """The options that select this stack in a `gwctl trust` command."""
        return self._options.typed

    @property
    def withheld(self) -> list[WantedPair]:
        """The pairs of a secret and a host that this run would use, and that nobody agreed to."""
        if not self._wants:
            return []
        bindings = self.bindings
        return [want for want in self._wants if not bindings.has(want.pair)]

    def withheld_of(self, endpoint: str) -> list[Pair]:
        """Return the pairs of this endpoint that nobody agreed to."""
        made_from = (len(self._wants), len(self._given), self.elsewhere, self.__dict__.get("book"))  # both only grow
        if self._withheld is None or self._withheld[0] != made_from:
            pairs: dict[str, list[Pair]] = {}
            for want in self.withheld:
                pairs.setdefault(want.endpoint, []).append(want.pair)
            self._withheld = (made_from, pairs)
        return list(self._withheld[1].get(endpoint, ()))

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

        from reconciler.state.stores.registry import canonical

        here = canonical(self._own.store)
        return tuple(stack for stack in self.book.stacks if stack.is_older and canonical(stack.store) == here)

    def has_lineage(self, lineage: str) -> None:
        """Set the lineage of the stack to the lineage in its state."""
        self._own = replace(self._own, lineage=lineage)

    def agree(self, wants: Sequence[WantedPair], kept: Collection[str] = ()) -> None:
        """Settle these pairs by options, ledger and rules. Ask one question about all other pairs.

        `kept` contains the endpoints whose key is stored.
        """
        if not wants:
            return
        from reconciler.engine.trust.pairs import STORE
        from reconciler.secrets.binding import Bindings

        self._wants += wants
        wanted_pairs = [wanted_pair for wanted_pair in wants if self._is_given(wanted_pair)]
        self._given += [wanted_pair.pair for wanted_pair in wanted_pairs]
        given = set(wanted_pairs)
        left = [wanted_pair for wanted_pair in wants if wanted_pair not in given]
        if not left:
            return
        self.tell_apart()
        remembered = Bindings(self._remembered())
        commands = self.commands
        unasked = [wanted_pair for wanted_pair in left if commands.is_new(wanted_pair.pair.secret)]
        left = [wanted_pair for wanted_pair in left if not remembered.has(wanted_pair.pair)]
        renamed = dict.fromkeys(wanted_pair for wanted_pair in left if _is_renamed(wanted_pair, remembered))
        self._answer(list(renamed), "moved")
        free = dict.fromkeys(
            wanted_pair for wanted_pair in left if wanted_pair not in renamed and self._is_free(wanted_pair, kept)
        )
        self._answer(list(free), "first use")
        free |= renamed
        left = list(dict.fromkeys([*(wanted_pair for wanted_pair in left if wanted_pair not in free), *unasked]))
        if "state" in self._options.trusted:
            self._waiting = [wanted_pair for wanted_pair in left if wanted_pair.endpoint != STORE]
            left = [wanted_pair for wanted_pair in left if wanted_pair.endpoint == STORE]
        self._ask(left)

    @property
    def waits(self) -> bool:
        """Return whether there are pairs that the shared state may have."""
        return bool(self._waiting)

    def believe(self, is_recorded: Callable[[WantedPair], bool]) -> None:
        """Allow the waiting pairs that are in the shared state (`--trust state`). Ask about the other pairs."""
        waiting, self._waiting = self._waiting, []
        self._given += [want.pair for want in waiting if is_recorded(want)]
        left = [want for want in waiting if not is_recorded(want)]
        if left:
            self._ask(left)

    def given_of(self, wants: Sequence[WantedPair]) -> list[WantedPair]:
        """Return the pairs that an option or an answer allows in this run."""

        from reconciler.secrets.binding import Bindings

        bindings = Bindings(self._given)
        return [wanted_pair for wanted_pair in wants if self._is_given(wanted_pair) or bindings.has(wanted_pair.pair)]

    def agreed(self, wants: Sequence[WantedPair]) -> list[WantedPair]:
        """Return the pairs that are allowed in this run or in the ledger, and the pairs that need no consent."""

        from reconciler.secrets.binding import Bindings

        wanted_pairs = self.given_of(wants)
        if len(wanted_pairs) == len(wants):
            return wanted_pairs
        self.tell_apart()
        remembered, given = Bindings(self._remembered()), set(wanted_pairs)

        def is_agreed(want: WantedPair) -> bool:
            known = want in given or remembered.has(want.pair) or _is_renamed(want, remembered)
            return known or self._is_free(want, ())

        return [wanted_pair for wanted_pair in wants if is_agreed(wanted_pair)]

    def settle_older(self) -> None:
        """Ask about the records of an older gwctl, unless this run has already asked about the records."""
        self.tell_apart()
        self._ask([])

    def record_lineage(self, lineage: str) -> None:
        """Set the lineage of the stack. If the ledger has the stack, also set the lineage in the ledger."""
        self.has_lineage(lineage)
        if "book" in self.__dict__ and self.book.at(self._own.path, self._own.store):
            self.register()

    @property
    def others(self) -> tuple[Stack, ...]:
        """The other stacks with the same state.

        The list is empty if the ledger has this stack, or if gwctl has asked about the other stacks.
        """
        if self.book.at(self._own.path, self._own.store):
            return ()
        return tuple(stack for stack in self._others() if not stack.is_older)

    def tell_apart(self) -> None:
        """Find out whether another stack with the same state is this stack under its old path.

        gwctl asks at a terminal. Without an answer, `elsewhere` has the other stacks, and no consent in the ledger
        counts.
        """
        others = self.others
        if not others or self.elsewhere:
            return
        asker = self._options.asker
        moved = asker.is_moved(self._own, others[0]) if asker else None
        if moved is None:
            self.elsewhere = others
        elif moved:
            self.move(others[0])
        else:
            self.register()

    def move(self, there: Stack) -> None:
        """Record that the stack `there` was moved and is now this stack. This stack takes over the rows of `there`."""

        from reconciler.ledger.stack_rows import Stacks

        Stacks(self.ledger()).move(there, self._own)
        self._look_again()

    def register(self) -> Stack:
        """Record this stack in the ledger. Return the stack with its ID."""

        from reconciler.ledger.stack_rows import Stacks

        there = Stacks(self.ledger()).ensure(self.stack)
        self._look_again()
        return there

    def grant(self, pairs: Iterable[Pair], how: str, older: Collection[Stack] = ()) -> None:
        """Record the consent to these pairs, to their commands, and to the `older` records.

        `how` says how the user gave the consent.
        """

        from reconciler.ledger.stack_rows import Stacks

        agreed = list(pairs)
        Stacks(self.ledger()).remember(self.stack, dict.fromkeys(agreed, how), older, self._facts(agreed))
        self._look_again()

    def write_down(self) -> None:
        """Write the answers to the ledger if the stack is known.

        If the write fails, the answers count for this run only.
        """
        answers, self._answers = self._answers, {}
        if self.elsewhere or not (answers or self._taken_over or self._may_run):
            return
        from reconciler.ledger.stack_rows import Stacks

        try:
            Stacks(self.ledger()).remember(self.stack, answers, self._taken_over, self._may_run)
        except Failed as fault:
            if "asked" in answers.values():
                self.diagnostics.append(_not_kept(fault))
            return
        self._look_again()

    def forget_kept(self, endpoint: str) -> None:
        """Revoke the bindings of the endpoint's stored key, because that key no longer exists."""

        from reconciler.ledger.stack_rows import Stacks
        from reconciler.secrets.binding import kept_secret

        pairs = [pair for pair in self.book.pairs(self.stack.id) if pair.secret == kept_secret(endpoint)]
        if pairs:
            Stacks(self.ledger()).revoke(self.stack.id, pairs)
            self._look_again()

    def _facts(self, pairs: Iterable[Pair]) -> dict[str, str]:
        commands = self.commands
        return {digest: what for pair in pairs for digest, what in commands.facts(pair.secret).items()}

    def _others(self) -> Iterable[Stack]:
        from reconciler.store_url import is_remote

        yield from self.book.of_lineage(self._own.lineage)
        if is_remote(self._own.store):
            yield from self.book.in_store(self._own.store)

    def _is_given(self, want: WantedPair) -> bool:
        if "file" in self._options.trusted:
            return True
        from reconciler.engine.trust.pairs import STORE

        if want.endpoint == STORE:
            return self._options.state is not None
        name = want.endpoint.removeprefix(f"{CLIENT}.")
        is_picked = name != want.endpoint and name in self._options.picked_clients
        return is_picked or want.endpoint in self._options.allowed_hosts

    def _is_free(self, want: WantedPair, kept: Collection[str]) -> bool:
        secret, place = want.pair.secret, want.pair.exposure
        if place.proxy or place.ca_file or (secret.kind == "kept" and want.endpoint in kept):
            return False
        is_new = not self.book.is_bound_anywhere(secret, self.stack.id)
        if want.is_usual:
            return is_new or secret.kind == "env"
        return want.is_near and is_new

    def _remembered(self) -> tuple[Pair, ...]:
        if self.elsewhere:
            return ()
        main = self.book.at(self._main.path, self._main.store)
        return (*self.book.pairs(self.stack.id), *(self.book.pairs(main.id) if main else ()))

    def _ask(self, left: Sequence[WantedPair]) -> None:
        asker = self._options.asker
        if asker is None:
            return
        older = () if self.elsewhere or self._has_asked_of_older else self.older
        if not (left or older):
            return
        self._has_asked_of_older = True
        if asker.agree(self.question(left, older)):
            self._taken_over = older
            self._answer(left, "asked")
            self._may_run |= self._facts(wanted_pair.pair for wanted_pair in left)

    def question(self, wants: Sequence[WantedPair], older: tuple[Stack, ...]) -> Question:
        """Return the question about these pairs. The question names the stored keys of older stacks."""

        from reconciler.engine.keys.kept import KeptRows
        from reconciler.engine.trust.questions import Question

        ids = {stack.id for stack in older}
        owners = (owner for entry in KeptRows(self.ledger).rows.values() for owner in entry.owners) if older else ()
        kept = sorted({owner.address for owner in owners if owner.stack in ids})
        return Question(self._own.path, tuple(wants), older, tuple(kept))

    def _answer(self, wants: Sequence[WantedPair], how: str) -> None:
        self._given += [wanted_pair.pair for wanted_pair in wants]
        self._answers |= {wanted_pair.pair: how for wanted_pair in wants}

    def _look_again(self) -> None:
        self.__dict__.pop("book", None)
        self.elsewhere = ()
        _ = self.book


def _is_renamed(want: WantedPair, remembered: Bindings) -> bool:
    """Return true for a stored key that may be sent to the same host under the endpoint's former name."""
    return want.before is not None and remembered.has(want.before)


def _not_kept(fault: Failed) -> Diagnostic:
    first = fault.diagnostics[0]
    return note(codes.BINDINGS_NOT_KEPT, f"Your answer applies only to this run: {first.summary}", hint=first.hint)
