"""The causes of a TLS failure: the server's certificate, the client certificate, or a server without TLS."""

from __future__ import annotations

import ssl

from reconciler import codes
from reconciler.live.fault import Fault
from reconciler.resources.urls import origin
from reconciler.text import sentence

# The numbers are from OpenSSL's x509_vfy.h. Windows and macOS do not report them.
_CLOCK = "either renew the server's certificate, or correct this machine's clock"
_HINTS = {
    9: _CLOCK,
    10: _CLOCK,
    62: "check the host of `base_url`: the certificate is for another host",
    64: "check the host of `base_url`: the certificate is for another host",
}
_PRIVATE_CA = "either set `tls: {ca_file: FILE}` under the endpoint, or add a private CA to the system's trust store"
_OURS = "set `tls: {client_cert: FILE, client_key: FILE}` under the endpoint"
# In TLS 1.3, a server rejects the client certificate after the handshake. The alert is lost if the request crosses it.
CUT_HINT = "check `tls.client_cert`: some servers close the connection if the client certificate is missing or unknown"
# The alerts about the client certificate (RFC 8446, 6.2), in OpenSSL's spelling.
_ALERTS = {
    "CERTIFICATE_REQUIRED": ("the server requires a client certificate", _OURS),
    "HANDSHAKE_FAILURE": ("the handshake failed", f"{_OURS} if the server requires a client certificate"),
    "UNKNOWN_CA": ("the server does not know the CA of the client certificate", "check `tls.client_cert`"),
    "BAD_CERTIFICATE": ("the server rejected the client certificate", "check `tls.client_cert`"),
    "CERTIFICATE_EXPIRED": ("the client certificate has expired", "renew the certificate in `tls.client_cert`"),
    "CERTIFICATE_REVOKED": ("the client certificate has been revoked", "renew the certificate in `tls.client_cert`"),
    "CERTIFICATE_UNKNOWN": ("the server rejected the client certificate", "check `tls.client_cert`"),
}


def tls_fault(fault: ssl.SSLError, url: str, proxy: str | None) -> Fault:
    """Return the fault of an SSL error. If there is an https proxy, the message names the proxy as a possible cause."""
    who = f"{origin(url)} (or the proxy {origin(proxy)})" if proxy and proxy.startswith("https:") else origin(url)
    if isinstance(fault, ssl.SSLCertVerificationError):
        hint = _HINTS.get(fault.verify_code, _PRIVATE_CA)
        return Fault(codes.UNREACHABLE, f"TLS: {who}: {sentence(fault.verify_message, 120)}.", hint)
    reason = getattr(fault, "reason", None) or "the handshake failed"
    for alert, (words, hint) in _ALERTS.items():
        if reason.endswith(f"ALERT_{alert}"):
            return Fault(codes.UNREACHABLE, f"TLS: {who}: {words}.", hint)
    hint = "check whether this port uses plain http" if "WRONG_VERSION" in reason or "RECORD" in reason else ""
    return Fault(codes.UNREACHABLE, f"TLS: {who}: {sentence(reason.replace('_', ' ').lower(), 80)}.", hint)
