"""The start command of each configured tool, and the tool's command that sends one prompt."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePath

from reconciler import address
from reconciler.address import CLIENT
from reconciler.clients.registry import tool_named
from reconciler.clients.start import RUN, assignments_of, is_unset, start_command
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Client
from reconciler.engine.options import Options
from reconciler.engine.stack.session import Session, open_session
from reconciler.ledger.owned_rows import OwnedRows
from reconciler.plan.change import Plan
from reconciler.resources.presence import OwnedRow
from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class Promptable:
    """A configured tool, and the command that sends one prompt and prints the answer."""

    name: str
    title: str
    endpoints: tuple[str, ...]  # whose keys the tool uses
    words: tuple[str, ...]  # the prompt is the next word
    environ: Mapping[str, str]  # in addition to the user's


@dataclass(frozen=True, kw_only=True)
class Startable:
    """The title of a configured tool, the command that starts the tool, and the program to restart."""

    title: str
    start_words: str  # the instruction before `start`
    start: str  # "" if the tool is started as before
    after: str  # what to restart, or "" if no program can have read other settings


def startable_tools(options: Options, plan: Plan) -> list[Startable]:
    """Return the tools that gwctl has configured for this gateway file, without duplicates.

    A program needs a restart only if the plan has changed a tool that had been configured. The plan of `gwctl init` or
    `gwctl join` replaces no value of the user, because these commands do not take over what gwctl did not create.
    """
    found: dict[str, Startable] = {}
    configured, changed = list(_configured(options)), _changed_again(plan)
    stale = {each.tool.name for each in configured if each.client in changed}
    for each in configured:
        tool = each.tool
        words, start, after = tool.start_words, each.start, tool.after if tool.name in stale else ""
        found.setdefault(tool.name, Startable(title=tool.title, start_words=words, start=start, after=after))
    return list(found.values())


def _changed_again(plan: Plan) -> set[str]:
    """Return the names of the clients that had been configured before and that the plan has changed."""
    own = [change for change in plan.changes if change.address.kind is CLIENT]
    before = {change.address.whole.name for change in own if change.before or change.cause == "drift"}
    return before & {change.address.whole.name for change in plan.effective if change.address.kind is CLIENT}


def promptable_tools(options: Options) -> list[Promptable]:
    """Return the configured tools of this gateway file that take a prompt on the command line."""
    found: dict[str, Promptable] = {}
    for each in _configured(options):
        if each.tool.prompt:
            start = each.start or each.tool.programs[0]
            found.setdefault(each.tool.name, _promptable(each, start, each.tool.prompt))
    return list(found.values())


@dataclass(frozen=True, kw_only=True)
class _Configured:
    """A configured tool. `start` is its start command, or "" if the tool is started as before.

    A start command is for a separate file, or for a key that only `gwctl run` gives to the tool.
    """

    tool: Tool
    client: str
    start: str
    endpoints: tuple[str, ...]


def _configured(options: Options) -> Iterator[_Configured]:
    """Yield each tool once per file that gwctl has written for this gateway file.

    For a shared file, yield the tool once per part of the file.
    """
    session = open_session(options, ())
    trust = session.trust
    for slot, row in OwnedRows(trust.ledger()).read().items():
        if slot.kind is not CLIENT or row.status != "present" or not row.is_owned_by(trust.stack.id):
            continue
        name, path, place = slot.path
        tool = tool_named(name)
        if tool is None:
            continue
        own, run = None if place else PurePath(path), _run_from_anywhere(options)
        start = start_command(tool, own, lacks_key=_lacks_key(session, row), run=run)
        owner = next(owner for owner in row.owners if owner.stack == trust.stack.id)
        yield _Configured(
            tool=tool,
            client=address.parse(owner.address).whole.name,
            start=start,
            endpoints=_keyed(row),
        )


def _lacks_key(session: Session, row: OwnedRow) -> bool:
    """Return whether the tool reads a key from a variable that is not set in this shell."""
    names = {owner.address for owner in row.owners if owner.stack == session.trust.stack.id}
    clients = session.gateway.clients.values()
    reads = any(client.key_from == "env" and _is_of(client, names) for client in clients)
    keyed = (session.gateway.endpoints.get(name) for name in _keyed(row))
    variables = [endpoint.key_variable for endpoint in keyed if endpoint]
    return reads and is_unset(variables, session.options.environ)


def _keyed(row: OwnedRow) -> tuple[str, ...]:
    """Return the endpoints whose keys the tool uses."""
    return tuple(filter(None, row.facts.get("keys", "").split(",")))


def _is_of(client: Client, addresses: Iterable[str]) -> bool:
    at = str(client.address)
    return any(each == at or each.startswith(f"{at}/") for each in addresses)


def _run_from_anywhere(options: Options) -> tuple[str, ...]:
    """Return `gwctl run` with the options that make it work from any directory."""
    files = [word for file in options.files for word in ("-f", str(file.absolute()))]
    state = ["--state", options.state] if options.state is not None else []
    return (*RUN, *files, *state)


def _promptable(configured: _Configured, start: str, prompt: tuple[str, ...]) -> Promptable:
    """Return the tool with the command that sends one prompt.

    A `gwctl run` in the start command is replaced with this gwctl, which need not be on the PATH.
    """
    assigned, words = assignments_of(start)
    if tuple(words[:2]) == RUN:
        words = [sys.executable, "-m", "reconciler", *words[1:]]
    tool = configured.tool
    return Promptable(
        name=tool.name,
        title=tool.title,
        endpoints=configured.endpoints,
        words=(*words, *prompt),
        environ=assigned,
    )
