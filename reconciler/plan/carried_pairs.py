"""The pairs of a secret and a host in a plan. Each pair had a binding when the plan was made."""

from __future__ import annotations

from reconciler.values import dataclass


@dataclass(frozen=True, order=True, kw_only=True)
class CarriedPair:
    """A secret of an endpoint, written as its reference, and the host that the plan may send the secret to.

    If a pull can change the endpoint's `ca_file`, `ca_content` is the digest of that file. Otherwise `ca_content` is
    empty.
    """

    endpoint: str
    what: str  # key, kept key, header NAME, client certificate
    secret: str
    origin: str
    path: str = ""
    proxy: str = ""
    ca_file: str = ""
    ca_content: str = ""

    @property
    def place(self) -> str:
        """The host that the secret may be sent to, in words."""

        from reconciler.secrets.binding import trusting

        proxy = f" through the proxy {self.proxy}" if self.proxy else ""
        return f"{self.origin}{self.path}{proxy}{trusting(self.ca_file, self.ca_content)}"
