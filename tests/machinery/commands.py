"""Every command, from the command table itself, each with a usual command line: a new command is in it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click

from reconciler.cli.main import gwctl

# What a usual command line says for an argument of that name; an argument that may be left out is left out.
ARGUMENTS = {
    "address": ["model.it/m"],
    "addresses": ["model.it/m"],
    "endpoint": ["it"],
    "file": ["pulled.json"],
    "handle": ["acme/it"],
    "new": ["model.it/other"],
    "old": ["model.it/m"],
    "plan_file": ["saved.plan"],
    "shell": ["bash"],
    "words": ["true"],
}
# Those that ask before they do something are told yes, and those that only might be told to write are.
OPTIONS = {
    "--auto-approve": [],
    "--no-browser": [],
    "--out": ["made.plan"],
    "--quiet-time": ["1s"],
    "--tidy": [],
    "--with-keys": [],
}


@dataclass(frozen=True)
class Line:
    """One command line."""

    words: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)


def lines() -> list[Line]:
    """One for each command; the plan that `apply` may be given is a line of its own."""
    lines = [Line((*path, *_words(command))) for path, command in _walk(gwctl, ())]
    return [*lines, Line(("apply", "saved.plan"))]


def _walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        result = command.get_command(context, name)
        assert result, name
        yield from _walk(result, (*path, name))


def _words(command: click.Command) -> Iterator[str]:
    for param in command.params:
        if isinstance(param, click.Option):
            name = next((name for name in param.opts if name in OPTIONS), None)
            yield from [name, *OPTIONS[name]] if name else ()
    required = [param for param in command.params if isinstance(param, click.Argument) and param.required]
    for argument in required:
        assert argument.name in ARGUMENTS, f"say in ARGUMENTS what `{command.name}` is usually given"
        yield from ARGUMENTS[argument.name]
