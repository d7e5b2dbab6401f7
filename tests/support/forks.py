"""The process whose forks run gwctl (warm.py), one for each run of the tests, and the way to send it a command line."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.support import warm as protocol
from tests.support.process import alive, started, stop
from tests.support.shared import Shared

PATIENCE = 120.0  # seconds


class Warm:
    """The process, which listens at a socket for every worker of the tests."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gwctl-"))  # a socket's name has at most some hundred characters
        self.socket = str(self._folder / "socket")
        log = folder / "log"
        self._pid = started([sys.executable, protocol.__file__, self.socket], log, {})
        while not Path(self.socket).exists():
            assert alive(self._pid), log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill the process, and its forks that still run."""
        stop(self._pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def command(self) -> list[str]:
        """Return the words of gwctl, for a program that starts gwctl itself."""
        return [sys.executable, "-I", "-S", protocol.__file__, self.socket, "gwctl"]

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
        (reads, given), (out, writes), (err, complains) = os.pipe(), os.pipe(), os.pipe()
        theirs = [reads, writes, complains]
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_write, given, stdin.encode())
            text = [pool.submit(_read, each) for each in (out, err)]
            try:
                code = protocol.call(
                    self.socket,
                    words,
                    directory=str(directory),
                    environ=environ,
                    streams=theirs,
                    patience=PATIENCE,
                    closed=closed,
                    first=first,
                )
            finally:
                for each in theirs:
                    os.close(each)
            return code, text[0].result(), text[1].result()


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
