"""The one process of a run of the tests whose forks are gwctl (warm.py), and how a command line is given to it."""

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
    """Listens at a socket, which every worker of the tests may connect to."""

    def __init__(self, folder: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gwctl-"))  # a socket's name has at most some hundred characters
        self.socket = str(self._folder / "socket")
        log = folder / "log"
        self._pid = started([sys.executable, protocol.__file__, self.socket], log, {})
        while not Path(self.socket).exists():
            assert alive(self._pid), log.read_text()
            time.sleep(0.02)

    def stop(self) -> None:
        """Kill it, and the forks that still run."""
        stop(self._pid)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def command(self) -> list[str]:
        """The words of gwctl, for whatever starts it itself."""
        return [sys.executable, "-I", "-S", protocol.__file__, self.socket, "gwctl"]

    @property
    def shell(self) -> str:
        """gwctl, as a line of shell."""
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
        """Exit code, stdout and stderr of one command line; as with `subprocess.run`, once its pipes are closed."""
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
    """Forks that are gwctl; None where there are no forks."""
    return of_all_processes.get("warm", Warm) if hasattr(os, "fork") else None
