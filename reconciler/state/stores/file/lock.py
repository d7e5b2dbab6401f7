"""The lock of a state file: a lock of the operating system, and a note with the holder's name.

The lock ends when its process ends.
"""

from __future__ import annotations

import errno
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from reconciler.files.atomic_file import OwnFile
from reconciler.identity import now
from reconciler.pattern import pattern
from reconciler.state.stores.errors import LockHeld
from reconciler.text import sentence

_POLL = 0.005  # seconds
_NAMELESS = 1.0  # seconds to wait for the note of a process that has just taken the lock
_LONGEST = 4096  # bytes of a note
_NOTE = pattern(r".{1,1000}, process \d{1,10} since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.DOTALL)


@contextmanager
def taken(lock: OwnFile, note: OwnFile, patience: float) -> Iterator[None]:
    """Hold the lock during the context. Wait for the lock for at most `patience` seconds.

    Raise `LockHeld` if another process holds the lock, and `OSError` if the lock cannot be used.
    """
    from filelock import FileLock, Timeout

    lock.prepare(is_empty=True)
    system = FileLock(lock.path, mode=0o600)
    until = time.monotonic() + patience
    while True:
        try:
            system.acquire(timeout=0)
            break
        except Timeout:
            who = _said(note)
            if time.monotonic() > until + (0 if who else _NAMELESS):
                raise LockHeld(who) from None
            time.sleep(_POLL)
        except NotImplementedError:
            raise OSError(errno.ENOLCK, "this file system does not support locks") from None
    try:
        yield
    finally:
        system.release()


def name(note: OwnFile, who: str) -> None:
    """Write a note with the holder's name. Other runs show this name. Raise `OSError` if the write fails."""
    words = f"{who}, process {os.getpid()} since {now()}"
    note.replace(words.encode(errors="replace"), _is_note, _LONGEST)


def unname(note: OwnFile) -> None:
    """Remove the note with the holder's name."""
    with suppress(OSError):  # a note that stays is harmless: it is read only while the lock is held
        note.remove(_is_note, _LONGEST)


def holder(lock: OwnFile, note: OwnFile) -> str | None:
    """Return the name of the process that holds the lock. Return None if no process holds the lock.

    No file is created.
    """
    if note.is_free():
        return None  # taking the lock for this check would refuse it to a run that starts at the same time
    try:
        with taken(lock, note, 0):
            return None
    except LockHeld as held:
        return held.who or "another gwctl"


def _said(note: OwnFile) -> str | None:
    try:
        state = note.read(_LONGEST).decode(errors="replace")
    except OSError:
        return None
    return sentence(state, _LONGEST) if _NOTE.fullmatch(state) else None


def _is_note(data: bytes) -> bool:
    """Return whether the bytes are a note that gwctl wrote."""
    return _NOTE.fullmatch(data.decode(errors="replace")) is not None
