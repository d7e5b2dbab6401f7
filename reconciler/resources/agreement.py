"""The consents on this machine, as they are shown: which secret may go where, for which gateway file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AgreedPair:
    """One secret by its reference, and where it may go; `how` and when (UTC) somebody agreed."""

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


@dataclass(frozen=True, kw_only=True)
class Agreements:
    """Those of one stack; `path` is "" where an older gwctl kept rows and did not know the gateway file."""

    path: str
    store: str
    name: str
    lineage: str
    pairs: tuple[AgreedPair, ...]
