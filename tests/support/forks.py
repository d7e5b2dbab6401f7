"""The process whose forks run gwctl (warm.py), one for each run of the tests, and the way to send it a command line."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support import warm as protocol
from tests.support import warm_client
from tests.support.process import alive, is_of_run, started, stop
from tests.support.shared import Shared

PATIENCE = 120.0  # seconds
TRACEABLE = sys.platform == "linux"  # elsewhere each command has a process of its own
_ROOT = str(Path(__file__).parents[2])
_GWCTL = [sys.executable, "-m", "reconciler"]
# Python looks at these when it starts, so a fork would not heed them. keyring looks at its own when it is first used.
_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "COVERAGE")
_LATER = {"PYTHON_KEYRING_BACKEND"}


def words_of(command: Sequence[str], environ: Mapping[str, str]) -> list[str] | None:
    """Return the words after `gwctl` if a fork can run the command in this environment; None if not."""
    return list(command[3:]) if list(command[:3]) == _GWCTL and heeds(environ) else None


def heeds(environ: Mapping[str, str]) -> bool:
    """Return whether a fork uses all variables of the environment."""
    others = environ.items() - {("PYTHONPATH", _ROOT)}
    return not any(name.startswith(_AT_START) and name not in _LATER for name, _ in others)


class Forks:
    """The process of a script, which listens at a socket for every worker of the tests."""

    def __init__(self, folder: Path, python: str, script: str, environ: dict[str, str]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gwctl-"))  # a socket's name has at most some hundred characters
        self.socket = str(self._folder / "socket")
        log = folder / "log"
        self._pid = started([python, script, self.socket], log, environ)
        while not Path(self.socket).exists():
            assert alive(self._pid), log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill the process, and its forks that still run."""
        stop(self._pid)
        shutil.rmtree(self._folder, ignore_errors=True)


class Warm(Forks):
    """The process whose forks are gwctl."""

    def __init__(self, folder: Path, python: str = sys.executable) -> None:
        super().__init__(folder, python, protocol.__file__, {})

    def at_terminal(self, words: list[str], folder: Path, environ: dict[str, str], slave: int) -> Fork:
        """Start a command line at the terminal."""
        return Fork(*protocol.begun(self.socket, words, str(folder), environ, [slave] * 3, terminal=True))

    def in_background(self, words: list[str], folder: Path, environ: Mapping[str, str], log: Path) -> int:
        """Start a command line in a separate session, as `started` does. Return its process ID."""
        with log.open("wb") as output, Path(os.devnull).open("rb") as nothing:
            streams = [nothing.fileno(), output.fileno(), output.fileno()]
            session = "import os\nos.setsid()"
            server, pid = protocol.begun(self.socket, words, str(folder), dict(environ), streams, first=session)
        server.close()
        is_of_run(pid)
        return pid

    @property
    def command(self) -> list[str]:
        """Return the words of gwctl, for a program that starts gwctl itself."""
        return [sys.executable, "-I", "-S", warm_client.__file__, self.socket]

    @property
    def shell(self) -> str:
        """Return the command gwctl as shell code."""
        return f'exec {shlex.join(self.command)} "$@"'

    def run(
        self,
        words: list[str],
        directory: Path,
        environ: dict[str, str],
        stdin: str,
        *,
        closed: str = "",
        first: str = "",
    ) -> tuple[int, str, str]:
        """Return exit code, stdout and stderr of a command line, as `subprocess.run` does, once its pipes close."""
        return self.measured(words, directory, environ, stdin, closed=closed, first=first, again=not closed + first)[:3]

    def measured(
        self,
        words: list[str],
        directory: Path,
        environ: dict[str, str],
        stdin: str,
        *,
        closed: str = "",
        first: str = "",
        again: bool = False,
    ) -> tuple[int, str, str, tuple[float, int]]:
        """Return what `run` returns, and the cost (see `cost` in warm.py)."""
        (reads, given), (out, writes), (err, complains) = os.pipe(), os.pipe(), os.pipe()
        theirs = [reads, writes, complains]
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_write, given, stdin.encode())
            text = [pool.submit(_read, each) for each in (out, err)]
            try:
                code, cost = protocol.call(
                    self.socket,
                    words,
                    directory=str(directory),
                    environ=environ,
                    streams=theirs,
                    patience=PATIENCE,
                    closed=closed,
                    first=first,
                    again=again and TRACEABLE,
                )
            finally:
                for each in theirs:
                    os.close(each)
            return code, text[0].result(), text[1].result(), cost


class Fork:
    """The part of `subprocess.Popen` that tests use, for a process that is not a child of this process."""

    def __init__(self, said: socket.socket, pid: int) -> None:
        self.pid = pid
        self._said = said
        self._code: int | None = None

    def send_signal(self, number: int) -> None:
        """Send a signal unless the process has ended."""
        if self._code is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill the process."""
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code, or the negative number of a signal."""
        if self._code is None:
            self._said.settimeout(timeout)
            with self._said:
                self._code = warm_client.ended(self._said)
        return self._code


def _write(stream: int, data: bytes) -> None:
    with suppress(BrokenPipeError), open(stream, "wb") as opened:
        opened.write(data)


def _read(stream: int) -> str:
    with open(stream, encoding="utf-8") as opened:
        return opened.read()


@pytest.fixture(scope="session")
def warm(of_all_processes: Shared) -> Warm | None:
    """Return the process whose forks run gwctl; None on a system without forks."""
    return of_all_processes.get("warm", Warm) if hasattr(os, "fork") else None
