"""A double of a language-model endpoint for the tests of a program. `serve` starts the double on a loopback port.

The double speaks the `/v1/models` and `/v1/chat/completions` of OpenAI's API, also with `stream`. It makes no request
and writes no file. `docs/using/programs.md` shows a test that uses the double.
"""

from __future__ import annotations

import hmac
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import field
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

from reconciler.errors import GatewayError
from reconciler.values import dataclass

__all__ = ["ReceivedRequest", "ServedEndpoint", "serve"]

Reply: TypeAlias = "str | Callable[[Mapping[str, Any]], str]"
_LARGEST = 16 * 1024 * 1024  # bytes of a request
_CHAT = "/v1/chat/completions"
_MODELS = "/v1/models"
_KEY_VARIABLE = "GWCTL_KEY_DOUBLE"


@dataclass(frozen=True, kw_only=True)
class ReceivedRequest:
    """A request that the double received: its method, path and JSON body, and the HTTP status of the answer.

    `body` is None if the body is not a JSON object. The headers are not kept, because a header contains the key.
    """

    method: str
    path: str
    body: Mapping[str, Any] | None
    status: int


@dataclass(frozen=True, kw_only=True)
class ServedEndpoint:
    """A running double. `base_url` ends with `/v1`. `requests` grows with each request, in the order of the answers."""

    base_url: str
    key: str = field(repr=False)
    models: tuple[str, ...]
    requests: list[ReceivedRequest] = field(default_factory=list, repr=False)

    def environ(self, **roles: str) -> dict[str, str]:
        """Return the variables that make `reconciler.api.model` find this double in the program under test.

        `roles` is {role: model ID}. Without roles, the first model has the role `chat`.
        """
        entries = {model: self._entry(model) for model in self.models}
        wanted = roles or {"chat": self.models[0]}
        document = {
            "version": 1,
            "name": "test",
            "roles": {role: entries[model] for role, model in wanted.items()},
            "models": list(entries.values()),
        }
        return {"GWCTL_RESOLVED_JSON": json.dumps(document), _KEY_VARIABLE: self.key}

    def _entry(self, model: str) -> dict[str, Any]:
        return {
            "endpoint": "double",
            "model": model,
            "purpose": "chat",
            "api": "chat",
            "base_url": self.base_url,
            "base_urls": {"chat": self.base_url},
            "context": None,
            "output": None,
            "capabilities": None,
            "key": {"env": _KEY_VARIABLE},
            "key_required": True,
            "auth": {"header": "Authorization", "scheme": "Bearer"},
        }


@contextmanager
def serve(models: Iterable[str] = ("gpt-4o-mini",), *, reply: Reply = "Hello.") -> Iterator[ServedEndpoint]:
    """Serve these models on a random loopback port with a random key, until the `with` block ends.

    `reply` is the text of every answer, or a function that returns the text for the JSON body of a chat request. A
    request without the key gets HTTP 401, and a request for another model gets 404. `usage` counts words. If `reply`
    raises an exception, the answer is HTTP 500. The exception is raised again at the end of the block, unless the block
    itself raises an exception.
    """
    listed = tuple(dict.fromkeys([models] if isinstance(models, str) else models))
    server = _Server(listed, reply)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.endpoint
    finally:
        server.shutdown()
        thread.join()
        server.disconnect()
        server.server_close()
    if server.faults:
        raise server.faults[0]


class _Server(ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, models: tuple[str, ...], reply: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        base_url = f"http://127.0.0.1:{self.server_address[1]}/v1"
        self.endpoint = ServedEndpoint(base_url=base_url, key=secrets.token_urlsafe(24), models=models)
        self.faults: list[Exception] = []
        self._reply = reply
        self._connections: set[Any] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def disconnect(self) -> None:
        """End the connections that clients keep open. A closed double sends no answers."""
        for connection in tuple(self._connections):
            with suppress(OSError):  # the client closed the connection first
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, _request: Any, _client_address: Any) -> None:
        """Print nothing. The client closed the connection before the answer was complete."""

    def text_for(self, body: Mapping[str, Any]) -> str:
        """Return the text of the answer. Raise `_Refusal` if the function of the test fails."""
        if isinstance(self._reply, str):
            return self._reply
        try:
            return self._reply(body)
        except Exception as fault:  # noqa: BLE001 - the code is the test's own; `serve` raises the exception again
            self.faults.append(fault)
            raise _Refusal(500, f"the reply of the test raised {type(fault).__name__}", "reply_failed") from None


