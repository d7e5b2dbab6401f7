"""The consents on this machine, for display: which secret may be sent where, for which gateway file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AgreedPair:
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


@dataclass(frozen=True, kw_only=True)
class Agreements:
    """The consents of one stack. `path` is "" for rows of an older gwctl, which did not record the gateway file."""

    path: str
    store: str
    name: str
    lineage: str
    pairs: tuple[AgreedPair, ...]
