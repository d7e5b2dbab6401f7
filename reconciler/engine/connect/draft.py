"""A draft of a gateway file with new endpoints. gwctl tests and plans the draft before gwctl saves the file."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field, replace
from pathlib import Path

from reconciler import codes
from reconciler.clients import choose
from reconciler.clients.offer import OfferedEndpoint
from reconciler.clients.tool import Tool
from reconciler.config.gateway import Endpoint, Gateway
from reconciler.config.load import shown_path
from reconciler.config.read_file import LARGEST
from reconciler.diagnostics import Diagnostic, Source, error, warning
from reconciler.documents.edit import DocumentFault
from reconciler.engine.apply import to_apply
from reconciler.engine.connect.entry import NewEndpoint, beginning, with_clients, with_endpoint, with_kept_keys
from reconciler.engine.connection_test import ConnectionTest, look
from reconciler.engine.keys.manage import set_key
from reconciler.engine.keys.request import OnDone
from reconciler.engine.options import Options
from reconciler.engine.plan import Run, gather
from reconciler.engine.stack.gateway_file import load_gateway
from reconciler.engine.trust.manage import trust
from reconciler.errors import Failed
from reconciler.files.atomic_file import OwnFile
from reconciler.files.fault import FileFault
from reconciler.files.piped import descriptor_of
from reconciler.files.read_file import is_there, read_file
from reconciler.ledger.stack_rows import new_id
from reconciler.owned.clients.offered import fits, offered_model
from reconciler.plan.build import make_plan
from reconciler.plan.change import Plan
from reconciler.resources.resource import Resource
from reconciler.secrets.header import HeaderLiteral
from reconciler.secrets.key import Key
from reconciler.text import printable
from reconciler.values import dataclass

_SCHEMA = "gateway.schema.json"
_MODE = 0o644  # the mode of a new gateway file, which contains no secret and is read by a team


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A gateway file that is not saved yet.

    `plain` contains the options of the command line. `options` also contains the new content and the typed keys, for
    this run only. `before` is the content on the disk, or None if the file does not exist. `agreed` contains the
    endpoints and clients that the user has agreed to.
    """

    plain: Options
    options: Options
    before: bytes | None
    data: bytes
    gateway: Gateway
    agreed: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()  # texts whose lines are not shown: names and values of headers
    served: Mapping[str, tuple[Resource, ...]] = field(default_factory=dict)  # {endpoint: its models, where known}

    @property
    def path(self) -> Path:
        """The path of the edited file. If the command line names overlays, the first file is edited."""
        return self.plain.files[0]

    def key_of(self, endpoint: str) -> Key | None:
        """Return the key that was typed for the endpoint, or None."""
        return self.options.typed_keys.get(endpoint)


def open_file(options: Options) -> Draft:
    """Return the draft of an existing file. Raise `Failed` if the file is a pipe, cannot be read, or has errors."""
    path = _editable(options)
    gateway, _ = load_gateway(options)
    try:
        data = read_file(path, LARGEST)
    except OSError as fault:
        raise Failed(_unusable(path, fault)) from None
    options = replace(options, stack_id=new_id())  # the consents and the plan are about the same stack
    hidden = hidden_in(gateway)
    return Draft(plain=options, options=options, before=data, data=data, gateway=gateway, hidden=hidden)


def hidden_in(gateway: Gateway) -> frozenset[str]:
    """Return the names and the values of the headers whose value is in the file."""
    headers = (header for endpoint in gateway.endpoints.values() for header in endpoint.headers)
    literals = ((name, value.value) for name, value in headers if isinstance(value, HeaderLiteral))
    return frozenset(text for pair in literals for text in pair if text)


