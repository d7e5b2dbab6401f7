"""docs/reference/commands.md, made from the table of commands: python -m tests.docs.command_reference."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from reconciler.cli.group import examples_of
from reconciler.cli.help import HELP, SHORT
from reconciler.cli.main import COMMANDS
from reconciler.cli.main import gwctl as group

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
_COMMON = ("directory", "files", "state", "variables", "color", "verbose", "quiet", "plain")
_HEAD = """# Commands

This page is generated from the help texts: `python -m tests.docs.command_reference`.
`gwctl COMMAND --help` prints the same.

| command | does |
| --- | --- |
"""
_EXIT_CODES = """## Exit codes

| code | meaning |
| --- | --- |
| 0 | success, or no changes |
| 1 | an error, even if other changes were applied; you answered no; or approval was needed and there is no terminal |
| 2 | there are changes (only with `--detailed-exitcode`) |
| 130 | interrupted |

`gwctl run` returns the exit code of the command that it runs.
Results go to standard output, messages and progress to standard error.
"""


def page() -> str:
    """Return the whole page."""
    commands = dict(_commands())
    parts = [_HEAD + "".join(f"| [`gwctl {name}`](#{_anchor(name)}) | {_cell(SHORT[name])} |\n" for name in commands)]
    parts.append(f"## Common options\n\nMost commands have these options.\n\n{_options(_common(commands['plan']))}")
    parts += [_section(name, command) for name, command in commands.items()]
    return "\n".join([*parts, _EXIT_CODES])


def _commands() -> Iterator[tuple[str, click.Command]]:
    """Every command in the order of the table, each followed by its subcommands that have a help text."""
    for name in COMMANDS:
        command = group.get_command(click.Context(group), name)
        assert command is not None
        yield name, command
        for sub, subcommand in getattr(command, "commands", {}).items():
            if not subcommand.hidden:
                yield f"{name} {sub}", subcommand


def _anchor(name: str) -> str:
    return f"gwctl-{name.replace(' ', '-').lower()}"


def _section(name: str, command: click.Command) -> str:
    usage = " ".join(command.collect_usage_pieces(click.Context(command)))
    text = f"## gwctl {name}\n\n```text\ngwctl {name} {usage}\n```\n\n{inspect.cleandoc(HELP[name])}\n"
    lines = "".join(f"# {what}\n{line}\n" for what, line in examples_of(name))
    text = f"{text}\n```text\n{lines}```\n"
    own = [option for option in _shown(command) if option.name not in _COMMON]
    return f"{text}\n{_options(own)}" if own else text


def _shown(command: click.Command) -> list[click.Option]:
    return [param for param in command.params if isinstance(param, click.Option) and not param.hidden]


def _common(command: click.Command) -> list[click.Option]:
    return [option for option in _shown(command) if option.name in _COMMON]


def _options(options: list[click.Option]) -> str:
    rows = []
    for option in options:
        record = option.get_help_record(click.Context(click.Command("gwctl")))
        assert record is not None
        rows.append(f"| `{_cell(record[0])}` | {_cell(record[1])} |\n")
    return "| option | meaning |\n| --- | --- |\n" + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
