"""The questions that gwctl asks at a terminal before it sends a secret to a new host."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.cli.console.prompts import confirm, nobody_there

if TYPE_CHECKING:
    from reconciler.engine.trust.questions import Asker, Question
    from reconciler.ledger.stack_rows import Stack


def asker_here() -> Asker | None:
    """Return the prompts for consents, or None if standard input, output or error is not a terminal."""
    return None if nobody_there() else TerminalAsker()


class TerminalAsker:
    """The prompts for consents at a terminal."""

    def agree(self, question: Question) -> bool:
        """Ask once about all new pairs of a secret and a host. Return true if the user answers yes."""
        return confirm("Allow all of these, and remember the answer?", list(question.items), question.intro)

    def is_moved(self, here: Stack, there: Stack) -> bool | None:
        """Ask whether the gateway file `there` was moved and is now `here`.

        Return True for a moved file, and False for two different files. Return None if the user answers no to both
        questions.
        """
        places = [f"first: {there.path}, state {there.store}", f"second: {here.path}, state {here.store}"]
        if confirm("Was the file moved to the second path?", places, "Two paths on this machine use the same state:"):
            return True
        return False if confirm("Is the second path a different gateway file, with its own keys?") else None