def begin_file(options: Options, name: str) -> Draft:
    """Return the draft of a new file without endpoints. Raise `Failed` if the path exists."""
    path = _editable(options)
    if is_there(path):
        summary = f"{printable(str(path))} already exists"
        hint = "to add an endpoint to this file: gwctl connect"
        raise Failed(error(codes.FILE_EXISTS, summary, detail="Nothing was written.", hint=hint))
    data = beginning(name)
    options = replace(options, stack_id=new_id())
    drafted_options = replace(options, drafts={path: data})
    gateway, _ = load_gateway(drafted_options)
    return Draft(plain=options, options=drafted_options, before=None, data=data, gateway=gateway)


def drafted(draft: Draft, new: NewEndpoint, key: Key | None = None) -> Draft:
    """Return the draft with one more endpoint.

    The user who types a base URL and a key has agreed to send the key to that URL. Raise `Failed` if the file cannot be
    edited safely, or if the result is not a valid gateway file.
    """
    options = replace(
        draft.options,
        typed_keys={**draft.options.typed_keys, **({new.name: key} if key else {})},
        allowed_hosts=draft.options.allowed_hosts | {new.name},
    )
    agreed = (*draft.agreed, *([new.name] if new.variable else []))
    asked = replace(draft, options=options, agreed=agreed)
    return edited(asked, lambda data: with_endpoint(data, draft.gateway, new))


def edited(draft: Draft, edit: Callable[[bytes], bytes]) -> Draft:
    """Return the draft with an edit of its file.

    Raise `Failed` if the file cannot be edited safely, or if the result is no gateway file.
    """
    try:
        data = edit(draft.data)
    except DocumentFault as fault:
        raise Failed(_not_editable(draft.path, fault)) from None
    return _loaded(draft, data)


def with_endpoints(draft: Draft, new: Iterable[NewEndpoint], agreed: Collection[str]) -> Draft:
    """Return the draft with these endpoints, which gwctl found on this machine or in a file.

    The secrets of the endpoints in `agreed` may be sent to their hosts. The secrets of other endpoints are not sent,
    and gwctl does not ask about these secrets. Raise `Failed` if the file cannot be edited safely, or if the result is
    not a valid gateway file.
    """
    options = replace(draft.options, allowed_hosts=draft.options.allowed_hosts | set(agreed), asker=None)
    data = draft.data
    try:
        for endpoint in new:
            data = with_endpoint(data, draft.gateway, endpoint)
    except DocumentFault as fault:
        raise Failed(_not_editable(draft.path, fault)) from None
    return _loaded(replace(draft, options=options, agreed=(*draft.agreed, *agreed)), data)


def with_tools(draft: Draft, names: Iterable[str], keeps: bool) -> Draft:
    """Return the draft with these tools under `clients:`.

    By picking a tool, the user agrees that gwctl writes the tool's file.

    If `keeps` is true, keys from variables are also stored in the keychain, because a tool may not see the variables.
    """
    picked = tuple(names)
    options = replace(draft.options, picked_clients=draft.options.picked_clients | set(picked))
    try:
        data = with_clients(draft.data, picked)
        data = with_kept_keys(data, draft.gateway) if keeps else data
    except DocumentFault as fault:
        raise Failed(_not_editable(draft.path, fault)) from None
    agreed = (*draft.agreed, *(f"client.{name}" for name in picked))
    return _loaded(replace(draft, options=options, agreed=agreed), data)


def test_draft(draft: Draft, name: str, on_done: OnDone | None = None) -> ConnectionTest:
    """Contact only the endpoint with this name, and return the result."""
    return look(draft.options, [name], on_done)


def plan_draft(draft: Draft, on_done: OnDone | None = None) -> tuple[Plan, Run]:
    """Return the plan of an apply with the draft, and its run. Nothing is written."""
    run = to_apply(gather(draft.options, on_done))
    return make_plan(run.inputs), run


