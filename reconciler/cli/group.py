"""The layout of help texts, and a click group that answers a mistyped command with suggestions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import click

from reconciler.cli.manual.examples import EXAMPLES, Examples

_COMMON = "Common options"
_SECTIONS: Mapping[str, str] = {  # {parameter: the section of its option}; all others come first, as "Options"
    **dict.fromkeys(
        ("allow_commands", "allowed_hosts", "trusted", "catalogs", "deletes", "adopts", "allowed_paths"), "Consents"
    ),
    **dict.fromkeys(
        ("directory", "files", "state", "variables", "color", "verbose", "quiet", "plain", "version"), _COMMON
    ),
}
SECTIONS = ("Options", "Consents", _COMMON)


def section_of(option: click.Parameter) -> str:
    """Return the section of the help that lists the option."""
    return _COMMON if "--help" in option.opts else _SECTIONS.get(option.name or "", SECTIONS[0])


def examples_of(path: str) -> Examples:
    """Return the examples of the command with this path, such as `state list`.

    `export TOOL` has the examples for paths such as `export codex`.
    """
    return EXAMPLES.get(path) or EXAMPLES.get(f"{path.rpartition(' ')[0]} TOOL".strip(), ())


class HelpfulCommand(click.Command):
    """A command whose help has examples and lists the options in sections. The common options come last."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the text, and the examples below the text."""
        super().format_help_text(ctx, formatter)
        examples = examples_of(" ".join(ctx.command_path.split()[1:]))
        if examples:
            with formatter.section("Examples"):
                for what, line in examples:
                    formatter.write(f"{'':{formatter.current_indent}}{what}:\n")
                    formatter.write(f"{'':{formatter.current_indent + 2}}{line}\n")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a section for each kind of options."""
        for title, records in _records(self, ctx):
            with formatter.section(title):
                formatter.write_dl(records)


def _records(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    params = command.get_params(ctx)
    for title in SECTIONS:
        of_section = [param.get_help_record(ctx) for param in params if section_of(param) == title]
        records = [record for record in of_section if record is not None]
        if records:
            yield title, records


class CommandGroup(HelpfulCommand, click.Group):
    """A group of commands.

    For an unknown command, the error suggests similar commands. For a command of another tool, the error suggests
    gwctl's equivalent.
    """

    command_class = HelpfulCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, and then the options."""
        self.format_commands(ctx, formatter)
        HelpfulCommand.format_options(self, ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return an existing command as click does. Raise `UsageFault` for any other name."""
        known = self.list_commands(ctx)
        if args and args[0] not in known:
            from reconciler.cli.usage.click_faults import no_command

            raise no_command(ctx.command_path, args[0], known)
        return super().resolve_command(ctx, args)
