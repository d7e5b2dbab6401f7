"""The checks of `gwctl doctor TOOL`, which show why a tool does not use the team's endpoint.

The checks send no key and run no tool.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from reconciler import address, codes
from reconciler.address import CLIENT, Address
from reconciler.clients.start import is_unset, start_command
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Client, Endpoint
from reconciler.documents.edit import DocumentFault
from reconciler.engine.clients.survey import version_of
from reconciler.engine.keys.print_key import printable_key
from reconciler.engine.options import Options
from reconciler.engine.owned import OwnedView, view_owned
from reconciler.engine.stack.session import Session, open_session
from reconciler.engine.trust.withheld_messages import key_withheld
from reconciler.errors import Failed
from reconciler.files.read_file import read_file
from reconciler.ledger.handle_rows import handle_of
from reconciler.owned.clients.file_part import LARGEST, decoded
from reconciler.owned.clients.paths import is_found, made_here, program_of, surroundings
from reconciler.plan.build import plan_all_owned
from reconciler.plan.change import Change
from reconciler.plan.consents import NO_CONSENT
from reconciler.plan.desired import Desired, WantedResource
from reconciler.plan.owned.values import OwnedPlan
from reconciler.resources.finding import Finding, of, ok
from reconciler.resources.observation import Observation, Unlisted
from reconciler.resources.presence import OwnedRow
from reconciler.resources.urls import origin
from reconciler.secrets.key_request import KeyRequest
from reconciler.text import printable


def diagnose(options: Options, tool: Tool) -> list[Finding]:
    """Return the findings about a tool. Raise `Failed` if the gateway file or the state cannot be used."""
    session = open_session(replace(options, asker=None))
    clients = [client for client in session.gateway.clients.values() if client.tool == tool.name]
    findings = [*_about_tool(options, tool), *_about_environment(options, tool)]
    if not clients:
        findings.append(_unused(tool))
        return findings
    view = view_owned(session, {name: _seen(session, one) for name, one in session.gateway.endpoints.items()})
    plan = _plan(session, view)
    for client in clients:
        findings += [
            *_about_client(client, tool, plan, lacks_key=_lacks_key(client, session, view)),
            *_about_keys(client, session, view),
        ]
    return findings


def _about_tool(options: Options, tool: Tool) -> Iterator[Finding]:
    here = surroundings(options.environ)
    program = program_of(tool, here)
    if program is None and not is_found(tool, here, made_here(options.environ)):
        summary = f"{tool.title} was not found on this machine"
        yield Finding(group=tool.name, grade="warning", code=codes.CLIENT_NOT_FOUND, summary=summary)
        return
    where = str(program or tool.folder(here))
    version = version_of(tool, program)
    yield ok(tool.name, f"{tool.title} {version or '(unknown version)'}: {printable(where, 300)}")
    if version and tool.is_newer(version):
        summary = (
            f"{tool.title} {printable(version, 40)} is newer than the newest version tried with gwctl: {tool.tried}"
        )
        yield Finding(group=tool.name, grade="note", code=codes.NEWER_THAN_TRIED, summary=summary)
    yield from _about_own_settings(tool, Path(tool.shared(here)))


def _about_own_settings(tool: Tool, path: Path) -> Iterator[Finding]:
    """Yield a finding for each setting that prevents the tool from starting or from using another endpoint."""
    try:
        document = decoded(read_file(path, LARGEST), tool.format)
    except FileNotFoundError:
        return
    except (OSError, DocumentFault):
        summary = f"{printable(str(path), 300)} cannot be read as {tool.format.upper()}"
        hint = "correct the file"
        yield Finding(group=tool.name, grade="warning", code=codes.CLIENT_UNREADABLE, summary=summary, hint=hint)
        return
    for conflict in tool.conflicts(document):
        summary = f"{printable(str(path), 300)}: {conflict.what}"
        yield Finding(group=tool.name, grade="error", code=codes.TOOL_CONFLICT, summary=summary, hint=conflict.hint)


def _about_environment(options: Options, tool: Tool) -> Iterator[Finding]:
    """Yield a finding for each variable of this shell that overrides the tool's file. No finding shows a value."""
    for variable in tool.variables:
        if options.environ.get(variable.name):
            summary = f"The variable {variable.name} is set in this shell: it {variable.why}"
            hint = f"unset {variable.name}"
            yield Finding(group=tool.name, grade="warning", code=codes.CLIENT_SHADOWED, summary=summary, hint=hint)


