"""A server's certificate, as a TLS handshake shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_WRONG_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH


@dataclass(frozen=True)
class Certificate:
    """Trusted while `distrust` is empty; else it holds the TLS library's words for what is wrong."""

    distrust: str = ""
    verify_code: int = 0
    expires: datetime | None = None  # None where the platform does not tell

    @property
    def is_expired(self) -> bool:
        """Return whether its time is over."""
        return self.verify_code == _EXPIRED

    @property
    def is_for_another_name(self) -> bool:
        """Return whether it is somebody else's."""
        return self.verify_code in _WRONG_NAME
