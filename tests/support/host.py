"""A host with its own certificate and clock. It responds to every request with 404."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import trustme


class Host:
    """A running host: its URL, and the headers of every request."""

    def __init__(self, cert: trustme.LeafCert | None, ahead: float | None) -> None:
        self.seen: list[dict[str, str]] = []
        self._server = _Server(("127.0.0.1", 0), _handler(self.seen, ahead))
        if cert:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            cert.configure_cert(context)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.url = f"{'https' if cert else 'http'}://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error of a client that closes the connection because it does not trust the host."""


def _handler(seen: list[dict[str, str]], ahead: float | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response_only(404)
            if ahead is not None:
                self.send_header("Date", formatdate(time.time() + ahead, usegmt=True))
            self.send_header("Content-Length", "0")
            with suppress(OSError):
                self.end_headers()

        do_GET = do_HEAD = do_POST = _answer

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing."""

    return Handler


@pytest.fixture
def hosts() -> Iterator[Callable[..., Host]]:
    """Yield a function that starts a host, with or without a certificate, and with a clock that may be ahead."""
    hosts: list[Host] = []

    def make(cert: trustme.LeafCert | None = None, ahead: float | None = 0.0) -> Host:
        hosts.append(Host(cert, ahead))
        return hosts[-1]

    yield make
    for host in hosts:
        host.close()
