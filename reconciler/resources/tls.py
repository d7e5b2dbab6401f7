"""The TLS files of an endpoint: a CA that is trusted in addition to the system's CAs, and a client certificate."""

from __future__ import annotations

from reconciler.resources.attributes import TlsAttributes
from reconciler.values import dataclass


@dataclass(frozen=True)
class TlsFile:
    """The path of a PEM file. The file is not opened by this module."""

    path: str  # as written in the gateway file, for the state
    resolved: str  # absolute, for reading
    content: str | None = None  # the digest of a CA file that a pull may change, "" for other files; None: not checked


@dataclass(frozen=True)
class Tls:
    """The TLS files of an endpoint.

    `ca_file` is trusted in addition to the system's roots. `client_cert` may contain the key.
    """

    ca_file: TlsFile | None = None
    client_cert: TlsFile | None = None
    client_key: TlsFile | None = None

    @property
    def attributes(self) -> TlsAttributes:
        """The paths of the TLS files, as written in the gateway file."""
        return TlsAttributes(
            ca_file=_path(self.ca_file), client_cert=_path(self.client_cert), client_key=_path(self.client_key)
        )


def _path(file: TlsFile | None) -> str | None:
    return file.path if file else None
