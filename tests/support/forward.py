"""A real forward proxy (proxy.py) in a separate process. Every invented host name leads to this machine."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.process import ServerProcess, free_port

ROOT = Path(__file__).parents[2]


class _Listening(ServerProcess):
    """A process that is ready when it listens, because a server with TLS would not respond to plain http."""

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", int(self.url.rpartition(":")[2])), timeout=5).close()
        except OSError:
            return False
        return True


class ForwardProxy:
    """A running proxy: its URL and its requests."""

    def __init__(self, folder: Path, *options: str) -> None:
        folder.mkdir()
        port, self._log = free_port(), folder / "log"
        listening = ["--hostname", "127.0.0.1", "--port", str(port), "--num-acceptors", "1", "--num-workers", "1"]
        names = ["--plugins", "tests.support.proxy_names.EveryNameIsHere", "--enable-web-server"]
        command = [sys.executable, "-m", "proxy", *listening, *names, "--log-file", str(self._log), *options]
        path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
        environ = {"HOME": str(folder), "PYTHONPATH": path}
        self.port = port
        secure = "--cert-file" in options
        self.url = f"http{'s' if secure else ''}://127.0.0.1:{port}"
        kind = _Listening if secure else ServerProcess
        self._process = kind(command, port, folder / "out", environ, 30)

    @property
    def log(self) -> str:
        """Return the log of the proxy."""
        return self._log.read_text(errors="replace")

    def stop(self) -> None:
        """Kill the proxy."""
        self._process.stop()


@pytest.fixture
def forward(tmp_path: Path) -> Iterator[Callable[..., ForwardProxy]]:
    """Yield a function that starts a forward proxy. It can be called several times."""
    forward_proxies: list[ForwardProxy] = []

    def make(*options: str) -> ForwardProxy:
        forward_proxies.append(ForwardProxy(tmp_path / f"proxy-{len(forward_proxies)}", *options))
        return forward_proxies[-1]

    yield make
    for forward_proxy in forward_proxies:
        forward_proxy.stop()
