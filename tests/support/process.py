"""A server in a separate process. The tests wait until it responds."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.support import reaper

_folder: list[Path] = []  # of this run, where the reaper looks
_STARTED: dict[int, subprocess.Popen[bytes]] = {}  # by this process, which alone can wait for them


def free_port() -> int:
    """Return a free port that the system does not give to another program while a slow server starts."""
    for port in random.SystemRandom().sample(range(15_000, 32_000), 100):
        with socket.socket() as result, suppress(OSError):
            result.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("100 ports, and all of them taken")


def are_of(folder: Path) -> None:
    """Register the processes that this process starts from now on in the folder of the run, for the reaper."""
    _folder[:] = [folder / "processes"]
    _folder[0].mkdir(exist_ok=True)


def reaped(folder: Path) -> subprocess.Popen[bytes]:
    """Start the reaper, which kills the registered processes when this process ends."""
    command = [sys.executable, "-I", "-S", reaper.__file__, str(folder)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)


def started(
    command: Sequence[str], log: Path, environ: dict[str, str], user: str | None = None, folder: Path | None = None
) -> int:
    """Start a process in a separate session, and return its number. `stop` ends it from any process of the tests."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=os.environ | environ,
            start_new_session=True,
            user=user,
            cwd=folder,
        )
    _STARTED[process.pid] = process
    is_of_run(process.pid)
    return process.pid


def is_of_run(pid: int) -> None:
    """Register a process that another process started."""
    for folder in _folder:
        (folder / str(pid)).write_text(reaper.born(pid))


def alive(pid: int) -> bool:
    """Return whether a process from `started` still runs, as this process sees it."""
    if pid in _STARTED:
        return _STARTED[pid].poll() is None
    return sys.platform != "linux" or _is_there(pid)


def stop(pid: int, how: int = signal.SIGKILL if os.name == "posix" else signal.SIGTERM) -> None:
    """End the process and its children. All their files and sockets are closed when this function returns."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, how) if os.name == "posix" else os.kill(pid, how)
    if pid in _STARTED:
        _STARTED.pop(pid).wait()
    until = time.monotonic() + 5  # nobody may be there to collect the child of a process that is gone
    while _is_there(pid) and time.monotonic() < until:
        time.sleep(0.01)
    for folder in _folder:
        (folder / str(pid)).unlink(missing_ok=True)


def _is_there(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


class ServerProcess:
    """A server process. It is ready after the constructor, and ends with all its children."""

    def __init__(
        self,
        command: Sequence[str],
        port: int,
        log: Path,
        environ: dict[str, str],
        patience: float,
        folder: Path | None = None,
        start: Callable[[Sequence[str], Path, dict[str, str]], int] | None = None,
    ) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._log = log
        self._pid = start(command, log, environ) if start else started(command, log, environ, folder=folder)
        self._wait(patience)

    def stop(self) -> None:
        """Kill the server and its children."""
        stop(self._pid)

    def _wait(self, patience: float) -> None:
        until = time.monotonic() + patience
        while time.monotonic() < until and alive(self._pid):
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
