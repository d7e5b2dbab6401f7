"""The objects that a library opens by the name of a file, such as database connections, kept open for a phase of a run.

To open it may take longer than to use it. The caller checks the file before each use, as it does before it opens the
file. What belongs to a file that was replaced or removed is closed and not used again.
"""

from __future__ import annotations

import os
from _thread import _local
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Identity = tuple[int, int]  # of a file: device and inode
_OF_THREAD = _local()


def identity_of(status: os.stat_result) -> Identity:
    """Return what tells a file from another one with the same path."""
    return status.st_dev, status.st_ino


class Phase:
    """A part of a run, and what is open while nothing uses it. Only one file is kept open."""

    def __init__(self) -> None:
        self.process = os.getpid()
        self._kept: tuple[Path, Identity, Any] | None = None

    def taken(self, path: Path, identity: Identity) -> Any:
        """Return what is open for this file, for one use. Return None if nothing is."""
        kept, self._kept = self._kept, None
        if kept and kept[:2] == (path, identity):
            return kept[2]
        if kept:
            kept[2].close()
        return None

    def keep(self, path: Path, identity: Identity, opened: Any) -> None:
        """Keep it open after its use."""
        self.close()
        self._kept = path, identity, opened

    def close(self) -> None:
        """Close what is open."""
        kept, self._kept = self._kept, None
        if kept:
            kept[2].close()


def phase_now() -> Phase | None:
    """Return the phase of this thread. A fork has none: a database must not be used by two processes at once."""
    phase: Phase | None = getattr(_OF_THREAD, "phase", None)
    return phase if phase and phase.process == os.getpid() else None


@contextmanager
def one_phase() -> Iterator[None]:
    """Make the context a phase: what this thread opens once stays open until its end."""
    if os.name != "posix" or phase_now():  # on other systems, another program could not replace a file that is open
        yield
        return
    phase = _OF_THREAD.phase = Phase()
    try:
        yield
    finally:
        _OF_THREAD.phase = None
        phase.close()
