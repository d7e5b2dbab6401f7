"""The part of Google's XML API for objects that a state needs. No server of this API can be installed.

Existing emulators use the JSON API, but obstore uses the XML API. Written after
https://cloud.google.com/storage/docs/xml-api/reference-headers: generations, x-goog-if-generation-match, metadata.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

BUCKET = "acme-team"


@dataclass(frozen=True)
class _Object:
    data: bytes
    generation: int
    changed: str
    metadata: dict[str, str]


class Gcs:
    """A server with one bucket, and the token for the bucket."""

    def __init__(self) -> None:
        self.token = secrets.token_urlsafe(24)
        self.objects: dict[str, _Object] = {}
        self.heeds_conditions = True
        self._guard, self._generation = threading.Lock(), 1000
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def put(self, key: str, data: bytes, metadata: dict[str, str], condition: str | None) -> _Object | None:
        """Return the new object; None if the condition is false."""
        with self._guard:
            there = self.objects.get(key)
            if self.heeds_conditions and condition is not None and condition != str(there.generation if there else 0):
                return None
            self._generation += 1
            self.objects[key] = _Object(data, self._generation, formatdate(usegmt=True), metadata)
            return self.objects[key]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore the error of a client whose connection was cut."""


def _etag(stored: _Object) -> str:
    return f'"{hashlib.md5(stored.data).hexdigest()}"'


def _handler(gcs: Gcs) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65536  # headers and body in one go: a client need not wait for the second packet

        def do_GET(self) -> None:
            key = self._key()
            if key is None:
                return
            result = gcs.objects.get(key)
            if result and self.headers.get("If-None-Match") == _etag(result):
                self._answer(304, result, body=False)
                return
            self._answer(200, result) if result else self._fail(404, "NoSuchKey")

        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            key = self._key()
            if key is None or len(data) != int(self.headers["Content-Length"]):
                return
            sent = {name.lower(): value for name, value in self.headers.items()}
            metadata = {name: value for name, value in sent.items() if name.startswith("x-goog-meta-")}
            built = gcs.put(key, data, metadata, sent.get("x-goog-if-generation-match"))
            self._answer(200, built, body=False) if built else self._fail(412, "PreconditionFailed")

        def _key(self) -> str | None:
            """Return the object's name in the bucket; None if an error was sent."""
            bucket, _, key = unquote(self.path.partition("?")[0]).lstrip("/").partition("/")
            if self.headers.get("Authorization") != f"Bearer {gcs.token}":
                self._fail(401, "AuthenticationRequired")
            elif bucket != BUCKET:
                self._fail(404, "NoSuchBucket")
            else:
                return key
            return None

        def _answer(self, status: int, stored: _Object, body: bool = True) -> None:
            self.send_response_only(status)
            self.send_header("ETag", _etag(stored))
            self.send_header("x-goog-generation", str(stored.generation))
            self.send_header("Last-Modified", stored.changed)
            for name, value in stored.metadata.items():
                self.send_header(name, value)
            self._finish(stored.data if body else b"")

        def _fail(self, status: int, code: str) -> None:
            self.send_response_only(status)
            self._finish(f"<?xml version='1.0'?><Error><Code>{code}</Code></Error>".encode())

        def _finish(self, data: bytes) -> None:
            self.send_header("Content-Length", str(len(data)))
            with suppress(OSError):
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing."""

    return Handler


@pytest.fixture(scope="session")
def gcs() -> Iterator[Gcs]:
    """Yield one server for all tests of this process. Skip the test without obstore."""
    pytest.importorskip("obstore", reason="Google Cloud Storage: obstore is not installed (the extra `objects`)")
    gcs = Gcs()
    yield gcs
    gcs.close()
