"""The lock beside a file: the operating system's, which falls with its holder, and a note of who that is."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.state.who import now

_POLL = 0.005  # seconds
_NAMELESS = 1.0  # seconds that whoever has just taken it may take to say who he is


class Held(Exception):
    """Somebody else has it."""

    def __init__(self, who: str | None) -> None:
        super().__init__(who)
        self.who = who


@contextmanager
def taken(path: Path, patience: float) -> Iterator[None]:
    """Have the lock of that file, if it is to be had within so many seconds; raises `Held`, or `OSError`."""
    from filelock import FileLock, Timeout

    lock = FileLock(_lock(path), mode=0o600)
    until = time.monotonic() + patience
    while True:
        try:
            lock.acquire(timeout=0)
            break
        except Timeout:
            who = _said(path)
            if time.monotonic() > until + (0 if who else _NAMELESS):
                raise Held(who) from None
            time.sleep(_POLL)
        except NotImplementedError:
            raise OSError(errno.ENOLCK, "this file system has no locks") from None
    try:
        yield
    finally:
        lock.release()


@contextmanager
def named(path: Path, who: str) -> Iterator[None]:
    """Whoever has it says who he is; that is only for the message that another one prints."""
    with suppress(OSError):
        _note(path).write_text(f"{who}, process {os.getpid()} since {now()}", encoding="utf-8")
    try:
        yield
    finally:
        with suppress(OSError):
            _note(path).unlink(missing_ok=True)


def holder(path: Path) -> str | None:
    """Who has it now, or None; what a killed one left is nobody. Creates and keeps nothing."""
    if not _note(path).exists():
        return None  # asking for the lock would make a writer who comes just now believe that it is taken
    try:
        with taken(path, 0):
            return None
    except Held as found:
        return found.who or "another gwctl"


def _said(path: Path) -> str | None:
    try:
        return _note(path).read_text(encoding="utf-8", errors="replace") or None
    except OSError:
        return None


def _lock(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.holder")
