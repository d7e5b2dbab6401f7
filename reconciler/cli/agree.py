"""The questions that gwctl asks at a terminal before it sends a secret to a new host."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.cli.console.prompts import confirm, nobody_there

if TYPE_CHECKING:
    from reconciler.engine.trust.pairs import WantedPair
    from reconciler.engine.trust.questions import Asker, Question
    from reconciler.ledger.stack_rows import Stack


def asker_here() -> Asker | None:
    """Return the prompts for consents, or None if standard input, output or error is not a terminal."""
    return None if nobody_there() else TerminalAsker()


class TerminalAsker:
    """Asks the person at the terminal."""

    def agree(self, question: Question) -> bool:
        """Ask once about all new pairs of secret and host; return true for yes."""
        does = "configures these tools" if _is_about_clients(question) else "sends these secrets"
        intro = f"{question.path} {does} for the first time on this machine:"
        return confirm("Allow all of these, and remember the answer?", list(_items(question)), intro)

    def is_moved(self, here: Stack, there: Stack) -> bool | None:
        """Ask whether the gateway file `there` was moved and is now `here`.

        Return True for a moved file, False for two different files, None if the user answers no to both questions.
        """
        places = [f"first: {there.path}, state {there.store}", f"second: {here.path}, state {here.store}"]
        if confirm("Was the file moved to the second path?", places, "Two paths on this machine use the same state:"):
            return True
        return False if confirm("Is the second path a different gateway file, with its own keys?") else None


def _items(question: Question) -> Iterator[str]:
    for want in question.wants:
        runs = f", which runs a command in {directory}" if (directory := _runs_in(want)) else ""
        yield f"{_whose(want)}: {want.pair.secret.whole} → {want.pair.exposure}{runs}"
    for stack in question.older:
        keys = f": {', '.join(question.kept)}" if question.kept else ""
        yield f"keys and records that an older gwctl stored for this state ({stack.store or stack.lineage}){keys}"


def _runs_in(want: WantedPair) -> str:
    from reconciler.secrets.binding import command_of

    command = command_of(want.pair.secret)
    return command.directory if command else ""


def _is_about_clients(question: Question) -> bool:
    return bool(question.wants) and all(want.pair.secret.kind == "tool" for want in question.wants)


def _whose(want: WantedPair) -> str:
    if want.pair.secret.kind == "tool":
        return want.what
    return f"endpoint.{want.endpoint}, {want.what}" if want.endpoint else want.what
