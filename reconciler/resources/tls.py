"""The files that TLS needs beside the system's own: whom to trust, and who we are."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.resources.attributes import TlsAttributes


@dataclass(frozen=True)
class TlsFile:
    """One PEM file, named and not opened."""

    path: str  # as written: it is what the state records
    resolved: str  # absolute, for reading
    content: str | None = None  # the digest of a CA file that a pull may change, "" of any other; None: not looked at


@dataclass(frozen=True)
class Tls:
    """`ca_file` is trusted beside the system's roots; the client certificate may hold its own key."""

    ca_file: TlsFile | None = None
    client_cert: TlsFile | None = None
    client_key: TlsFile | None = None

    @property
    def attributes(self) -> TlsAttributes:
        """The paths as the gateway file spells them."""
        return TlsAttributes(
            ca_file=_path(self.ca_file), client_cert=_path(self.client_cert), client_key=_path(self.client_key)
        )


def _path(file: TlsFile | None) -> str | None:
    return file.path if file else None
