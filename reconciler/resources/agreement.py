"""The consents on this machine, for display.

A consent says which secret may be sent to which host for a gateway file.
"""

from __future__ import annotations

from reconciler.values import dataclass


@dataclass(frozen=True, kw_only=True)
class AgreedPair:
    """A secret, and the host that may receive the secret. `agreed` is a time in UTC.

    `secret` is the reference as written, and `resolved` is the reference as resolved. If a `git pull` may change the
    file `ca_file`, `ca_content` is the digest of the file. Otherwise `ca_content` is empty.
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
    """The consents of one stack. `path` is "" if an older gwctl wrote the rows and did not record the gateway file."""

    path: str
    store: str
    name: str
    lineage: str
    pairs: tuple[AgreedPair, ...]
