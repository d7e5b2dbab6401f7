"""The messages for exceptions of the HTTP library: connection refused, DNS, TLS, connection cut, or not HTTP.

Only two parts of an exception's text are used: the reason of a TLS failure, and the status of a proxy. Other texts may
contain a header, and so a key.
"""

from __future__ import annotations

import errno
import os
import re
import socket
import ssl
import traceback
from collections.abc import Mapping
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from reconciler import codes
from reconciler.codes import Code
from reconciler.live.fault import Fault
from reconciler.live.http.tls_errors import CUT_HINT, tls_fault
from reconciler.resources.urls import origin
from reconciler.text import sentence

Kind = Literal["connection", "cut", "not-http", "proxy", "unusable"]
_OTHERS: Mapping[Kind, tuple[Code, str, str]] = {
    "cut": (codes.UNREACHABLE, "The connection was cut before the answer was complete.", ""),
    "not-http": (codes.NONSTANDARD_LIST, "The response is not HTTP.", "check that the URL has the port of the API"),
    "unusable": (
        codes.UNREACHABLE,
        "The URL, a header or a proxy setting is not valid.",
        "check HTTP_PROXY and `headers:`",
    ),
}
_AT_THE_END = ("next_event", "read_eof")  # the functions of h11 that raise at the end of a stream
_PROXY_HINT = "check either `proxy:` of the endpoint, or HTTPS_PROXY, HTTP_PROXY and NO_PROXY"


def fault_of(kind: Kind, exception: BaseException, url: str, proxy: str | None = None) -> Fault:
    """Return the fault for an exception of this kind.

    If there is a proxy, a failed connection is a fault of the proxy.
    """
    causes = _causes(exception)
    tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if tls is not None:
        return tls_fault(tls, url, proxy)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return _dns(proxy or url, _PROXY_HINT if proxy else "check the spelling of the host, the VPN and the network")
    if kind == "connection":
        return _connection(causes, url, proxy)
    if kind == "proxy":
        return _refused_by_proxy(exception, proxy)
    if kind == "cut" and url.startswith("https:"):
        return Fault(_OTHERS[kind][0], _OTHERS[kind][1], CUT_HINT)
    return Fault(*_OTHERS[kind])


def _connection(causes: list[BaseException], url: str, proxy: str | None) -> Fault:
    numbers = [cause.errno for cause in causes if isinstance(cause, OSError) and cause.errno]
    number = next((number for number in numbers if number != errno.EINPROGRESS), None)
    who = f"the proxy {origin(proxy)}" if proxy else origin(url)
    if number == errno.ECONNREFUSED:
        hint = _PROXY_HINT if proxy else "check that the server is running on that port"
        return Fault(codes.UNREACHABLE, f"Connection refused by {who}.", hint)
    why = sentence(os.strerror(number), 80) if number else "no connection could be made"
    hint = _PROXY_HINT if proxy else "check the host and port of `base_url`"
    return Fault(codes.UNREACHABLE, f"{who[:1].upper() + who[1:] if proxy else who}: {why}.", hint)


def _refused_by_proxy(exception: BaseException, proxy: str | None) -> Fault:
    """Return the fault of a CONNECT request that a proxy rejected.

    The exception's text begins with the proxy's status.
    """
    status = re.match(r"[1-5][0-9]{2}\b", str(exception))
    who = f"The proxy {origin(proxy)}" if proxy else "The proxy"
    if status and status[0] == "407":
        return wants_password(who)
    return Fault(codes.UNREACHABLE, f"{who} did not connect{f' (HTTP {status[0]})' if status else ''}.", _PROXY_HINT)


def wants_password(who: str = "The proxy") -> Fault:
    """Return the fault of HTTP 407: the proxy requires a password."""
    hint = "set HTTPS_PROXY or HTTP_PROXY to the proxy URL with user and password, and remove `proxy:`"
    return Fault(codes.UNREACHABLE, f"{who} requires a password (HTTP 407).", hint)


def _dns(url: str, hint: str) -> Fault:
    host = urlsplit(url).hostname or ""
    return Fault(codes.UNREACHABLE, f"The name {sentence(host, 80)} cannot be found (DNS).", hint)


def ended_early(exception: BaseException) -> bool:
    """Return whether the server closed the connection. Return False if the server sent data that is not HTTP.

    The exception is httpx's for a wrong protocol. httpcore itself raises only at the end of a stream. Other exceptions
    come from h11. h11 has the same exception for both cases, so the function that raised the exception decides.
    """
    cause = exception.__cause__.args[0] if exception.__cause__ and exception.__cause__.args else None
    if not isinstance(cause, Exception):
        return True
    *_, (frame, _line) = traceback.walk_tb(cause.__traceback__)
    too_long = getattr(cause, "error_status_hint", 0) == HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return frame.f_code.co_name in _AT_THE_END and not too_long


def _causes(fault: BaseException) -> list[BaseException]:
    """Return the exception, its causes, and the members of exception groups.

    Each exception is returned once, because chains of causes may be circular.
    """
    causes: list[BaseException] = []
    ahead: list[BaseException | None] = [fault]
    while ahead:
        exception = ahead.pop(0)
        if exception is None or any(exception is known for known in causes):
            continue
        causes.append(exception)
        ahead += [
            *(exception.exceptions if isinstance(exception, BaseExceptionGroup) else ()),
            exception.__cause__ or exception.__context__,
        ]
    return causes
