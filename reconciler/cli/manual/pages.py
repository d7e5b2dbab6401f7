"""The manual pages, made from the help of the commands, in the macros of man(7)."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from datetime import date

import click

from reconciler import __version__
from reconciler.cli.group import SECTIONS, examples_of, section_of
from reconciler.cli.help import HELP, SHORT

MARK = '.\\" Made by gwctl man from the help texts.\n'
_CODE = re.compile(r"`([^`]+)`")
_EXIT = (
    ("0", "Success, or no changes."),
    ("1", "An error, even if other changes were applied; or you answered no."),
    ("2", "There are changes (only with --detailed-exitcode)."),
    ("130", "Interrupted."),
)


def pages(root: click.Group, day: date) -> dict[str, str]:
    """Return {name of the file: manual page} for gwctl and each of its commands."""
    commands = dict(_commands(root, ""))
    return {f"{_name(path)}.1": _page(path, command, commands, day) for path, command in commands.items()}


def _commands(group: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    """Yield each command with its path. `export TOOL` stands for all tools."""
    yield path, group
    if not isinstance(group, click.Group):
        return
    for name in group.list_commands(click.Context(group)):
        command = group.get_command(click.Context(group), name)
        if command is not None and not command.hidden:
            yield from _commands(command, f"{path} {name}".strip())


def _name(path: str) -> str:
    return "-".join(["gwctl", *path.lower().split()])


def _page(path: str, command: click.Command, commands: dict[str, click.Command], day: date) -> str:
    context = click.Context(command, info_name=f"gwctl {path}".strip())
    short = SHORT.get(path, "Plan and apply changes to language-model endpoints.").rstrip(".")
    lines = [
        f'.TH "{_name(path).upper()}" 1 "{day.isoformat()}" "gwctl {__version__}" "gwctl manual"',
        ".SH NAME",
        f"{_text(_name(path))} \\- {_text(short[:1].lower() + short[1:])}",
        ".SH SYNOPSIS",
        f"\\fBgwctl{' ' if path else ''}{_text(path)}\\fR {_text(' '.join(command.collect_usage_pieces(context)))}",
        ".SH DESCRIPTION",
        *_paragraphs(HELP[path]),
        *_options(command, context),
        *_subcommands(path, commands),
        *_examples(path),
        *_exit_codes(path),
        ".SH SEE ALSO",
        ",\n".join(f"\\fB{_text(_name(other))}\\fR(1)" for other in _related(path, commands)),
    ]
    return MARK + "\n".join(lines) + "\n"


def _paragraphs(text: str) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(text))):
        if number:
            yield ".PP"
        yield _line(" ".join(paragraph.split()))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the options, in the sections of the help."""
    params = command.get_params(context)
    for title in SECTIONS:
        of_section = [param.get_help_record(context) for param in params if section_of(param) == title]
        records = [record for record in of_section if record is not None]
        if records:
            yield f'.SH "{title.upper()}"'
        for written, meaning in records:
            yield from (".TP", f"\\fB{_text(written)}\\fR", _line(meaning))


def _subcommands(path: str, commands: dict[str, click.Command]) -> Iterator[str]:
    below = [name for name in commands if name and name.rpartition(" ")[0] == path]
    if below:
        yield ".SH COMMANDS"
    for name in below:
        yield from (".TP", f"\\fB{_text(_name(name))}\\fR(1)", _line(SHORT[name]))


def _examples(path: str) -> Iterator[str]:
    examples = examples_of(path)
    if examples:
        yield ".SH EXAMPLES"
    for what, line in examples:
        yield from (".TP", _line(f"{what}:"), f"\\fB{_text(line)}\\fR")


def _exit_codes(path: str) -> Iterator[str]:
    if path == "":
        yield '.SH "EXIT STATUS"'
        for code, meaning in _EXIT:
            yield from (".TP", f"\\fB{code}\\fR", _line(meaning))


def _related(path: str, commands: dict[str, click.Command]) -> list[str]:
    above = path.rpartition(" ")[0]
    beside = [name for name in commands if name and name != path and name.rpartition(" ")[0] == above]
    return [*([above] if path else []), *beside][:8] if above or not path else ["", *beside][:8]


def _line(text: str) -> str:
    """Return the text in lines, with code in bold. No line begins with a control character of roff."""
    parts = _CODE.split(text)
    shown = "".join(f"\\fB{_text(part)}\\fR" if number % 2 else _text(part) for number, part in enumerate(parts))
    lines = textwrap.wrap(shown, 78, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"\\&{line}" if line.startswith((".", "'")) else line for line in lines)


def _text(text: str) -> str:
    """Return the text with the characters of roff escaped. Hyphens are shown as they are typed. The result is ASCII."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "".join(char if char.isascii() else f"\\[u{ord(char):04X}]" for char in escaped)
