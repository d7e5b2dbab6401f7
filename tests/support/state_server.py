"""An HTTP state server that keeps every version. A test can replace answers, for faults that no real server makes."""

from __future__ import annotations

import base64
import hashlib
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.state_rules import Answered, Kept, TerraformRules

Knows = Callable[[str, str], str | None]  # user and password of a request: whose they are, if they are anybody's


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, and its answer."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    status: int


@dataclass(frozen=True)
class Instead:
    """A prepared answer to the next request of a method. With `after`, the request is also made. `wait`: seconds."""

    answer: Answered
    after: bool = False
    wait: float = 0


class StateServer:
    """A server on 127.0.0.1, in threads, with TLS if there is a context. If `knows` is None, no password is needed."""

    def __init__(
        self, rules: TerraformRules, knows: Knows | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self.rules, self.knows = rules, knows
        self.asked: list[Asked] = []
        self.instead: dict[str, list[Instead]] = {}
        self.ahead = 0.0  # seconds, of its clock
        self._guard = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._server.block_on_close = False
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        """Stop listening, and end all waits."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def kept(self, path: str) -> Kept:
        """Return all stored versions, the first one first."""
        return self.rules.kept.get(path, Kept())

    def answers(self, method: str, *instead: Instead) -> None:
        """Answer the next requests of that method with these answers, one after the other."""
        self.instead[method] = list(instead)

    def answer_to(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Answered:
        """Return the answer to one request."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        script = self.instead.get(method)
        instead = script.pop(0) if script else None
        answer = Answered()
        if instead is None or instead.after:
            with self._guard:
                answer = self._carried_out(method, parts.path, query=query, headers=headers, body=body)
        if instead:
            self._closing.wait(instead.wait)
            answer = instead.answer
        self.asked.append(
            Asked(method=method, path=parts.path, query=query, headers=headers, body=body, status=answer.status)
        )
        return answer

    def _carried_out(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes
    ) -> Answered:
        user = self._user(headers.get("authorization", ""))
        if user is None:
            return Answered(401, headers={"WWW-Authenticate": 'Basic realm="state"'})
        digest = headers.get("content-md5")
        if digest and digest != base64.b64encode(hashlib.md5(body).digest()).decode():
            return Answered(400, b"Content-MD5 is another's")
        state, action = self.rules.state_and_action(method, path)
        answer = self.rules.answer(action, state, query, body, user, headers.get("if-match", ""))
        known = headers.get("if-none-match")
        is_known = action == "read" and answer.status == 200 and known and known == answer.headers.get("ETag")
        return Answered(304, headers=answer.headers) if is_known else answer

    def _user(self, header: str) -> str | None:
        if self.knows is None:
            return ""
        scheme, _, encoded = header.partition(" ")
        name, _, password = base64.b64decode(encoded).decode().partition(":") if scheme == "Basic" else ("", "", "")
        return self.knows(name, password)


def _handler(server: StateServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            with suppress(OSError):  # the client may be gone
                body = self.rfile.read(length)
                if len(body) < length:  # cut off in the middle: nothing of it counts
                    self.close_connection = True
                    return
                headers = {name.lower(): value for name, value in self.headers.items()}
                self._send(server.answer_to(self.command, self.path, headers, body))

        def _send(self, answer: Answered) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status not in (204, 304):
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            if answer.status not in (204, 304):
                self.wfile.write(answer.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_LOCK = do_UNLOCK = _answer

        def date_time_string(self, timestamp: float | None = None) -> str:
            return formatdate((timestamp or time.time()) + server.ahead, usegmt=True)

        def log_message(self, *_arguments: Any) -> None:
            """Print nothing."""

    return Handler


@pytest.fixture
def state_servers() -> Iterator[Callable[..., StateServer]]:
    """Yield a function that starts a state server. It can be called several times."""
    state_servers: list[StateServer] = []

    def make(
        rules: TerraformRules | None = None, knows: Knows | None = None, context: ssl.SSLContext | None = None
    ) -> StateServer:
        state_servers.append(StateServer(rules or TerraformRules(), knows, context))
        return state_servers[-1]

    yield make
    for state_server in state_servers:
        state_server.close()
