"""The commands that start a configured tool, with a key from the keychain if the tool needs one."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePath

from reconciler.clients.tool import START_WORDS, Tool

RUN = ("gwctl", "run")
_ASSIGNED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)", re.DOTALL)


def start_command(tool: Tool, own: PurePath | None, *, lacks_key: bool, run: Sequence[str] = RUN) -> str:
    """Return the command that starts the tool, or "" if the tool is started as before.

    `own` is the path of a separate file, or None for the user's file. With `lacks_key`, the command is `gwctl run`,
    which reads the key from the keychain.
    """
    start = tool.start(own) if own else ""
    if not (lacks_key and tool.programs and tool.start_words == START_WORDS):  # the words name a command
        return start
    assigned, words = assignments_of(start or tool.programs[0])
    before = [f"{name}={shlex.quote(value)}" for name, value in assigned.items()]
    return " ".join([*before, shlex.join([*run, "--", *words])])


def assignments_of(command: str) -> tuple[dict[str, str], list[str]]:
    """Return the assignments at the beginning of a shell command, and the command's other words."""
    words, assigned = shlex.split(command), {}
    while words and (match := _ASSIGNED.fullmatch(words[0])):
        assigned[match[1]] = match[2]
        words = words[1:]
    return assigned, words


def is_unset(variables: Iterable[str | None], environ: Mapping[str, str]) -> bool:
    """Return whether at least one of these variables for keys is not set."""
    return any(name and not environ.get(name, "").strip() for name in variables)
