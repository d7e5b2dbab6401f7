"""The pairs of secret and host that had a binding when a plan was made, as the gateway file writes them."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.secrets.binding import trusting


@dataclass(frozen=True, order=True, kw_only=True)
class CarriedPair:
    """One secret of an endpoint, by its reference, and the host that it may be sent to. No resolved path is in it."""

    endpoint: str
    what: str  # key, kept key, header NAME, client certificate
    secret: str
    origin: str
    path: str = ""
    proxy: str = ""
    ca_file: str = ""
    ca_content: str = ""  # the digest of the CA file, if a pull may change the file

    @property
    def place(self) -> str:
        """The host that the secret may be sent to, in words."""
        proxy = f" through the proxy {self.proxy}" if self.proxy else ""
        return f"{self.origin}{self.path}{proxy}{trusting(self.ca_file, self.ca_content)}"
