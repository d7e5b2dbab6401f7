"""The JSON documents that commands print; their schemas in `schemas/` are made from these types."""

from __future__ import annotations

import sys
from typing import Any, Literal, NotRequired

if sys.version_info >= (3, 12):
    from typing import TypedDict
else:  # before 3.12, pydantic makes schemas only of this TypedDict
    from typing_extensions import TypedDict

from reconciler.address import Purpose
from reconciler.diagnostics import Severity
from reconciler.plan.change import Cause, Owning, Scope
from reconciler.plan.outcome import Result
from reconciler.resources.observation import Status

FORMAT_VERSION = "1.1"  # minor: something added; major: something removed or changed

Acting = Literal["create", "update", "delete", "forget"]
ConditionWord = Literal["kept", "missing", "changed", "orphaned", "unsettled", "unknown"]


class SourceDocument(TypedDict):
    """A position in a file; lines and columns count from 1, and line 0 is the file as a whole."""

    file: str
    line: int
    column: int


class DiagnosticDocument(TypedDict):
    """A diagnostic; `detail` and `hint` can be empty, `blocks_apply` is present only when true.

    With `blocks_apply`, the diagnostic is an error in `gwctl apply`. The error blocks the address of the diagnostic, or
    the whole apply if the diagnostic has no address.
    """

    severity: Severity
    code: str
    summary: str
    detail: str
    hint: str
    address: str | None
    source: SourceDocument | None
    blocks_apply: NotRequired[bool]


class StateDocument(TypedDict):
    """The state that the plan was made for; `lineage` is null before the first apply."""

    lineage: str | None
    serial: int


class DifferenceDocument(TypedDict):
    """One attribute that differs; `path` is its name, or several names joined with dots."""

    path: str
    before: Any
    after: Any


class ChangeDocument(TypedDict):
    """One change; `before` and `after` are the attributes, or null.

    `scope` is `shared` if the state records the resource, `machine` if only this machine records the resource.
    """

    address: str
    action: Acting
    cause: Cause | None
    reason: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    diff: list[DifferenceDocument]
    moved_from: str | None
    source: SourceDocument | None
    scope: Owning
    result: NotRequired[Result]


class HeldDocument(TypedDict):
    """A model that is missing from a short list, and the option that allows its deletion."""

    address: str
    why: str
    accept_with: str


class EndpointDocument(TypedDict):
    """The observation of an endpoint.

    `models` is the number of listed models, or null. `pinned` is the number of models in the lock file.
    """

    name: str
    status: Status
    code: str | None
    http_status: int | None
    url: str | None
    models: int | None
    pinned: NotRequired[int]
    latency_ms: int | None


class SummaryDocument(TypedDict):
    """The counts of a plan; `blocked` counts endpoints and keychain entries that are left unchanged."""

    create: int
    update: int
    delete: int
    forget: int
    none: int
    held: int
    blocked: int


class CarriedPairDocument(TypedDict):
    """A secret of an endpoint, written as its reference, and the host that the plan may send the secret to.

    `ca_content` is the digest of the file `ca_file` if a pull can change that file, else empty.
    """

    endpoint: str
    what: str
    secret: str
    origin: str
    path: str
    proxy: str
    ca_file: str
    ca_content: str


class PlanDocument(TypedDict):
    """`gwctl plan --format json`; `scope` is the scope of the changes, `pairs` are the bindings of the plan."""

    format_version: str
    name: str | None
    scope: Scope
    state: StateDocument | None
    config_digest: str | None
    lock_digest: str | None
    complete: bool
    summary: SummaryDocument
    changes: list[ChangeDocument]
    held: list[HeldDocument]
    endpoints: list[EndpointDocument]
    pairs: NotRequired[list[CarriedPairDocument]]
    diagnostics: list[DiagnosticDocument]


class ApplyDocument(PlanDocument):
    """`gwctl apply --format json` and `gwctl destroy --format json`; `state` is the state after the apply."""

    applied: bool


class ModelDocument(TypedDict):
    """A model; `wanted` is false for a listed model that the filters exclude."""

    address: str
    endpoint: str
    id: str
    purpose: Purpose
    purpose_source: str
    origin: Literal["declared", "fetched", "last-known", "held"]
    wanted: bool


class ModelsDocument(TypedDict):
    """`gwctl models --format json`."""

    format_version: str
    endpoints: list[EndpointDocument]
    models: list[ModelDocument]
    diagnostics: list[DiagnosticDocument]


class ChatDocument(TypedDict):
    """The result of one message to one model; `answered_by` is the model name in the response."""

    address: str
    ok: bool
    code: str | None
    http_status: int | None
    latency_ms: int | None
    answered_by: str | None
    text: str


