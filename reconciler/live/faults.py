"""The HTTP library's exceptions in the user's words: which of refused, DNS, TLS, cut or nonsense it was.

None of an exception's own text is used but TLS's reason: others may hold a header, and with it a key.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from reconciler.live.fault import Fault
from reconciler.resources.urls import origin
from reconciler.text import sentence

_OTHERS = {
    "cut": ("UNREACHABLE", "The connection was cut before the answer was complete."),
    "decoding": ("NONSTANDARD_LIST", "The answer is not compressed the way it says."),
    "not-http": ("NONSTANDARD_LIST", "What came back is not HTTP.", "is that the port of the API?"),
    "proxy": ("UNREACHABLE", "The proxy refused or failed.", "check HTTP_PROXY, HTTPS_PROXY and NO_PROXY"),
    "unusable": (
        "UNREACHABLE",
        "The URL, a header or a proxy setting cannot be used.",
        "check HTTP_PROXY and `headers:`",
    ),
}
Kind = Literal["connection", "cut", "decoding", "not-http", "proxy", "unusable"]


def fault_of(kind: Kind, exception: BaseException, url: str) -> Fault:
    """The fault that an exception of this kind stands for."""
    causes = list(_causes(exception))
    for cause, made in ((ssl.SSLError, _tls), (socket.gaierror, _dns)):
        found = next((each for each in causes if isinstance(each, cause)), None)
        if found is not None:
            return made(found, url)
    if kind == "connection":
        return _connection(causes, url)
    return Fault(*_OTHERS[kind])


def _connection(causes: list[BaseException], url: str) -> Fault:
    numbers = [cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno]
    number = next((found for found in numbers if found != errno.EINPROGRESS), None)
    if number == errno.ECONNREFUSED:
        return Fault("UNREACHABLE", f"Connection refused by {origin(url)}.", "is the server running, on that port?")
    why = sentence(os.strerror(number), 80) if number else "no connection could be made"
    return Fault("UNREACHABLE", f"{origin(url)}: {why}.", "check the host and port of `base_url`")


def _dns(_fault: BaseException, url: str) -> Fault:
    host = urlsplit(url).hostname or ""
    return Fault(
        "UNREACHABLE", f"The name {sentence(host, 80)} cannot be found (DNS).", "check the spelling, VPN or network"
    )


def _tls(fault: BaseException, url: str) -> Fault:
    if isinstance(fault, ssl.SSLCertVerificationError):
        hint = "a private CA belongs in the system's trust store, or in the file that SSL_CERT_FILE names"
        return Fault("UNREACHABLE", f"TLS: {origin(url)}: {sentence(fault.verify_message, 120)}.", hint)
    reason = getattr(fault, "reason", None) or "the handshake failed"
    hint = "does that port speak plain http?" if "WRONG_VERSION" in reason or "RECORD" in reason else ""
    return Fault("UNREACHABLE", f"TLS: {origin(url)}: {sentence(reason.replace('_', ' ').lower(), 80)}.", hint)


def _causes(fault: BaseException | None) -> Iterator[BaseException]:
    """The exception, what it came from, and the members of a group on the way."""
    while fault is not None:
        yield fault
        if isinstance(fault, BaseExceptionGroup):
            for each in fault.exceptions:
                yield from _causes(each)
        fault = fault.__cause__ or fault.__context__
