"""A TCP proxy in front of a server. It cuts the connection at the byte that a test chooses."""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Literal

Losing = Literal["request", "answer", "touch"]
NEVER = 1 << 60


class Cutting:
    """A proxy that forwards everything until `after` bytes went to the server, on all connections together.

    `losing="request"`: later bytes do not reach the server. `losing="answer"`: they reach the server, but its answer
    does not come back. `losing="touch"`: nothing passes any more, and no side is told. With `again`, later connections
    pass; otherwise all of them fail.
    """

    def __init__(
        self,
        port: int,
        after: int = NEVER,
        losing: Literal["request", "answer", "touch"] = "request",
        again: bool = False,
        at: int = 0,
    ) -> None:
        self.sent = 0
        self.was_cut = False
        self._target, self._after, self._losing, self._again = port, after, losing, again
        self._guard = threading.Lock()
        self._open: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", at))
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Cutting:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def all_sent(self) -> int:
        """Return the number of bytes sent to the server, once no more come."""
        seen = -1
        while seen != self.sent:
            seen = self.sent
            time.sleep(0.05)
        return seen

    def cut(self) -> None:
        """Cut the connections now, whatever is in transit."""
        self.was_cut = True
        if not self._again:
            self._stop_listening()
        with self._guard:
            gone, self._open = self._open, []
        for each in gone:
            _reset(each)

    def close(self) -> None:
        """Close the proxy at the end of the test."""
        self._again = False
        self.cut()

    def _stop_listening(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(("127.0.0.1", self._target), timeout=10)
            except OSError:
                _reset(near)
                continue
            far.settimeout(None)
            with self._guard:
                self._open += [near, far]
            threading.Thread(target=self._forth, args=(near, far), daemon=True).start()
            threading.Thread(target=self._back, args=(far, near), daemon=True).start()

    def _forth(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while data := near.recv(65536):
                with self._guard:
                    left = self._after - self.sent
                    self.sent += len(data)
                if self._losing == "touch" and left <= len(data):
                    self.was_cut = True
                    continue
                if self._losing == "request" and not self.was_cut and left <= len(data):
                    far.sendall(data[: max(left, 0)])
                    time.sleep(0.02)  # what was let through arrives before the end does
                    self.cut()
                    return
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)

    def _back(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while data := far.recv(65536):
                if self._losing == "answer" and not self.was_cut and self.sent >= self._after:
                    self.cut()
                    return
                if not (self._losing == "touch" and self.was_cut):
                    near.sendall(data)
            near.shutdown(socket.SHUT_WR)


def _reset(connection: socket.socket) -> None:
    """Close the connection so that the other side notices at once, without a time-out."""
    with suppress(OSError):
        at_once = struct.pack("ii" if os.name == "posix" else "hh", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)  # wakes whoever reads it
    connection.close()


class Silent:
    """A server that accepts connections and never sends anything."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]

    def __enter__(self) -> Silent:
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()
