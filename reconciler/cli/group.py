"""A click group that answers a mistyped command with suggestions."""

from __future__ import annotations

import click


class CommandGroup(click.Group):
    """A group of commands.

    For an unknown command, it suggests similar commands and gwctl's equivalents of other tools' commands.
    """

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return an existing command as click does. Raise `UsageFault` for any other name."""
        known = self.list_commands(ctx)
        if args and args[0] not in known:
            from reconciler.cli.usage.click_faults import no_command

            raise no_command(ctx.command_path, args[0], known)
        return super().resolve_command(ctx, args)
