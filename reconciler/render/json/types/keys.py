"""The JSON document of `gwctl key list` and `key audit`."""

from __future__ import annotations

from typing import Literal, NotRequired

from reconciler.render.json.types.shared import TypedDict

ConditionWord = Literal["kept", "missing", "changed", "orphaned", "unsettled", "unknown"]


class OwnerDocument(TypedDict):
    """A gateway file that uses a keychain entry. `state` is the path or URL of the gateway file's state."""

    lineage: str
    name: str
    state: str


class KeyDocument(TypedDict):
    """A keychain entry that gwctl created. `origin` describes the source of the key. `changed` is in UTC.

    `wanted_by` says why the key is stored: the gateway file asks for that, or somebody typed the key on this machine.
    """

    address: str
    service: str
    account: str
    condition: ConditionWord
    origin: str
    wanted_by: Literal["file", "machine"]
    backend: str
    changed: str
    owners: list[OwnerDocument]


class HandleDocument(TypedDict):
    """A handle, the client whose file contains the handle, and the endpoint of the key. Times are in UTC."""

    handle: str
    client: str
    endpoint: str
    made: str
    last_used: str | None
    revoked: str | None


class KeysDocument(TypedDict):
    """The output of `gwctl key list --format json` and `gwctl key audit --format json`."""

    format_version: str
    entries: list[KeyDocument]
    handles: NotRequired[list[HandleDocument]]  # only in `gwctl key list`