def _unused(tool: Tool) -> Finding:
    summary = f"The gateway file has no client for {tool.title}"
    hint = f"gwctl configure {tool.name}"
    return Finding(group=tool.name, grade="warning", code=codes.CLIENT_NOT_APPLIED, summary=summary, hint=hint)


def _seen(session: Session, endpoint: Endpoint) -> Observation:
    """Return an observation of the endpoint without contacting it. The key is read but not sent."""
    pairs = session.keys.withheld(endpoint)
    if pairs:
        return key_withheld(endpoint.name, pairs, session.keys.elsewhere, session.keys.typed)
    session.keys.of(endpoint)
    return Observation(status="unlisted", catalog=Unlisted(codes.OFFLINE, "not contacted"))


def _plan(session: Session, view: OwnedView) -> OwnedPlan:
    """Return the plan for the tools' files. The endpoints in this plan come from the state and the ledger."""
    recorded = {**session.state.resources, **session.recorded}
    desired = Desired(wanted={at: WantedResource(resource, "config", "") for at, resource in recorded.items()})
    inputs = [inputs for inputs in view.inputs if inputs.rules.kind is CLIENT]
    return plan_all_owned(inputs, session.division, NO_CONSENT, desired)


def _about_client(client: Client, tool: Tool, plan: OwnedPlan, *, lacks_key: bool) -> Iterator[Finding]:
    about = [each for each in plan.diagnostics if _is_of(client, each.address) or each.address is None]
    yield from (of(tool.name, diagnostic) for diagnostic in about)
    changes = [change for change in plan.changes if change.address.whole == client.address and _is_open(change)]
    for change in changes:
        summary = f"{change.address}: the tool's file is not up to date"
        hint, detail = "gwctl apply", change.reason
        yield Finding(
            group=tool.name, grade="warning", code=codes.CLIENT_NOT_APPLIED, summary=summary, detail=detail, hint=hint
        )
    mine = [change for change in plan.changes if change.address.whole == client.address]
    if mine and not changes:
        path = mine[0].after.slot["path"] if mine[0].after else ""
        start = start_command(tool, Path(path) if client.file == "own" else None, lacks_key=lacks_key)
        started = f"; start {tool.title} with: {start}" if start else ""
        yield ok(tool.name, f"{client.address}: {printable(path, 300)} is up to date{started}")


def _lacks_key(client: Client, session: Session, view: OwnedView) -> bool:
    """Return whether the tool reads a key from a variable that is not set in this shell."""
    names = {name for row in _rows(client, view) for name in row.facts.get("keys", "").split(",")}
    variables = [endpoint.key_variable for name, endpoint in session.gateway.endpoints.items() if name in names]
    return client.key_from == "env" and is_unset(variables, session.options.environ)


def _is_open(change: Change) -> bool:
    return change.action != "none" or change.is_to_remember


def _is_of(client: Client, at: str | None) -> bool:
    return at is not None and (at == str(client.address) or at.startswith(f"{client.address}/"))


def _about_keys(client: Client, session: Session, view: OwnedView) -> Iterator[Finding]:
    """Yield a finding for each key command in the client's file. The finding shows whether the command prints a key."""
    for endpoint in sorted({name for row in _rows(client, view) for name in row.facts.get("helpers", "").split(",")}):
        at = session.gateway.endpoints.get(endpoint)
        if at is None:
            continue
        handle = handle_of(view.run.stack, client.name, endpoint)
        request = KeyRequest(handle=handle, origin=origin(at.base_url), ledger=str(view.run.ledger.path))
        try:
            printable_key(request, session.options.environ)
        except Failed as fault:
            yield from (of(client.tool, diagnostic, "error") for diagnostic in fault.diagnostics)
        else:
            yield ok(client.tool, f"{client.address}: the key of {endpoint} can be printed ({handle})")


def _rows(client: Client, view: OwnedView) -> Iterator[OwnedRow]:
    for row in view.run.rows.values():
        owners = [owner for owner in row.owners if owner.stack == view.run.stack]
        if row.slot.kind is CLIENT and any(_whole(owner.address) == client.address for owner in owners):
            yield row


def _whole(text: str) -> Address:
    return address.parse(text).whole