def save_draft(draft: Draft, how: str) -> None:
    """Write the gateway file and record the consents. `how` names the command in the records.

    Raise `Failed` if the file has changed since it was opened.
    """
    try:
        if draft.before is None:
            OwnFile(draft.path).replace(draft.data, lambda _: False, 1, _MODE)
        else:
            OwnFile(draft.path.resolve()).edit(draft.before, draft.data)
    except FileFault as fault:
        if fault.kind in ("changed", "foreign"):
            raise Failed(changed(draft.path)) from None
        raise Failed(_unusable(draft.path, fault)) from None
    except OSError as fault:
        raise Failed(_unusable(draft.path, fault)) from None
    if draft.agreed:
        trust(replace(draft.plain, asker=None), draft.agreed, how)


def schema_path(draft: Draft) -> Path | None:
    """Return the path for the schema of a new gateway file, or None if the file or the schema exists."""
    path = draft.path.parent / _SCHEMA
    return path if draft.before is None and not is_there(path) else None


def why_unserved(draft: Draft, tool: Tool) -> str:
    """Return the reason why no endpoint of the draft can serve the tool.

    Return "" if an endpoint can serve the tool, or if too little is known about the models.
    """
    endpoints = [_offered(draft, endpoint, tool) for endpoint in draft.gateway.endpoints.values()]
    return choose.why_unserved(tool, endpoints, draft.gateway.endpoints.keys() - draft.served.keys())


def _offered(draft: Draft, endpoint: Endpoint, tool: Tool) -> OfferedEndpoint:
    models = [each for each in draft.served.get(endpoint.name, ()) if fits(each, tool)]
    offered = tuple(offered_model(each.address.model_id, each) for each in models)
    return OfferedEndpoint(name=endpoint.name, base_url=endpoint.base_url, apis=endpoint.apis, models=offered)


def write_schema(path: Path) -> list[Diagnostic]:
    """Write the schema that a new gateway file names for editors. Return a warning if the write fails."""
    from reconciler import safe_json
    from reconciler.schemas import schema_of

    try:
        OwnFile(path).replace(safe_json.dumps(schema_of("gateway")).encode(), lambda _: False, 1, _MODE)
    except OSError as fault:
        summary = f"{printable(str(path))} cannot be written: {fault.strerror}"
        hint = f"for completion in an editor: gwctl schema > {_SCHEMA}"
        return [warning(codes.FILE_UNWRITABLE, summary, hint=hint)]
    return []


def keep_keys(draft: Draft) -> list[Diagnostic]:
    """Store the typed keys in the keychain without an apply. Return the diagnostics of keychain faults."""
    faults = [set_key(draft.plain, name, key.reveal()) for name, key in draft.options.typed_keys.items()]
    return [fault for fault in faults if fault]


def _editable(options: Options) -> Path:
    path = options.files[0]
    if descriptor_of(path) is not None:
        summary = "A gateway file from a pipe cannot be edited"
        raise Failed(error(codes.NOT_A_FILE, summary, detail="Nothing was done.", hint="name the file with -f FILE"))
    return path


def _loaded(draft: Draft, data: bytes) -> Draft:
    options = replace(draft.options, drafts={draft.path: data})
    gateway, _ = load_gateway(options)
    return replace(draft, options=options, data=data, gateway=gateway)


def _not_editable(path: Path, fault: DocumentFault) -> Diagnostic:
    where = Source(shown_path(path), fault.line, fault.column)
    summary = f"gwctl cannot edit the file: {fault.reason}"
    return error(codes.FILE_NOT_EDITABLE, summary, detail="Nothing was changed.", hint=fault.hint, source=where)


def changed(path: Path) -> Diagnostic:
    """Return the error about a file that has changed since gwctl read it."""
    summary = f"{printable(str(path))} has changed since gwctl read it"
    return error(codes.FILE_CHANGED, summary, detail="Nothing was written.", hint="run the same command again")


def _unusable(path: Path, fault: OSError) -> Diagnostic:
    summary = f"{printable(str(path))} cannot be edited: {fault.strerror}"
    hint = "check the path and its permissions"
    return error(codes.FILE_UNWRITABLE, summary, detail="Nothing was written.", hint=hint)
