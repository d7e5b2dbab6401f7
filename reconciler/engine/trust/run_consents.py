"""The secrets that a stack may send in one run, and where: options, ledger, rules and one question decide."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from reconciler import codes
from reconciler.address import CLIENT
from reconciler.diagnostics import Diagnostic, note
from reconciler.engine.keys.kept import KeptRows
from reconciler.engine.trust.commands import KeyCommands
from reconciler.engine.trust.pairs import STORE, WantedPair
from reconciler.engine.trust.questions import Question
from reconciler.errors import Failed
from reconciler.ledger.stack_rows import Stack, Stacks
from reconciler.secrets.binding import Bindings, Pair

if TYPE_CHECKING:
    from reconciler.engine.trust.decide import Trust


class RunConsents:
    """The pairs of a secret and a host that a run would use, and the consents to them."""

    def __init__(self, trust: Trust) -> None:
        self._trust, self._options = trust, trust.options
        self._wants: list[WantedPair] = []  # all pairs that this run would send
        self._given: list[Pair] = []  # the pairs that are allowed in this run
        self._waiting: list[WantedPair] = []  # the pairs that the shared state may have
        self._answers: dict[Pair, str] = {}  # {pair: how it was allowed}, not yet in the ledger
        self._may_run: dict[str, str] = {}  # the commands that are allowed in this run: {digest: facts}
        self._withheld: tuple[object, dict[str, list[Pair]]] | None = None  # by endpoint, and what it was made from
        self._taken_over: tuple[Stack, ...] = ()
        self._has_asked_of_older = False

    @property
    def bindings(self) -> Bindings:
        """The pairs of a secret and a host that are allowed now."""
        return Bindings((*self._given, *(self._trust.remembered if self._trust.has_book else ())))

    @property
    def commands(self) -> KeyCommands:
        """The key commands that may run now."""
        options, trust = self._options, self._trust
        if options.allow_commands:
            return KeyCommands(True, {}, options.environ)
        known = {} if trust.elsewhere else trust.book.commands.get(trust.stack.id, {})
        return KeyCommands(False, {**known, **self._may_run}, options.environ)

    def facts(self, pairs: Iterable[Pair]) -> dict[str, str]:
        """Return {digest: facts about the command} of the commands that give the secrets of these pairs."""
        commands = self.commands
        return {digest: what for pair in pairs for digest, what in commands.facts(pair.secret).items()}

    @property
    def withheld(self) -> list[WantedPair]:
        """The pairs of a secret and a host that this run would use, and that nobody agreed to."""
        if not self._wants:
            return []
        bindings = self.bindings
        return [want for want in self._wants if not bindings.has(want.pair)]

    def withheld_of(self, endpoint: str) -> list[Pair]:
        """Return the pairs of this endpoint that nobody agreed to."""
        trust = self._trust
        book = trust.book if trust.has_book else None
        made_from = (len(self._wants), len(self._given), trust.elsewhere, book)  # both only grow
        if self._withheld is None or self._withheld[0] != made_from:
            pairs: dict[str, list[Pair]] = {}
            for want in self.withheld:
                pairs.setdefault(want.endpoint, []).append(want.pair)
            self._withheld = (made_from, pairs)
        return list(self._withheld[1].get(endpoint, ()))

    def agree(self, wants: Sequence[WantedPair], kept: Collection[str] = ()) -> None:
        """Settle these pairs by options, ledger and rules. Ask one question about all other pairs.

        `kept` contains the endpoints whose key is stored.
        """
        self._wants += wants
        wanted_pairs = [wanted_pair for wanted_pair in wants if self._is_given(wanted_pair)]
        self._given += [wanted_pair.pair for wanted_pair in wanted_pairs]
        given = set(wanted_pairs)
        left = [wanted_pair for wanted_pair in wants if wanted_pair not in given]
        if not left:
            return
        self._trust.tell_apart()
        remembered = Bindings(self._trust.remembered)
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
        self.ask(left)

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
            self.ask(left)

    def given_of(self, wants: Sequence[WantedPair]) -> list[WantedPair]:
        """Return the pairs that an option or an answer allows in this run."""
        bindings = Bindings(self._given)
        return [wanted_pair for wanted_pair in wants if self._is_given(wanted_pair) or bindings.has(wanted_pair.pair)]

    def agreed(self, wants: Sequence[WantedPair]) -> list[WantedPair]:
        """Return the pairs that are allowed in this run or in the ledger, and the pairs that need no consent."""
        wanted_pairs = self.given_of(wants)
        if len(wanted_pairs) == len(wants):
            return wanted_pairs
        self._trust.tell_apart()
        remembered, given = Bindings(self._trust.remembered), set(wanted_pairs)

        def is_agreed(want: WantedPair) -> bool:
            known = want in given or remembered.has(want.pair) or _is_renamed(want, remembered)
            return known or self._is_free(want, ())

        return [wanted_pair for wanted_pair in wants if is_agreed(wanted_pair)]

    def write_down(self) -> None:
        """Write the answers to the ledger if the stack is known.

        If the write fails, the answers count for this run only.
        """
        answers, self._answers = self._answers, {}
        trust = self._trust
        if trust.elsewhere or not (answers or self._taken_over or self._may_run):
            return
        try:
            Stacks(trust.ledger()).remember(trust.stack, answers, self._taken_over, self._may_run)
        except Failed as fault:
            if "asked" in answers.values():
                trust.diagnostics.append(_not_kept(fault))
            return
        trust.look_again()

    def ask(self, left: Sequence[WantedPair]) -> None:
        """Ask one question about these pairs and the records of an older gwctl, if there are any and a terminal."""
        asker, trust = self._options.asker, self._trust
        if asker is None:
            return
        older = () if trust.elsewhere or self._has_asked_of_older else trust.older
        if not (left or older):
            return
        self._has_asked_of_older = True
        if asker.agree(self.question(left, older)):
            self._taken_over = older
            self._answer(left, "asked")
            self._may_run |= self.facts(wanted_pair.pair for wanted_pair in left)

    def question(self, wants: Sequence[WantedPair], older: tuple[Stack, ...]) -> Question:
        """Return the question about these pairs. The question names the stored keys of older stacks."""
        trust, ids = self._trust, {stack.id for stack in older}
        owners = (owner for entry in KeptRows(trust.ledger).rows.values() for owner in entry.owners) if older else ()
        kept = sorted({owner.address for owner in owners if owner.stack in ids})
        return Question(trust.place, tuple(wants), older, tuple(kept))

    def _is_given(self, want: WantedPair) -> bool:
        if "file" in self._options.trusted:
            return True
        if want.endpoint == STORE:
            return self._options.state is not None
        name = want.endpoint.removeprefix(f"{CLIENT}.")
        is_picked = name != want.endpoint and name in self._options.picked_clients
        return is_picked or want.endpoint in self._options.allowed_hosts

    def _is_free(self, want: WantedPair, kept: Collection[str]) -> bool:
        secret, place = want.pair.secret, want.pair.exposure
        if place.proxy or place.ca_file or (secret.kind == "kept" and want.endpoint in kept):
            return False
        is_new = not self._trust.book.is_bound_anywhere(secret, self._trust.stack.id)
        if want.is_usual:
            return is_new or secret.kind == "env"
        return want.is_near and is_new

    def _answer(self, wants: Sequence[WantedPair], how: str) -> None:
        self._given += [wanted_pair.pair for wanted_pair in wants]
        self._answers |= {wanted_pair.pair: how for wanted_pair in wants}


def _is_renamed(want: WantedPair, remembered: Bindings) -> bool:
    """Return true for a stored key that may be sent to the same host under the endpoint's former name."""
    return want.before is not None and remembered.has(want.before)


def _not_kept(fault: Failed) -> Diagnostic:
    first = fault.diagnostics[0]
    return note(codes.BINDINGS_NOT_KEPT, f"Your answer applies only to this run: {first.summary}", hint=first.hint)
