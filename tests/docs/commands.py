"""The gwctl commands that a page shows: in code spans and in blocks of shell."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import click

from reconciler.cli.main import gwctl as group

_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN = re.compile(r"`([^`\n]+)`")
_TYPED = re.compile(r"""(?:^|[\s;&|(])(?:\S*/)?gwctl((?: +(?:'[^']*'|"[^"]*"|[^\s;&|()'"]+))+)""", re.MULTILINE)
_LANGUAGES = ("sh", "text", "yaml")


def commands(text: str) -> Iterator[list[str]]:
    """Yield the words after `gwctl` of every command, without comments and usage lines."""
    blocks = [inside for language, inside in _BLOCK.findall(text) if language in _LANGUAGES]
    spans = [span for span in _SPAN.findall(_BLOCK.sub("", text)) if re.match(r"(?:\S*/)?gwctl ", span)]
    for shown in [*spans, *(re.sub(r"(?:^|\s)#.*$", "", block, flags=re.MULTILINE) for block in blocks)]:
        for typed in _TYPED.findall(shown.replace("\\\n", " ")):
            words = shlex.split(typed)
            if re.fullmatch(r"[a-z]+", words[0]) and "[OPTIONS]" not in words:
                yield words


def fault(words: list[str]) -> str:
    """Return what is wrong with a command: an unknown command, or an option that it does not have."""
    name, *rest = words
    if name in ("help", "version"):  # habits of other tools, which work
        return ""
    command = group.get_command(click.Context(group), name)
    if command is None:
        return f"no command {name}"
    subcommands = getattr(command, "commands", {})
    options = _options(command)
    if subcommands:
        known = (
            command.get_command(click.Context(command), rest[0]) if rest and isinstance(command, click.Group) else None
        )
        if known is None and name != "trust":
            return "" if not rest else f"no command {name} {rest[0]}"
        options = _options(known or subcommands["agree"])
    own = rest[: rest.index("--")] if "--" in rest else rest
    unknown = [word for word in own if re.match(r"--?[a-z]", word) and word.partition("=")[0] not in options]
    return f"{name}: no option {unknown[0]}" if unknown else ""


def _options(command: click.Command) -> set[str]:
    return {"-h", "--help", *(name for parameter in command.params for name in parameter.opts)}
