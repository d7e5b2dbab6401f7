"""The JSON document of `gwctl trust list`."""

from __future__ import annotations

from reconciler.render.json.types.shared import TypedDict
from reconciler.resources.agreement import AgreedPair


class TrustedStackDocument(TypedDict):
    """A gateway file on this machine. `path` is empty if only an older gwctl wrote the records of the gateway file."""

    path: str
    state: str
    name: str
    lineage: str
    pairs: list[AgreedPair]


class TrustDocument(TypedDict):
    """The output of `gwctl trust list --format json`."""

    format_version: str
    stacks: list[TrustedStackDocument]
