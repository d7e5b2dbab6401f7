"""A real HTTP server on this machine, with answers and faults that a test chooses."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest


@dataclass(frozen=True)
class Request:
    """A received request."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Reply:
    """One answer. `drip` is the time between its bytes in seconds. The connection breaks after `cut` bytes.

    `wait`: seconds before it begins. `chunks`: what comes instead of a body, until the connection breaks; `raw`: what
    comes instead of an answer.
    """

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0
    cut: int | None = None
    silent: bool = False
    wait: float = 0.0
    chunks: Callable[[], Iterable[bytes]] | None = None
    raw: bytes = b""

    def data(self) -> bytes:
        """The bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Script = Reply | list[Reply] | Callable[[Request], Reply]


class ScriptedServer:
    """A server with answers by path. Of several answers, each is sent once, and the last one again and again."""

    def __init__(self, port: int = 0, context: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Script] = {}
        self.requests: list[Request] = []
        self.default: Script = Reply(status=404, body={"detail": "Not Found"})
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.port = self._server.server_port
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def lists(self, *ids: str, path: str = "/models", **more: Any) -> None:
        """Answer with an OpenAI-compatible list of these IDs from now on."""
        self.routes[path] = Reply(body={"object": "list", "data": [{"id": each, **more} for each in ids]})

    def answers(self, *replies: Reply, path: str = "/models") -> None:
        """Answer with these replies, one after the other."""
        self.routes[path] = list(replies)

    def close(self) -> None:
        """Stop listening, and end all waits."""
        self._closing.set()
        if self._thread.is_alive():
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()  # it waits for a request
            self._thread.join(5)
        self._server.server_close()

    def _serve(self) -> None:
        """Wait for each request. `serve_forever` polls, so a hundred servers would use a whole core."""
        while not self._closing.is_set():
            self._server.handle_request()

    def reply_to(self, request: Request) -> Reply:
        """Return the next reply for the path of the request."""
        self.requests.append(request)
        script = self.routes.get(request.path, self.default)
        if isinstance(script, list):
            return script.pop(0) if len(script) > 1 else script[0]
        return script if isinstance(script, Reply) else script(request)

    def wait(self, seconds: float) -> None:
        """Wait, unless the server is closed."""
        self._closing.wait(seconds)

    def asked(self, path: str) -> list[Request]:
        """Return the requests for that path."""
        return [request for request in self.requests if request.path == path]


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, parts.path, parse_qs(parts.query), headers, body)
            reply = server.reply_to(request)
            if reply.silent:
                server.wait(60)
                self.close_connection = True
                return
            server.wait(reply.wait)
            with suppress(OSError):  # the client may have had enough
                self._stream(reply) if reply.chunks or reply.raw else self._send(reply)

        def _stream(self, reply: Reply) -> None:
            self.close_connection = True
            if reply.raw:
                self.wfile.write(reply.raw)
                return
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", "Connection": "close", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for chunk in reply.chunks() if reply.chunks else ():
                self.wfile.write(chunk)

        def _send(self, reply: Reply) -> None:
            data = reply.data()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data))}.items():
                if name.lower() not in {header.lower() for header in reply.headers}:
                    self.send_header(name, value)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self._write(data if reply.cut is None else data[: reply.cut], reply.drip)
            self.close_connection = reply.cut is not None

        def _write(self, data: bytes, drip: float) -> None:
            for at in range(len(data)) if drip else ():
                self.wfile.write(data[at : at + 1])
                self.wfile.flush()
                server.wait(drip)
            if not drip:
                self.wfile.write(data)
            self.wfile.flush()

        do_GET = do_POST = do_HEAD = do_CONNECT = _answer

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing."""

    return Handler


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """Yield a server whose answers the test chooses."""
    server = ScriptedServer()
    yield server
    server.close()


@pytest.fixture
def servers() -> Iterator[Callable[..., ScriptedServer]]:
    """Yield a function that starts a server, on any port or a given port, with TLS if there is a context."""
    servers: list[ScriptedServer] = []

    def make(port: int = 0, context: ssl.SSLContext | None = None) -> ScriptedServer:
        servers.append(ScriptedServer(port, context))
        return servers[-1]

    yield make
    for server in servers:
        server.close()
