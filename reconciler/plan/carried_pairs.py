"""A pair that a plan was made with: what of an endpoint may be sent where, as the gateway file writes both."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.secrets.binding import trusting


@dataclass(frozen=True, order=True, kw_only=True)
class CarriedPair:
    """One secret of an endpoint, by its reference, and the place that it may go to; no path of this machine."""

    endpoint: str
    what: str  # key, kept key, header NAME, client certificate
    secret: str
    origin: str
    path: str = ""
    proxy: str = ""
    ca_file: str = ""
    ca_content: str = ""  # its digest, where a pull may change it

    @property
    def place(self) -> str:
        """The host that the secret may be sent to, in words."""
        proxy = f" through the proxy {self.proxy}" if self.proxy else ""
        return f"{self.origin}{self.path}{proxy}{trusting(self.ca_file, self.ca_content)}"
