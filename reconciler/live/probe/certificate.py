"""The certificate of a server, from a TLS handshake."""

from __future__ import annotations

from datetime import datetime

from reconciler.values import dataclass

_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_WRONG_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


@dataclass(frozen=True)
class Certificate:
    """The certificate of a server.

    If `distrust` is empty, the certificate is trusted. Otherwise `distrust` is the TLS library's message.
    """

    distrust: str = ""
    verify_code: int = 0
    expires: datetime | None = None  # None if the platform does not report the date

    @property
    def is_expired(self) -> bool:
        """Return whether the certificate has expired."""
        return self.verify_code == _EXPIRED

    @property
    def is_for_another_name(self) -> bool:
        """Return whether the certificate is for another host name."""
        return self.verify_code in _WRONG_NAME
