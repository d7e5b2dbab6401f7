"""Commands in forks that are killed at their n-th step, or whose files are copied at each step (kill_steps.py)."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import stat
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from tests.support import warm as protocol
from tests.support import warm_client
from tests.support.forks import PATIENCE, TRACEABLE, Warm


class Killable:
    """gwctl, each command in a fork. `kinds` are modules with kinds of owned resources that only tests have."""

    def __init__(self, warm: Warm, kinds: Sequence[str] = ()) -> None:
        self._warm, self._kinds = warm, list(kinds)

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        environ: Mapping[str, str],
        *,
        kill_at: int = 0,
        below: str = "",
        stdin: str = "",
    ) -> int:
        """Run one command; with `kill_at`, it is killed at that step. Return its exit code, or the negative signal."""
        given, giving = os.pipe()
        os.write(giving, stdin.encode())  # a key: short enough for the pipe to take it
        os.close(giving)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            return protocol.call(
                self._warm.socket,
                list(words),
                directory=str(folder),
                environ=dict(environ),
                streams=[given, nowhere, nowhere],
                patience=PATIENCE,
                first=self._first(kill_at=kill_at, look=False, below=below if kill_at else ""),
                again=TRACEABLE and not kill_at,
            )[0]
        finally:
            os.close(given)
            os.close(nowhere)

    def snapshots(
        self, words: Sequence[str], folder: Path, environ: Mapping[str, str], *, watched: Path, below: str = ""
    ) -> list[tuple[int, Path]]:
        """Run one command, which must succeed. Return what `watched` contains at its steps, as copies beside it.

        Each copy has the number of the first step at which it is so; at the steps up to the next copy nothing differs.
        A kill leaves just this: files as they are, and no lock.
        """
        mine, theirs = socket.socketpair()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        with closing(mine), closing(theirs):
            server, _ = protocol.begun(
                self._warm.socket,
                list(words),
                directory=str(folder),
                environ=dict(environ),
                streams=[theirs.fileno(), nowhere, nowhere],
                first=self._first(kill_at=0, look=True, below=below),
            )
            os.close(nowhere)
            theirs.close()
            mine.settimeout(PATIENCE)
            copies = _copies(mine, watched)
            with server:
                assert warm_client.ended(server) == 0, words
        return copies

    def _first(self, **how: object) -> str:
        return f"from tests.support.kill_steps import arm\narm(**{how | {'kinds': self._kinds}!r}, streams=streams)"


def _copies(process: socket.socket, watched: Path) -> list[tuple[int, Path]]:
    """Answer the process at each of its steps until it ends. Return the copies."""
    copies: list[tuple[int, Path]] = []
    before, step = b"", 0
    while process.recv(1):
        step += 1
        now = _look(str(watched))
        if now != before:
            copies.append((step, watched.with_name(f"{watched.name}-{step}")))
            shutil.copytree(watched, copies[-1][1], symlinks=True)
        before = now
        process.sendall(b".")
    return copies


def _look(folder: str) -> bytes:
    """Return a digest of the names, modes and contents of all that a directory contains."""
    digest = hashlib.sha256()
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*folders, *names]):
            path = os.path.join(place, name)  # noqa: PTH118 - called for every file at every step
            mode = os.lstat(path).st_mode
            digest.update(os.fsencode(f"{path}\0{mode}\0"))
            if stat.S_ISLNK(mode):
                digest.update(os.fsencode(os.readlink(path)))  # noqa: PTH115
            elif stat.S_ISREG(mode):
                with open(path, "rb") as file:  # noqa: PTH123
                    digest.update(hashlib.sha256(file.read()).digest())
    return digest.digest()
