"""The JSON documents of `gwctl state list`, `state show` and `status`."""

from __future__ import annotations

from typing import Any, Literal

from reconciler.render.json.types.shared import DiagnosticDocument, EndpointDocument, TypedDict

KeyCondition = Literal["none", "stored", "set", "missing", "not read"]


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


class EndpointStatusDocument(TypedDict):
    """An endpoint of the gateway file, as it is recorded.

    `key` is the source of the key, such as `env LITELLM_API_KEY`. Its condition is `missing` for a variable that is not
    set, and `not read` for a source that would have to be opened. `models` is {purpose: number of models}. `listed` is
    the time (UTC) of the last fetched list in an apply on this machine. `live` is null without --live.
    """

    name: str
    base_url: str
    applied: bool
    key: str | None
    key_condition: KeyCondition
    models: dict[str, int]
    listed: str | None
    live: EndpointDocument | None


class OwnedStatusDocument(TypedDict):
    """Something outside gwctl that gwctl wrote on this machine, such as a stored key, and since when (UTC)."""

    kind: str
    address: str
    since: str


class NextStepDocument(TypedDict):
    """A command to run, or a line to type, and why."""

    typed: str
    why: str


class StatusDocument(TypedDict):
    """`gwctl status --format json`.

    `source` is where the facts are from: the `state`; the `ledger`, for a state in a remote store; or `nothing`, before
    the first apply. `applied` is the time (UTC) of the last apply on this machine. `roles` is {role: ENDPOINT/ID}.
    `differs` is whether the gateway file differs from what was applied, and `changes` the actions and addresses of the
    difference. Both are null if they are not known. `name` and `state` are null if the gateway file is not valid.
    """

    format_version: str
    name: str | None
    state: str | None
    source: Literal["state", "ledger", "nothing"]
    applied: str | None
    endpoints: list[EndpointStatusDocument]
    roles: dict[str, str]
    owned: list[OwnedStatusDocument]
    differs: bool | None
    changes: list[str] | None
    next: list[NextStepDocument]
    diagnostics: list[DiagnosticDocument]