class TestDocument(TypedDict):
    """`gwctl test --format json`; `chat` is empty without --chat."""

    format_version: str
    endpoints: list[EndpointDocument]
    chat: list[ChatDocument]
    diagnostics: list[DiagnosticDocument]


class ChatsDocument(TypedDict):
    """`gwctl chat --format json`."""

    format_version: str
    chat: ChatDocument | None
    diagnostics: list[DiagnosticDocument]


class PurposeChangeDocument(TypedDict):
    """A model whose purpose has changed."""

    id: str
    before: Purpose
    after: Purpose


class LockedEndpointDocument(TypedDict):
    """The update of one lock-file entry; `models` is the number of models in the new entry, or null."""

    name: str
    result: Literal["added", "changed", "unchanged", "removed", "kept"]
    models: int | None
    added: list[str]
    removed: list[str]
    changed: list[PurposeChangeDocument]
    why: str


class LockResultDocument(TypedDict):
    """`gwctl lock --format json`.

    `current` is true if the file was up to date before the command. `digest` is the digest of the file afterwards.
    """

    format_version: str
    file: str | None
    current: bool
    written: bool
    digest: str | None
    endpoints: list[LockedEndpointDocument]
    diagnostics: list[DiagnosticDocument]


class EnvironmentDocument(TypedDict):
    """`gwctl env --format json`; `left_out` names the variables that are shown only with --with-keys."""

    format_version: str
    endpoint: str | None
    model: str | None
    variables: dict[str, str]
    unset: list[str]
    left_out: list[str]
    diagnostics: list[DiagnosticDocument]


class ValidateDocument(TypedDict):
    """`gwctl validate --format json`."""

    format_version: str
    valid: bool
    diagnostics: list[DiagnosticDocument]


class FindingDocument(TypedDict):
    """One check result; `group` is its heading: `machine`, `state` …, or an endpoint's address."""

    group: str
    severity: Literal["ok", "note", "warning", "error"]
    code: str
    summary: str
    detail: str
    hint: str
    source: SourceDocument | None


class DoctorDocument(TypedDict):
    """`gwctl doctor --format json`; `ok` is true if no finding is an error."""

    format_version: str
    ok: bool
    findings: list[FindingDocument]


class ResourceDocument(TypedDict):
    """One recorded resource."""

    address: str
    kind: Literal["endpoint", "model", "default"]
    attributes: dict[str, Any]


class StateListDocument(TypedDict):
    """`gwctl state list --format json`."""

    format_version: str
    lineage: str | None
    serial: int
    resources: list[ResourceDocument]


class PresetDocument(TypedDict):
    """The properties of a vendor or server."""

    id: str
    name: str
    description: str
    base_url: str
    dialect: str
    key: Literal["required", "optional", "none"]
    key_hint: str
    variable: str
    docs_url: str
    verified: bool
    builtin: bool


class PresetsDocument(TypedDict):
    """`gwctl presets --format json`."""

    format_version: str
    presets: list[PresetDocument]
    diagnostics: list[DiagnosticDocument]


class OwnerDocument(TypedDict):
    """A gateway file that uses a keychain entry; `state` is the path or URL of its state."""

    lineage: str
    name: str
    state: str


class KeyDocument(TypedDict):
    """A keychain entry that gwctl created; `origin` describes the source of its key, `changed` is in UTC."""

    address: str
    service: str
    account: str
    condition: ConditionWord
    origin: str
    backend: str
    changed: str
    owners: list[OwnerDocument]


class KeysDocument(TypedDict):
    """`gwctl key list --format json` and `gwctl key audit --format json`."""

    format_version: str
    entries: list[KeyDocument]


class AgreedPairDocument(TypedDict):
    """A secret, and the host that the secret may be sent to; `agreed` is a time in UTC.

    `secret` is the reference as written, `resolved` the reference as resolved. `ca_content` is the digest of the file
    `ca_file` if a pull can change that file, else empty.
    """

    kind: str
    secret: str
    resolved: str
    origin: str
    path: str
    proxy: str
    ca_file: str
    ca_content: str
    how: str
    agreed: str


class TrustedStackDocument(TypedDict):
    """A gateway file on this machine; `path` is empty if only an older gwctl made the records."""

    path: str
    state: str
    name: str
    lineage: str
    pairs: list[AgreedPairDocument]


class TrustDocument(TypedDict):
    """`gwctl trust list --format json`."""

    format_version: str
    stacks: list[TrustedStackDocument]
