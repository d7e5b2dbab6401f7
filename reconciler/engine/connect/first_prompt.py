"""The tools that were configured: how to start each tool, and how to send it one prompt."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from reconciler.address import CLIENT
from reconciler.clients.registry import tool_named
from reconciler.clients.tool import Tool
from reconciler.engine.options import Options
from reconciler.engine.stack.session import open_session
from reconciler.ledger.owned_rows import OwnedRows

_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Promptable:
    """A configured tool: its title, and the command that sends one prompt and prints the answer."""

    title: str
    words: tuple[str, ...]  # the prompt is the next word
    environ: Mapping[str, str]  # in addition to the user's


@dataclass(frozen=True, kw_only=True)
class Startable:
    """A configured tool: its title, how to start it, and what to restart."""

    title: str
    start_words: str  # the instruction before `start`
    start: str  # "" if the tool is started as before
    after: str  # what to restart, or ""


def startable_tools(options: Options) -> list[Startable]:
    """Return the tools that gwctl has configured for this gateway file, each once."""
    found: dict[str, Startable] = {}
    for tool, path, is_own in _configured(options):
        start = tool.start(path) if is_own else ""
        found.setdefault(
            tool.name, Startable(title=tool.title, start_words=tool.start_words, start=start, after=tool.after)
        )
    return list(found.values())


def promptable_tools(options: Options) -> list[Promptable]:
    """Return the tools that gwctl has configured for this gateway file and that take a prompt on the command line."""
    found: dict[str, Promptable] = {}
    for tool, path, is_own in _configured(options):
        if tool.prompt:
            start = tool.start(path) if is_own else tool.programs[0]
            found.setdefault(tool.name, _promptable(tool.title, start, tool.prompt))
    return list(found.values())


def _configured(options: Options) -> Iterator[tuple[Tool, PurePath, bool]]:
    """Yield (tool, file, whether gwctl owns the whole file) for each file that gwctl has written for this gateway file.

    A tool is yielded once per part of a shared file.
    """
    trust = open_session(options, ()).trust
    for slot, row in OwnedRows(trust.ledger()).read().items():
        if slot.kind is CLIENT and row.status == "present" and row.is_owned_by(trust.stack.id):
            name, path, place = slot.path
            if tool := tool_named(name):
                yield tool, PurePath(path), not place


def _promptable(title: str, start: str, prompt: tuple[str, ...]) -> Promptable:
    """Return the tool, from its start command as a shell reads it: assignments first, then the words."""
    words, environ = shlex.split(start), {}
    while words and (match := _ASSIGNED.fullmatch(words[0])):
        environ[match[1]] = match[2]
        words = words[1:]
    return Promptable(title=title, words=(*words, *prompt), environ=environ)
