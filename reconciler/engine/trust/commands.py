"""The key commands that may run.

A command may run with --allow-commands, or if the command is unchanged since somebody agreed to it.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler import codes
from reconciler.secrets.binding import Secret, command_of
from reconciler.secrets.commands.command_facts import command_digest, facts_of
from reconciler.secrets.reference import CommandReference
from reconciler.secrets.resolve_key import Unreadable
from reconciler.text import printable
from reconciler.values import dataclass


@dataclass(frozen=True)
class KeyCommands:
    """The consents of one stack to run key commands.

    `agreed` is {digest: facts about the command when somebody agreed to the command}.
    """

    allowed: bool  # all commands, in this run
    agreed: Mapping[str, str]
    environ: Mapping[str, str]

    def refusal(self, reference: CommandReference) -> Unreadable | None:
        """Return the reason why the command may not run, or None if the command may run."""
        if self.allowed:
            return None
        name = f"the command `{printable(reference.argv[0], 200)}`"
        then, facts = self.agreed.get(command_digest(reference)), facts_of(reference, self.environ)
        if facts is None:
            reason = f"{name} was not run: no such program"
            return Unreadable(reason, "check the arguments under `key: {command: …}`, and the PATH")
        if then is None:
            reason = f"{name} was not run: it has not been allowed on this machine"
            return Unreadable(reason, "review the command, then run `gwctl trust`; for one run, add --allow-commands")
        change = facts.change_since(then)
        if not change:
            return None
        reason = f"{name} was not run: it has changed since it was allowed: {printable(change, 400)}"
        hint = "review the change, then run `gwctl trust`; for one run, add --allow-commands"
        return Unreadable(reason, hint, code=codes.KEY_COMMAND_CHANGED)

    def is_new(self, secret: Secret) -> bool:
        """Return true if the secret comes from a command that nobody has agreed to in its current form."""
        reference = command_of(secret)
        if reference is None or facts_of(reference, self.environ) is None:
            return False
        return self.refusal(reference) is not None

    def facts(self, secret: Secret) -> dict[str, str]:
        """Return {digest: facts about the command} to record with a consent.

        The result is empty for a secret without a command.
        """
        reference = command_of(secret)
        command_facts = facts_of(reference, self.environ) if reference else None
        return {command_facts.digest: command_facts.as_text()} if command_facts else {}
