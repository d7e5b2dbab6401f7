"""The tools that were configured: how to start each tool, and how to send it one prompt."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from reconciler.address import CLIENT
from reconciler.clients.registry import tool_named
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Client
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session, open_session
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.resources.presence import OwnedRow

_START = "start it with"
_RUN = ("gwctl", "run")
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
    for each in _configured(options):
        tool = each.tool
        words = tool.start_words if each.is_own else _START
        found.setdefault(tool.name, Startable(title=tool.title, start_words=words, start=each.start, after=tool.after))
    return list(found.values())


def promptable_tools(options: Options) -> list[Promptable]:
    """Return the tools that gwctl has configured for this gateway file and that take a prompt on the command line."""
    found: dict[str, Promptable] = {}
    for each in _configured(options):
        if each.tool.prompt:
            start = each.start or each.tool.programs[0]
            found.setdefault(each.tool.name, _promptable(each.tool.title, start, each.tool.prompt))
    return list(found.values())


@dataclass(frozen=True, kw_only=True)
class _Configured:
    """A tool, and how it is started with a file of its own, or with a key that only `gwctl run` gives it; else ""."""

    tool: Tool
    is_own: bool
    start: str


def _configured(options: Options) -> Iterator[_Configured]:
    """Yield each tool with each file that gwctl has written for this gateway file; once per part of a shared file."""
    session = open_session(options, ())
    trust = session.trust
    for slot, row in OwnedRows(trust.ledger()).read().items():
        if slot.kind is not CLIENT or row.status != "present" or not row.is_owned_by(trust.stack.id):
            continue
        name, path, place = slot.path
        tool = tool_named(name)
        if tool is None:
            continue
        start = tool.start(PurePath(path)) if not place else ""
        if tool.programs and tool.start_words == _START and _lacks_key(session, row):  # a command starts the tool
            start = _with_key(start or tool.programs[0], options)
        yield _Configured(tool=tool, is_own=not place, start=start)


def _lacks_key(session: Session, row: OwnedRow) -> bool:
    """Return whether the tool reads keys from variables of which one is not set where it is started."""
    names = {owner.address for owner in row.owners if owner.stack == session.trust.stack.id}
    clients = session.gateway.clients.values()
    reads = any(client.key_from == "env" and _is_of(client, names) for client in clients)
    keyed = (session.gateway.endpoints.get(name) for name in row.facts.get("keys", "").split(","))
    variables = [endpoint.key_variable for endpoint in keyed if endpoint]
    return reads and any(name and not session.options.environ.get(name, "").strip() for name in variables)


def _is_of(client: Client, addresses: Iterable[str]) -> bool:
    at = str(client.address)
    return any(each == at or each.startswith(f"{at}/") for each in addresses)


def _with_key(start: str, options: Options) -> str:
    """Return the command that starts the tool with the key of the keychain in its environment, from any directory."""
    assigned, words = _split(start)
    files = [word for file in options.files for word in ("-f", str(file.absolute()))]
    state = ["--state", options.state] if options.state is not None else []
    run = shlex.join([*_RUN, *files, *state, "--", *words])
    return " ".join([*(f"{name}={shlex.quote(value)}" for name, value in assigned.items()), run])


def _split(start: str) -> tuple[dict[str, str], list[str]]:
    """Return the assignments at the beginning of a command, as a shell reads it, and its words."""
    words, assigned = shlex.split(start), {}
    while words and (match := _ASSIGNED.fullmatch(words[0])):
        assigned[match[1]] = match[2]
        words = words[1:]
    return assigned, words


def _promptable(title: str, start: str, prompt: tuple[str, ...]) -> Promptable:
    """Return the tool, from its start command; `gwctl run` is this gwctl, which need not be on the PATH."""
    assigned, words = _split(start)
    if tuple(words[:2]) == _RUN:
        words = [sys.executable, "-m", "reconciler", *words[1:]]
    return Promptable(title=title, words=(*words, *prompt), environ=assigned)
