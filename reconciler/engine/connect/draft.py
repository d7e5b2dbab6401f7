"""A gateway file with one more endpoint that is not saved yet: the test of the endpoint, the plan, and saving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reconciler import codes
from reconciler.config.gateway import Gateway
from reconciler.config.load import shown_path
from reconciler.config.read_file import LARGEST
from reconciler.diagnostics import Diagnostic, Source, error
from reconciler.documents.edit import DocumentFault
from reconciler.engine.apply import to_apply
from reconciler.engine.connect.entry import NewEndpoint, with_endpoint
from reconciler.engine.connection_test import ConnectionTest, look
from reconciler.engine.keys.manage import set_key
from reconciler.engine.keys.request import OnDone
from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather
from reconciler.engine.stack.session import load_gateway
from reconciler.engine.trust.manage import trust
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.files.piped import descriptor_of
from reconciler.files.read_file import mode_of, read_file
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.secrets.key import Key
from reconciler.text import printable


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The gateway file before it is edited: its content, and the gateway."""

    options: Options
    data: bytes
    gateway: Gateway

    @property
    def path(self) -> Path:
        """The path of the file that is edited: the first one."""
        return self.options.files[0]


@dataclass(frozen=True, kw_only=True)
class Draft:
    """The gateway file with one more endpoint; `options` has the new content and the typed key for this run only."""

    opened: Opened
    new: NewEndpoint
    data: bytes
    options: Options

    @property
    def key(self) -> Key | None:
        """The key that was typed, or None."""
        return self.options.typed_keys.get(self.new.name)


def open_file(options: Options) -> Opened:
    """Return the gateway file to edit; raise `Failed` if the file is a pipe, cannot be read, or has errors."""
    path = options.files[0]
    if descriptor_of(path) is not None:
        summary = "A gateway file from a pipe cannot be edited"
        raise Failed(error(codes.NOT_A_FILE, summary, detail="Nothing was done.", hint="name the file with -f FILE"))
    gateway, _ = load_gateway(options)
    try:
        return Opened(options=options, data=read_file(path, LARGEST), gateway=gateway)
    except OSError as fault:
        raise Failed(_unusable(path, fault)) from None


def drafted(opened: Opened, new: NewEndpoint, key: Key | None = None) -> Draft:
    """Return the draft; raise `Failed` if the file cannot be edited safely, or if the result is no gateway file.

    Whoever types the base URL and the key of the endpoint agrees to send that key there.
    """
    path = opened.path
    try:
        data = with_endpoint(opened.data, opened.gateway, new)
    except DocumentFault as fault:
        where = Source(shown_path(path), fault.line, fault.column)
        summary = f"gwctl cannot edit the file: {fault.reason}"
        detail = "Nothing was changed."
        raise Failed(error(codes.FILE_NOT_EDITABLE, summary, detail=detail, hint=fault.hint, source=where)) from None
    options = replace(
        opened.options,
        drafts={path: data},
        typed_keys={new.name: key} if key else {},
        allowed_hosts=opened.options.allowed_hosts | {new.name},
    )
    load_gateway(options)
    return Draft(opened=opened, new=new, data=data, options=options)


def test_draft(draft: Draft, on_done: OnDone | None = None) -> ConnectionTest:
    """Contact the new endpoint alone."""
    return look(draft.options, [draft.new.name], on_done)


def plan_draft(draft: Draft, on_done: OnDone | None = None) -> tuple[Plan, Run]:
    """Return the plan of an apply with the draft; nothing is written."""
    run = to_apply(gather(draft.options, on_done))
    return make_plan(run.inputs), run


def save_draft(draft: Draft) -> None:
    """Write the gateway file, and record that the secrets of the new endpoint may be sent to its host.

    Raise `Failed` if the file has changed since it was opened.
    """
    path = draft.opened.path.resolve()
    before = draft.opened.data
    mode = mode_of(path) or 0o644
    try:
        OwnFile(path).replace(draft.data, before.__eq__, len(before) + 1, mode & 0o777)
    except FileFault as fault:
        if fault.kind == "foreign":
            raise Failed(_changed(draft.opened.path)) from None
        raise Failed(_unusable(draft.opened.path, fault)) from None
    except OSError as fault:
        raise Failed(_unusable(draft.opened.path, fault)) from None
    if draft.new.variable:
        trust(replace(draft.opened.options, asker=None), [draft.new.name], "gwctl connect")


def keep_key(draft: Draft) -> Diagnostic | None:
    """Store the typed key in the keychain without an apply; return the diagnostic of a keychain fault."""
    return set_key(draft.opened.options, draft.new.name, draft.key.reveal()) if draft.key else None


def _changed(path: Path) -> Diagnostic:
    summary = f"{printable(str(path))} has changed since gwctl read it"
    return error(codes.FILE_CHANGED, summary, detail="Nothing was written.", hint="run the same command again")


def _unusable(path: Path, fault: OSError) -> Diagnostic:
    summary = f"{printable(str(path))} cannot be edited: {fault.strerror}"
    hint = "check the path and its permissions"
    return error(codes.FILE_UNWRITABLE, summary, detail="Nothing was written.", hint=hint)