class _Refusal(GatewayError):
    """A request that the double answers with an error."""

    def __init__(self, status: int, message: str, code: str) -> None:
        super().__init__(message)
        self.status, self.message, self.code = status, message, code

    def content(self) -> dict[str, Any]:
        """Return the error as OpenAI describes errors: https://platform.openai.com/docs/guides/error-codes."""
        kind = "invalid_request_error"
        return {"error": {"message": self.message, "type": kind, "param": None, "code": self.code}}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def _answer(self) -> None:
        path = urlsplit(self.path).path
        body: dict[str, Any] | None = None
        try:
            sent = self._body()
            self._authorise()
            body = _object(sent) if self.command == "POST" else None
            status, content = 200, self._content(path, body)
        except _Refusal as refusal:
            status, content = refusal.status, refusal.content()
        received = ReceivedRequest(method=self.command, path=path, body=body, status=status)
        self.server.endpoint.requests.append(received)
        self._send(status, content)

    def _body(self) -> bytes:
        length = self.headers.get("content-length") or "0"
        if self.headers.get("transfer-encoding") or not length.isdecimal() or int(length) > _LARGEST:
            self.close_connection = True  # the rest of the request stays unread
            raise _Refusal(413, f"send a Content-Length of at most {_LARGEST} bytes", "request_too_large")
        return self.rfile.read(int(length))

    def _authorise(self) -> None:
        sent = self.headers.get("authorization") or ""
        if not hmac.compare_digest(sent.encode(), f"Bearer {self.server.endpoint.key}".encode()):
            raise _Refusal(401, "Incorrect API key provided", "invalid_api_key")

    def _content(self, path: str, body: Mapping[str, Any] | None) -> dict[str, Any] | list[dict[str, Any]]:
        """Return the answer: one object, or the list of the events of a stream."""
        models = self.server.endpoint.models
        if self.command == "GET" and path == _MODELS:
            return {"object": "list", "data": [_model(model) for model in models]}
        if self.command == "GET" and path.startswith(f"{_MODELS}/"):
            return _model(_one_of(models, unquote(path.removeprefix(f"{_MODELS}/"))))
        if self.command == "POST" and path == _CHAT and body is not None:
            model = _one_of(models, body.get("model"))
            answer = _Answer(model=model, text=self.server.text_for(body), asked=_words(body.get("messages")))
            return answer.events(_wants_usage(body)) if body.get("stream") is True else answer.whole()
        raise _Refusal(404, f"{self.command} {path} is not served", "not_found")

    def _send(self, status: int, content: dict[str, Any] | list[dict[str, Any]]) -> None:
        is_stream = isinstance(content, list)
        data = _stream(content) if isinstance(content, list) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/event-stream" if is_stream else "application/json")
        self.send_header("Content-Length", str(len(data)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = _answer

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@dataclass(frozen=True, kw_only=True)
class _Answer:
    """An answer of the double, as one object or as events: https://platform.openai.com/docs/api-reference/chat."""

    model: str
    text: str
    asked: int  # words
    id: str = field(default_factory=lambda: f"chatcmpl-{secrets.token_hex(8)}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        return {**self._head("chat.completion"), "choices": [choice], "usage": self._usage()}

    def events(self, with_usage: bool) -> list[dict[str, Any]]:
        """Return one event per word, so that a program has to put the text together."""
        words = [word for word in self.text.replace(" ", " \0").split("\0") if word]
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": word} for word in words]
        choices: list[dict[str, Any]] = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
        head = self._head("chat.completion.chunk")
        usage = [{**head, "choices": [], "usage": self._usage()}] if with_usage else []
        return [{**head, "choices": [choice]} for choice in choices] + usage

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _usage(self) -> dict[str, int]:
        told = len(self.text.split())
        return {"prompt_tokens": self.asked, "completion_tokens": told, "total_tokens": self.asked + told}


def _stream(events: Iterable[Mapping[str, Any]]) -> bytes:
    lines = [*(json.dumps(event) for event in events), "[DONE]"]
    return "".join(f"data: {line}\n\n" for line in lines).encode()


def _object(sent: bytes) -> dict[str, Any]:
    try:
        body = json.loads(sent)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise _Refusal(400, "the body is not a JSON object", "invalid_json")
    return body


def _one_of(models: tuple[str, ...], model: Any) -> str:
    if model not in models:
        raise _Refusal(404, "the model does not exist", "model_not_found")
    return str(model)


def _model(model: str) -> dict[str, Any]:
    return {"id": model, "object": "model", "created": 0, "owned_by": "gwctl"}


def _wants_usage(body: Mapping[str, Any]) -> bool:
    options = body.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def _words(messages: Any) -> int:
    """Return the number of words in the messages. If a content has several parts, only the parts with text count."""
    contents = [message.get("content") for message in messages or () if isinstance(message, dict)]
    parts = [part for content in contents for part in (content if isinstance(content, list) else [content])]
    texts = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return sum(len(text.split()) for text in texts if isinstance(text, str))
