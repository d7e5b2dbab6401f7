"""A draft of a gateway file, or of a local file, with a new client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reconciler import codes
from reconciler.address import CLIENT
from reconciler.clients.registry import TOOLS, other_way, tool_named
from reconciler.config.checks.local import local_path
from reconciler.config.gateway import Client
from reconciler.config.load import shown_path
from reconciler.config.read_file import LARGEST
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.documents import yaml_text
from reconciler.documents.edit import MISSING, DocumentFault
from reconciler.engine.apply import to_apply
from reconciler.engine.connect.draft import Draft
from reconciler.engine.keys.request import OnDone
from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather
from reconciler.engine.stack.gateway_file import load_gateway
from reconciler.engine.trust.manage import trust
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.files.read_file import read_file
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.text import did_you_mean, printable
from reconciler.values import dataclass

_NEW_LOCAL = b"# Clients and endpoints that only you use, on this machine. Do not commit this file.\n"


@dataclass(frozen=True, kw_only=True)
class NewClient:
    """A client that the user wants to add. `fields` contains the fields of the client's entry in the gateway file."""

    tool: str
    name: str
    fields: Mapping[str, Any]

    @property
    def given(self) -> dict[str, Any]:
        """The fields that have a value."""
        return {name: value for name, value in self.fields.items() if value is not None}

    @property
    def entry(self) -> dict[str, Any]:
        """The client's entry in the gateway file."""
        named = {} if self.name == self.tool else {"tool": self.tool}
        return {**named, **self.given}


@dataclass(frozen=True, kw_only=True)
class ClientEdit:
    """A file with a new client. `before` is the content on the disk, or None if the file does not exist yet."""

    path: Path
    before: bytes | None
    data: bytes
    client: str  # the client's address
    options: Options  # for a run that reads the draft and may configure the client
    hidden: frozenset[str] = frozenset()  # a line with one of these texts is not shown

    @property
    def is_edited(self) -> bool:
        """Return true if the draft changes the file. A file that already has the client is not changed."""
        return self.data != (self.before or b"")


def known_tool(name: str) -> str:
    """Return `name`. Raise `Failed` if gwctl knows no tool with this name."""
    if tool_named(name) is None:
        summary = f"`{printable(name, 60)}` is not a tool that gwctl can configure"
        hint = other_way(name) or did_you_mean(name, TOOLS) or "gwctl clients"
        raise Failed(error(codes.UNKNOWN_TOOL, summary, detail="Nothing was done.", hint=hint))
    return name


def draft_client(opened: Draft, new: NewClient, is_local: bool) -> ClientEdit:
    """Return a draft of the file with the new client. Of a client that the file already has, only `fields` change.

    The request for a client is also the consent to configure it. Raise `Failed` if the file cannot be edited safely,
    or if the result is not a valid gateway file.
    """
    first = opened.options.files[0]
    path = (local_path(first) if is_local else None) or first
    before = opened.data if path == first else _content(path)
    is_new = new.name not in opened.gateway.clients
    data = _edited(path, before, new) if is_new else _changed(path, before, new)
    address = str(_client(opened, new))
    options = replace(
        opened.options,
        drafts={} if data is None else {path: data},
        picked_clients=opened.options.picked_clients | {new.name},
        with_local=True,
    )
    load_gateway(options)
    hidden = opened.hidden
    return ClientEdit(path=path, before=before, data=data or b"", client=address, options=options, hidden=hidden)


def plan_client(draft: ClientEdit, on_done: OnDone | None = None) -> tuple[Plan, Run]:
    """Return the plan of an apply with the draft, and its run. Nothing is written."""
    run = to_apply(gather(draft.options, on_done))
    return make_plan(run.inputs), run


def save_client(draft: ClientEdit) -> None:
    """Write the file, and record the consent to configure the client.

    Raise `Failed` if the file has changed since it was read.
    """
    path = draft.path.resolve()
    try:
        if draft.is_edited:
            OwnFile(path).edit(draft.before, draft.data)
    except OSError as fault:
        why = fault.why if isinstance(fault, FileFault) else fault.strerror
        summary = f"{printable(str(draft.path))} cannot be written: {why}"
        hint = "check the path and its permissions, then run the same command again"
        detail = "Nothing was written."
        raise Failed(error(codes.FILE_UNWRITABLE, summary, detail=detail, hint=hint)) from None
    trust(replace(draft.options, asker=None, drafts={}), [draft.client], "gwctl configure")


def _client(opened: Draft, new: NewClient) -> str:
    there = opened.gateway.clients.get(new.name)
    if isinstance(there, Client) and there.tool != new.tool:
        summary = f"`clients.{new.name}` already configures {there.tool} in the gateway file"
        hint = "give the new client another name: --name NAME"
        raise Failed(error(codes.CLIENT_EXISTS, summary, detail="Nothing was done.", hint=hint, source=there.source))
    return f"{CLIENT}.{new.name}"


def _content(path: Path) -> bytes | None:
    try:
        return read_file(path, LARGEST)
    except FileNotFoundError:
        return None
    except OSError as fault:
        summary = f"{printable(str(path))} cannot be read: {fault.strerror}"
        raise Failed(error(codes.FILE_UNWRITABLE, summary, detail="Nothing was done.", hint="check the path")) from None


def _edited(path: Path, before: bytes | None, new: NewClient) -> bytes:
    """Return the new content of the file, with the client. In a new section `clients`, each client is on one line."""
    place, data = ("clients", new.name), _NEW_LOCAL if before is None else before
    try:
        if yaml_text.value_at(data, place[:1]) is MISSING:
            data = yaml_text.with_value(data, place, {"tool": new.tool}).data
        return yaml_text.with_value(data, place, new.entry).data
    except DocumentFault as fault:
        raise _not_editable(path, fault) from None


def _changed(path: Path, before: bytes | None, new: NewClient) -> bytes | None:
    """Return the content of the file in which the client has the given fields.

    Raise `Failed` if the client is in another file.
    """
    place, data = ("clients", new.name), before
    try:
        for name, value in new.given.items():
            if data is None or yaml_text.value_at(data, place) is MISSING:
                raise Failed(_elsewhere(path, new.name))
            data = yaml_text.with_value(data, (*place, name), value).data
    except DocumentFault as fault:
        raise _not_editable(path, fault) from None
    return data


def _elsewhere(path: Path, name: str) -> Diagnostic:
    summary = f"`clients.{name}` exists, but not in {printable(str(path))}"
    hint = "run the command with --local if the client is in gateway.local.yaml, else without --local"
    return error(codes.CLIENT_EXISTS, summary, detail="Nothing was done.", hint=hint)


def _not_editable(path: Path, fault: DocumentFault) -> Failed:
    where = Source(shown_path(path), fault.line, fault.column)
    summary = f"gwctl cannot edit the file: {fault.reason}"
    detail = "Nothing was changed."
    return Failed(error(codes.FILE_NOT_EDITABLE, summary, detail=detail, hint=fault.hint, source=where))
