"""A server in a process of its own, waited for until it answers."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def free_port() -> int:
    """A port that nobody listens on now, and that no system hands out by itself while a slow server starts."""
    for port in random.SystemRandom().sample(range(15_000, 32_000), 100):
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("100 ports, and all of them taken")


class ServerProcess:
    """Started, waited for, and gone with all its children at the end."""

    def __init__(self, command: Sequence[str], port: int, log: Path, environ: dict[str, str], patience: float) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command, stdout=output, stderr=subprocess.STDOUT, env=os.environ | environ, start_new_session=True
            )
        self._wait(patience)

    def stop(self) -> None:
        """Kill it and what it started; what it held open is closed when this returns."""
        if os.name == "posix":
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()

    def _wait(self, patience: float) -> None:
        until = time.monotonic() + patience
        while time.monotonic() < until and self._process.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        self.stop()
        raise RuntimeError(f"the server did not start:\n{self._log.read_text(errors='replace')[-3000:]}")

    def _answers(self) -> bool:
        try:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{self.url}/health", timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return answer.code != 503  # llama.cpp listens, and answers 503, while it loads its model
        except OSError:
            return False
        return True
