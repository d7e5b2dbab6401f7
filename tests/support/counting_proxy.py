"""A TCP proxy in front of a server. It counts connections, requests and bytes."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Cost:
    """What passed a proxy. A request is what the client sends until the server answers."""

    connections: int = 0
    requests: int = 0
    sent: int = 0  # bytes to the server
    received: int = 0  # bytes from the server

    def __sub__(self, other: Cost) -> Cost:
        return Cost(
            connections=self.connections - other.connections,
            requests=self.requests - other.requests,
            sent=self.sent - other.sent,
            received=self.received - other.received,
        )


@dataclass
class _Line:
    near: socket.socket
    far: socket.socket
    awaits_request: bool = field(default=True)


class CountingProxy:
    """A proxy on 127.0.0.1 that passes everything on. It is for protocols in which client and server take turns."""

    def __init__(self, port: int) -> None:
        self._target, self._total = port, Cost()
        self._change = threading.Condition()
        self._open = 0
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> CountingProxy:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listening.close()

    def cost(self) -> Cost:
        """Return what passed so far, once no connection is open."""
        with self._change:
            assert self._change.wait_for(lambda: self._open == 0, timeout=30)
            return self._total - Cost()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            line = _Line(near, socket.create_connection(("127.0.0.1", self._target), timeout=10))
            line.far.settimeout(None)
            with self._change:
                self._total.connections += 1
                self._open += 1
            threading.Thread(target=self._serve, args=(line,), daemon=True).start()

    def _serve(self, line: _Line) -> None:
        back = threading.Thread(target=self._back, args=(line,), daemon=True)
        back.start()
        with suppress(OSError):
            while data := line.near.recv(65536):
                with self._change:
                    self._total.requests += line.awaits_request
                    self._total.sent += len(data)
                    line.awaits_request = False
                line.far.sendall(data)
            line.far.shutdown(socket.SHUT_WR)
        back.join(30)
        line.near.close()
        line.far.close()
        with self._change:
            self._open -= 1
            self._change.notify_all()

    def _back(self, line: _Line) -> None:
        with suppress(OSError):
            while data := line.far.recv(65536):
                with self._change:
                    self._total.received += len(data)
                    line.awaits_request = True
                line.near.sendall(data)
            line.near.shutdown(socket.SHUT_WR)
