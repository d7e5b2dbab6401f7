"""The `file` store: one file, replaced atomically, with its previous serial kept beside it."""

from __future__ import annotations

import glob
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from reconciler.atomic import replace_file
from reconciler.diagnostics import Diagnostic, error
from reconciler.errors import Failed
from reconciler.state.store import Stored
from reconciler.state.who import now


class FileStore:
    """The state in a file, 0600, in a directory that keeps itself out of git."""

    is_shared = False  # a path on a disk that others see as well is still one machine's to gwctl

    def __init__(self, path: Path, who: str = "gwctl") -> None:
        self._path = path
        self._who = who

    @property
    def path(self) -> Path:
        """Where the state is; the directory may hold its lock and its previous serial as well."""
        return self._path

    @property
    def place(self) -> str:
        """The path, as it was given."""
        return str(self._path)

    def read(self) -> Stored | None:
        """What the file holds; a path that cannot be read is an error, never an empty state."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as fault:
            raise Failed(
                error(
                    "STATE_UNREADABLE",
                    f"The state cannot be read: {self.place}: {fault.strerror}",
                    "Without it nobody knows what was applied; nothing was done.",
                    "check the path and who may read it; `state:` or --state names another",
                )
            ) from None
        return Stored(data, hashlib.sha256(data).hexdigest())

    def write(self, data: bytes, expected: str | None) -> str:
        """Replace the file in one step; a crash leaves the old one or the new one, whole."""
        found = self.read()
        if (found.version if found else None) != expected:
            raise Failed(
                error(
                    "STATE_CHANGED",
                    f"Somebody else changed the state meanwhile: {self.place}",
                    "This plan was made for what it held before; nothing was done.",
                    "run it again: the plan will be made anew",
                )
            )
        try:
            self._prepare()
            if found:
                replace_file(self._beside("backup"), found.data)
            replace_file(self._path, data)
        except OSError as fault:
            raise Failed(_unwritable(self.place, fault)) from None
        return hashlib.sha256(data).hexdigest()

    @contextmanager
    def lock(self) -> Iterator[None]:
        """The operating system's lock on a file beside the state: it falls with its holder."""
        from filelock import FileLock, Timeout

        holder = self._beside("holder")
        try:
            self._prepare()
            held = FileLock(self._beside("lock"), timeout=0, mode=0o600)
            held.acquire()
            self._tidy()
        except Timeout:
            raise Failed(_locked(self.place, holder)) from None
        except OSError as fault:
            raise Failed(_unwritable(self.place, fault)) from None
        try:
            with suppress(OSError):  # who holds it is only for the message that another one prints
                holder.write_text(f"{self._who}, process {os.getpid()} since {now()}")
            yield
        finally:
            with suppress(OSError):
                holder.unlink(missing_ok=True)
            held.release()

    def holder(self) -> str | None:
        """Who holds the lock now, or None; what a killed one left is nobody. Creates and keeps nothing."""
        from filelock import FileLock, Timeout

        if not self._beside("holder").exists():
            return None  # asking for the lock would make a writer who comes just now believe that it is taken
        try:
            with FileLock(self._beside("lock"), timeout=0, mode=0o600):
                return None
        except Timeout:
            return _who(self._beside("holder"))

    def unlock(self) -> str | None:
        """Nothing is left to break of a lock whose process is gone; a living one's cannot be broken."""
        if self.holder() is not None:
            raise Failed(_locked(self.place, self._beside("holder")))
        return None

    def _beside(self, ending: str) -> Path:
        return self._path.with_name(f"{self._path.name}.{ending}")

    def _prepare(self) -> None:
        folder = self._path.parent
        if not folder.is_dir():
            folder.mkdir(mode=0o700, parents=True)
        if not any(folder.iterdir()):  # also when whoever made it was killed before this
            (folder / ".gitignore").write_text("# What was applied from here; not for git.\n*\n")

    def _tidy(self) -> None:
        """Take away what a killed writer left half-written; the lock says that nobody is writing now."""
        for left in self._path.parent.glob(f".{glob.escape(self._path.name)}.*"):
            left.unlink(missing_ok=True)


def _unwritable(place: str, fault: OSError) -> Diagnostic:
    return error(
        "STATE_UNWRITABLE",
        f"The state cannot be written: {place}: {fault.strerror}",
        "Nothing was done: what it held before is still there, whole.",
        "make room or make the directory writable, and run it again; --state names another place",
    )


def _locked(place: str, holder: Path) -> Diagnostic:
    return error(
        "STATE_LOCKED",
        f"The state is in use by {_who(holder)}: {place}",
        "Two at once would undo each other; nothing was done.",
        "run it again when the other one has ended; the lock falls by itself with its process",
    )


def _who(holder: Path) -> str:
    try:
        return holder.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "another gwctl"
