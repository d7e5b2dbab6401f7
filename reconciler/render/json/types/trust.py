"""The JSON document of `gwctl trust list`."""

from __future__ import annotations

from reconciler.render.json.types.shared import TypedDict
from reconciler.resources.agreement import AgreedPair


class TrustedStackDocument(TypedDict):
    """A gateway file on this machine; `path` is empty if only an older gwctl made the records."""

    path: str
    state: str
    name: str
    lineage: str
    pairs: list[AgreedPair]


class TrustDocument(TypedDict):
    """`gwctl trust list --format json`."""

    format_version: str
    stacks: list[TrustedStackDocument]
