"""The tools that were configured, and how each is asked one question."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from reconciler.address import CLIENT
from reconciler.clients.registry import tool_named
from reconciler.engine.options import Options
from reconciler.engine.stack.session import open_session
from reconciler.ledger.owned_rows import OwnedRows

_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Promptable:
    """A configured tool: its name for people, and the command that sends one prompt and prints the answer."""

    title: str
    words: tuple[str, ...]  # the prompt is the next word
    environ: Mapping[str, str]  # in addition to the user's


def promptable_tools(options: Options) -> list[Promptable]:
    """Return the tools that gwctl has configured for this gateway file and that can be asked by a command."""
    trust = open_session(options, ()).trust
    found: dict[str, Promptable] = {}
    for slot, row in OwnedRows(trust.ledger()).read().items():
        if slot.kind is CLIENT and row.status == "present" and row.is_owned_by(trust.stack.id):
            name, path, place = slot.path
            tool = tool_named(name)
            if tool and tool.prompt:
                start = tool.programs[0] if place else tool.start(PurePath(path))
                found.setdefault(name, _promptable(tool.title, start, tool.prompt))
    return list(found.values())


def _promptable(title: str, start: str, prompt: tuple[str, ...]) -> Promptable:
    """Return the tool, from its start command as a shell reads it: assignments first, then the words."""
    words, environ = shlex.split(start), {}
    while words and (match := _ASSIGNED.fullmatch(words[0])):
        environ[match[1]] = match[2]
        words = words[1:]
    return Promptable(title=title, words=(*words, *prompt), environ=environ)
