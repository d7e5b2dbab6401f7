"""The JSON documents of `gwctl state list`, `state show` and `status`."""

from __future__ import annotations

from typing import Any, Literal

from reconciler.render.json.types.shared import DiagnosticDocument, EndpointDocument, TypedDict

KeyCondition = Literal["none", "stored", "set", "missing", "not read"]
Compared = Literal["not applied", "matches", "differs", "not known"]


class ResourceDocument(TypedDict):
    """One resource in the state."""

    address: str
    kind: Literal["endpoint", "model", "default"]
    attributes: dict[str, Any]


class StateListDocument(TypedDict):
    """The output of `gwctl state list --format json`."""

    format_version: str
    lineage: str | None
    serial: int
    resources: list[ResourceDocument]


class EndpointStatusDocument(TypedDict):
    """The recorded facts about an endpoint of the gateway file.

    `key` is the source of the key, such as `env LITELLM_API_KEY`. `key_condition` is `missing` if a variable is not
    set, and `not read` if gwctl would have to open the source. `models` is {purpose: number of models}. `listed` is
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
    """A resource that gwctl wrote on this machine, such as a stored key, and the time of the write (UTC)."""

    kind: str
    address: str
    since: str


class NextStepDocument(TypedDict):
    """The next step for the user, which is a command to run or a line to type, and the reason."""

    typed: str
    why: str


class StatusDocument(TypedDict):
    """The output of `gwctl status --format json`.

    `source` is the source of the facts: `state`, `ledger` if the state is in a remote store, or `nothing` before the
    first apply. `applied` is the time (UTC) of the last apply on this machine. `roles` is {role: ENDPOINT/ID}.
    `compared` is the result of the comparison with the last apply on this machine: `not applied` if this machine has
    no record of an apply, also after `gwctl leave`, and `not known` if the records cannot be read. `differs` is true if
    the gateway file differs from the last apply, and `changes` lists the actions and addresses; for a state in a remote
    store, those that this machine has recorded. Both are null if they are not known, or if nothing was applied on this
    machine. `name` and `state` are null if the gateway file is not valid.
    """

    format_version: str
    name: str | None
    state: str | None
    source: Literal["state", "ledger", "nothing"]
    applied: str | None
    endpoints: list[EndpointStatusDocument]
    roles: dict[str, str]
    owned: list[OwnedStatusDocument]
    compared: Compared
    differs: bool | None
    changes: list[str] | None
    next: list[NextStepDocument]
    diagnostics: list[DiagnosticDocument]
